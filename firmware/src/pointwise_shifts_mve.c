/* What `ek_conv_2d` computes for 1x1 kernels of 8 channels next to each other, 144 pixels into 4 channels, on Helium, where
 * two channels have one second multiplier (shift), and the other two have one.
 *
 * Vectors and blocking of sums: as in pointwise_chains_mve.c, one channel's four sums after the other's. A vector of sums
 * then is of one channel, whose first multiplier is in a core register. 8 pixels' outputs of two channels fill a vector,
 * those of the other two the next one, and a store of both, interleaved, needs no places.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, filters in q0-q3, pixels in q4-q7; r1 input, r3 sums in scratch, r9 stream.
 * Then multipliers in r1, r5, r7 and q5, second ones in q6 and q7, output zero point in r11, sums of the first two
 * channels at r2 in q0-q3, of the last two at r3 in q1-q4, output at r0.
 *
 * Budget: 68 for 8 pixels, 7 more: two loads of filters, one less of pixels, then the function. */
#include "edgekit/pointwise_shifts_mve.h"

#include "edgekit/chains_mve.h"

#define EIGHT(f, g)                                                                               \
  EK_DOT("r0", f, "q4") EK_DOT("r2", f, "q5") EK_DOT("r4", f, "q6") EK_DOT("r6", f, "q7") EK_DOT("r8", g, "q4") EK_DOT("r10", g, "q5") \
  EK_DOT("r12", g, "q6") EK_DOT("lr", g, "q7") "stmia r3!, " EK_SUMS
#define PIXELS(biases) biases EIGHT("q0", "q1") EIGHT("q2", "q3")
#define BEGUN "ldm r0, {r0, r2, r4, r6, r8, r9, r10, r12, lr}\n"
#define ENDED "ldm r9!, {r0, r1, r2, r4, r5, r6, r7, r8, r10, r11, r12, lr}\n"

#define FIRST "vldmia r0!, {d0-d7}\n" EK_UP PIXELS(BEGUN) EK_TIMES(16, EK_UP PIXELS(EK_STAY)) EK_LAST PIXELS(EK_PAST)
#define SECOND EK_FILTERS PIXELS(EK_STAY) EK_TIMES(15, EK_DOWN PIXELS(EK_STAY)) EK_DOWN PIXELS(EK_PAST) EK_DOWN PIXELS(ENDED)

#define SCALED(q, m, second) "vqrdmulh.s32 " q ", " q ", " m "\n vqrdmlash.s32 " q ", " second ", r11\n"
/* Of two channels' sums of even pixels, then of odd ones: the first vector has the outputs. */
#define REQUANTIZED(a, b, c, d, m, n, second)                                                     \
  SCALED(a, m, second) SCALED(b, n, second) SCALED(c, m, second) SCALED(d, n, second)             \
  "vmovnt.i32 " a ", " c "\n vmovnt.i32 " b ", " d "\n vqmovnb.s16 " a ", " a "\n vqmovnt.s16 " a ", " b "\n"
#define OUTPUTS(width)                                                                            \
  "vldmia r2!, {d0-d7}\n" REQUANTIZED("q0", "q1", "q2", "q3", "r1", "r5", "q6")                   \
  "vldmdb r3!, {d2-d9}\n" REQUANTIZED("q1", "q2", "q3", "q4", "r7", "q5", "q7")                   \
  "vst20." width " {q0, q1}, [r0]\n vst21." width " {q0, q1}, [r0]!\n"

#define FUNCTION(name, width)                                                                     \
  __attribute__((naked)) void ek_pointwise_shifts_mve_##name(                                      \
      const ek_pointwise_shifts_mve_t *p EK_UNUSED, const int8_t *x EK_UNUSED, int8_t *y EK_UNUSED, uint8_t *scratch EK_UNUSED) { \
    __asm volatile("push {r2-r11, lr}\n vpush {d8-d15}\n" FIRST SECOND                            \
                   "ldrd r0, r2, [sp, #64]\n vldmia r9, {d10-d15}\n" EK_TIMES(18, OUTPUTS(width))    \
                   "vpop {d8-d15}\n pop {r2-r11, pc}\n" ::: "memory");                            \
  }

FUNCTION(01, "16")
FUNCTION(02, "8")
