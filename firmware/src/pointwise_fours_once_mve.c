/* What `ek_conv_2d` computes for 1x1 kernels of 16 or 32 channels into a multiple of 8, next to each other, on Helium, as
 * `fours_mve.h` says, by one multiplication an output (`once_mve.h`).
 *
 * Budget of 4 pixels and 4 channels, instructions (cycles): of 16 channels pixels 4, products 16, sums 8, requantization 8,
 * narrowing 4, store 1, filters and constants 7: 48 (48); of 32 79 (80); 1 (1 or 2) for the step to the next ones. A block
 * of 16 pixels 7 (15) more, a group 11 (20). r5 is the line's c. */
#include "edgekit/pointwise_fours_once_mve.h"

#include "edgekit/fours_mve.h"
#include "edgekit/once_mve.h"

#define SIZE_32 "176"
#define EVEN_BYTES(q) EK_ONCE_3(q)
#define ODD_BYTES(q, from) EK_ONCE_TOP_3(q, from)
/* The rest, and the next four pixels' first one, which takes b. */
#define ENDED_16(a, b, c, d, next, step)                                                                 \
  M("lr", "q3", d) EVEN_LANES(c, "r0", "r4") V("q3", "64") ODD_LANES(c, "r2", "r6") M("r12", "q2", d) ADD(a, "q3") \
  V("q2", "80") ADD(b, "q3") M("r10", "q1", d) ADD(c, "q3") M("r8", "q0", d) EVEN_LANES(d, "r8", "r12")   \
  LASH(a, "q2") ODD_LANES(d, "r10", "lr") LASH(b, "q2") ADD(d, "q3") V("q3", "96") LASH(c, "q2")         \
  "vmovnt.i32 " a ", " b "\n" next(b) LASH(d, "q2")
#define SECOND_PAIR(u0, u1, v0, v1, r, s, c0, c1, d0, d1, again, a0, b0)                         \
  SECOND_PAIR_BEGUN(u0, u1, v0, v1, r, s, c0, c1, d0, d1) again(V("q0", "0"))                    \
  MA("r6", "q1", u0) EVEN_LANES(u0, "r0", "r4") MA("lr", "q1", v0) ODD_LANES(u0, "r2", "r6")     \
  LASH(r, u1) ADD(u0, v1) LASH(s, u1) EVEN_LANES(v0, "r8", "r12") LASH(u0, u1)                   \
  "vmovnt.i32 " r ", " s "\n" X(s, a0) ODD_LANES(v0, "r10", "lr") again(V("q1", "32")) ADD(v0, v1) \
  V(v1, "160") LASH(v0, u1) X(u1, b0)

EK_FOURS(pointwise_fours_once_mve, "112")
