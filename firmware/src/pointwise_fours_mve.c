/* What `ek_conv_2d` computes for 1x1 kernels of 8, 16 or 32 channels into a multiple of 8, next to each other, on Helium: more
 * instructions than `pointwise_groups_mve.c`, about two thirds of its cycles.
 *
 * Blocking: groups of 16 pixels (`groups_mve.h`), of a group 4 channels after 4, of these 4 pixels at a time. A pixel of 16
 * channels is a vector, of 32 two; of 8 it is half of one, in scratch, with seven times -128 and 1, whose weights make the bias.
 *
 * Budget of 4 pixels and 4 channels, instructions (cycles): of 8 channels pixels 4, products 16, sums 8, requantization 8,
 * narrowing 4, store 1, filters and constants 5: 46 (49); of 16, with biases, 53 (53); of 32 84 (86); 1 (1 or 2) for the step
 * to the next ones. A block of 16 pixels 7 (15) more, a group 11 (20), of 8 channels 13 (40) more. */
#include "edgekit/pointwise_fours_mve.h"

#include "edgekit/fours_mve.h"

#define SIZE_32 "192"
#define EVEN_BYTES(q) "vqmovnb.s16 " q ", " q "\n"
#define ODD_BYTES(q, from) "vqmovnt.s16 " q ", " from "\n"
/* The rest, and the next four pixels' first one, which takes b. */
#define ENDED_8(a, b, c, d, next, step)                                                                 \
  M("lr", "q3", d) V("q3", "64") M("r12", "q2", d) EVEN_LANES(c, "r0", "r4") M("r10", "q1", d) V("q1", "80") \
  M("r8", "q0", d) ODD_LANES(c, "r2", "r6") MUL(a, "q3") EVEN_LANES(d, "r8", "r12")               \
  MUL(b, "q3") ODD_LANES(d, "r10", "lr") MUL(c, "q3") step LASH(a, "q1") MUL(d, "q3") V("q3", "96") LASH(b, "q1")   \
  "vmovnt.i32 " a ", " b "\n" LASH(c, "q1") next(b) LASH(d, "q1")
#define ENDED_16(a, b, c, d, next, step)                                                                \
  M("lr", "q3", d) V("q3", "64") M("r12", "q2", d) V("q2", "80") M("r10", "q1", d) ADD(a, "q3") V("q1", "96") \
  M("r8", "q0", d) ADD(b, "q3") MUL(a, "q2") EVEN_LANES(c, "r0", "r4") MUL(b, "q2") ODD_LANES(c, "r2", "r6") \
  LASH(a, "q1") ADD(c, "q3") MUL(c, "q2") EVEN_LANES(d, "r8", "r12") LASH(b, "q1") ODD_LANES(d, "r10", "lr")        \
  LASH(c, "q1") ADD(d, "q3") V("q3", "112") MUL(d, "q2") "vmovnt.i32 " a ", " b "\n" next(b) LASH(d, "q1")
/* Up to the second pair's way to lanes, then the requantization of both. */
#define SECOND_PAIR(u0, u1, v0, v1, r, s, c0, c1, d0, d1, again, a0, b0)                         \
  SECOND_PAIR_BEGUN(u0, u1, v0, v1, r, s, c0, c1, d0, d1) V("q0", "160")                         \
  MA("r6", "q1", u0) EVEN_LANES(u0, "r0", "r4") MA("lr", "q1", v0) EVEN_LANES(v0, "r8", "r12")  \
  MUL(r, u1) ODD_LANES(u0, "r2", "r6") MUL(s, u1) ODD_LANES(v0, "r10", "lr")                     \
  LASH(r, "q0") ADD(u0, v1) LASH(s, "q0") ADD(v0, v1) again(V("q1", "32"))                     \
  MUL(u0, u1) V(v1, "176") MUL(v0, u1) "vmovnt.i32 " r ", " s "\n" X(u1, b0)                    \
  LASH(u0, "q0") X(s, a0) LASH(v0, "q0") again(V("q0", "0"))

EK_GROUPS(pointwise_fours_mve_8, EK_SCRATCH, EK_NOTHING, EK_FILL_16, EK_OF_8_16,
          BLOCKS(ENDED_8, "", "112", "", STEP), EK_NOTHING)
EK_FOURS(pointwise_fours_mve, "128")
