/* What `ek_conv_2d` computes for 1x1 kernels of 8 or 16 channels into a multiple of 8, next to each other, on Helium: more
 * instructions than `pointwise_groups_mve.c`, little more than half its cycles.
 *
 * Blocking: groups of 16 pixels (`groups_mve.h`), of a group 4 channels after 4, of these 4 pixels at a time. A pixel of 16
 * channels is a vector; of 8 it is half of one, in scratch, with 1 and seven times -128, whose weights make the bias.
 *
 * Products and everything else take turns. Sums become a vector, lane by lane, in the register of their pixel while the next
 * pixel's products run; those of one pixel are in r0 r2 r4 r6, of the next one in r8 r10 r12 lr. The 4 vectors of sums are
 * requantized between the last sums' way to lanes and the next 4 pixels' products, and stored among those, 16 bytes at their
 * places: outputs fit into 16 bits before their clamp. Four pixels take the registers q4 to q7 in an order that depends on
 * which of the previous ones are free first; after 16 pixels it is the first order again.
 *
 * Registers: filters in q0 q2 q1 q3, of which q1 to q3 also have biases and places (q3), multipliers (q2; of 8 channels q3) and
 * second multipliers (q1). The others as `groups_mve.h` says, r3 the last pixel that was loaded.
 *
 * Budget of 4 pixels and 4 channels: pixels 4, products 16, sums 8, requantization 8, narrowing 4, store 1, and filters and
 * constants 5: 46 instructions and 49 cycles of 8 channels; of 16, with biases, 53 and 53; 1 and 2 for the step to the next
 * ones. A block of 16 pixels 9 more, a group 11 and of 8 channels 20. */
#include "edgekit/pointwise_fours_mve.h"

#include "edgekit/groups_mve.h"

#define M(a, w, x) "vmladav.s8 " a ", " w ", " x "\n"
#define V(q, at) "vldrw.32 " q ", [r1, #" at "]\n"
#define PIXEL(q) "vldrw.32 " q ", [r3, #16]!\n"
#define AGAIN(q) "vldrw.32 " q ", [r3, #-240]!\n"
#define EVEN_LANES(q, first, third) "vmov " q "[2], " q "[0], " first ", " third "\n"
#define ODD_LANES(q, second, fourth) "vmov " q "[3], " q "[1], " second ", " fourth "\n"
#define ADD(q) "vadd.i32 " q ", " q ", q3\n"
#define MUL(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define LASH(q) "vqrdmlash.s32 " q ", q1, r5\n"

/* Up to the last pixel's products, of pixels in a, b, c and d; `one` to `four` is what is left of the previous four. */
#define BEGUN(a, b, c, d, one, two, three, four)                                                  \
  M("r0", "q0", a) one V("q1", "16") M("r4", "q2", a) PIXEL(b) M("r2", "q1", a) two M("r8", "q0", b) three \
  M("r12", "q2", b) four M("r10", "q1", b) V("q3", "48") M("r6", "q3", a) PIXEL(c)                \
  M("lr", "q3", b) EVEN_LANES(a, "r0", "r4") M("r0", "q0", c) ODD_LANES(a, "r2", "r6")            \
  M("r4", "q2", c) EVEN_LANES(b, "r8", "r12") M("r2", "q1", c) ODD_LANES(b, "r10", "lr") M("r6", "q3", c) PIXEL(d)
#define LEFT(b, c, d, step)                                                                       \
  "vmovnt.i32 " d ", " b "\n", "vqmovnb.s16 " c ", " c "\n", "vqmovnt.s16 " c ", " d "\n", "vstrb.8 " c ", [r7, q3]\n" step
#define NONE "", "", "", ""
#define EXPANDED(...) BEGUN(__VA_ARGS__)
/* The rest, and the next four pixels' first one, which takes b. */
#define ENDED_8(a, b, c, d, next)                                                                 \
  M("lr", "q3", d) V("q3", "64") M("r12", "q2", d) EVEN_LANES(c, "r0", "r4") M("r10", "q1", d) V("q1", "80") \
  M("r8", "q0", d) ODD_LANES(c, "r2", "r6") MUL(a, "q3") EVEN_LANES(d, "r8", "r12")               \
  MUL(b, "q3") ODD_LANES(d, "r10", "lr") MUL(c, "q3") LASH(a) MUL(d, "q3") V("q3", "96") LASH(b)   \
  "vmovnt.i32 " a ", " b "\n" LASH(c) next(b) LASH(d)
#define ENDED_16(a, b, c, d, next)                                                                \
  M("lr", "q3", d) V("q3", "64") M("r12", "q2", d) V("q2", "80") M("r10", "q1", d) ADD(a) V("q1", "96") \
  M("r8", "q0", d) ADD(b) MUL(a, "q2") EVEN_LANES(c, "r0", "r4") MUL(b, "q2") ODD_LANES(c, "r2", "r6") \
  LASH(a) ADD(c) MUL(c, "q2") EVEN_LANES(d, "r8", "r12") LASH(b) ODD_LANES(d, "r10", "lr")        \
  LASH(c) ADD(d) V("q3", "112") MUL(d, "q2") "vmovnt.i32 " a ", " b "\n" next(b) LASH(d)
#define THIRD V("q2", "32")
/* 4 channels of 16 pixels, for all of the stream; back: from the last four pixels' outputs to the next 4 channels. */
#define STEP "add r7, r9\n"
#define BACK "sub r7, r7, r9, lsl #2\n add r7, r9\n add r7, #4\n"
#define BLOCKS(ended, third, size)                                                                \
  V("q0", "0") THIRD "vldrw.32 q4, [r3]\n" EXPANDED("q4", "q5", "q6", "q7", NONE) "b.w .Lbegun%=\n" \
  ".Lblock%=:\n" V("q0", "0") THIRD EXPANDED("q4", "q5", "q6", "q7", LEFT("q5", "q6", "q7", BACK)) \
  ".Lbegun%=:\n" ended("q4", "q5", "q6", "q7", PIXEL)                                             \
  third EXPANDED("q5", "q7", "q4", "q6", LEFT("q7", "q4", "q6", STEP)) ended("q5", "q7", "q4", "q6", PIXEL) \
  third EXPANDED("q7", "q6", "q5", "q4", LEFT("q6", "q5", "q4", STEP)) ended("q7", "q6", "q5", "q4", PIXEL) \
  third EXPANDED("q6", "q4", "q7", "q5", LEFT("q4", "q7", "q5", STEP)) ended("q6", "q4", "q7", "q5", AGAIN) \
  "add r1, #" size "\n cmp r1, r11\n bne.w .Lblock%=\n"                                           \
  "vmovnt.i32 q7, q5\n vqmovnb.s16 q6, q6\n vqmovnt.s16 q6, q7\n vstrb.8 q6, [r7, q3]\n" BACK

EK_GROUPS(pointwise_fours_mve_8, EK_SCRATCH, EK_NOTHING, EK_FILL_16, EK_OF_8_16,
          BLOCKS(ENDED_8, "", "112"), EK_DOUBLE_WORDS)
EK_GROUPS(pointwise_fours_mve_16, EK_NO_SCRATCH, EK_NOTHING, EK_NOTHING, EK_OF_16, BLOCKS(ENDED_16, THIRD, "128"), EK_NOTHING)
EK_GROUPS(pointwise_fours_mve_16_apart, EK_SCRATCH, EK_APART_16, EK_NOTHING, EK_OF_16, BLOCKS(ENDED_16, THIRD, "128"),
          EK_NOTHING)
