/* What `ek_conv_2d` computes for 1x1 kernels of 8 channels next to each other, a multiple of 8 pixels and four more into 8
 * channels, on Helium.
 *
 * Vectors and blocking of sums: as in pointwise_chains_odd_mve.c. The first four pixels are apart, four channels at a time,
 * whose sums lie at the begin of scratch: where the outputs of two channels end and those of two others begin, both ones'
 * multipliers serve these sums too, so that four pixels need none of their own.
 *
 * Registers: as in chains_mve.h; r3 end of the sums in scratch, r11 places, then the first pixels' sums; two channels' filters
 * in q0 and q1, q2 and q3. Of the first pixels: filters in q0-q5, pixels in q6 and q7; two channels' sums in q0 and q2, the two
 * others' in q1 and q3, then places in q3.
 *
 * Budget: 20 for two channels of 8 pixels, 14 for their outputs; 70 for the first four pixels, filters of two channels
 * included; 3 for those of the others, 4 for constants, 3, 4 and 5 for places, the function 4; less two loads of 8 pixels. */
#include "edgekit/pointwise_chains_four_mve.h"

#include "edgekit/chains_mve.h"

#define PIXELS(biases) biases EK_EIGHT("q0", "q1") EK_PUSHED EK_EIGHT("q2", "q3") EK_PUSHED
#define TWO_FILTERS(f, g, a, b, c, d)                                                             \
  EK_DOT(a, f, "q6") EK_DOT(b, g, "q6") EK_DOT(c, f, "q7") EK_DOT(d, g, "q7")
#define LOW(f, g) TWO_FILTERS(f, g, "r0", "r2", "r4", "r6")
#define HIGH(f, g) TWO_FILTERS(f, g, "r8", "r10", "r12", "lr")
#define FIRST(places)                                                                             \
  "vldmia r0!, {d0-d15}\n mov r11, r3\n" places "vldmia r1!, {d12-d15}\n"                         \
  EK_BEGUN LOW("q0", "q1") HIGH("q2", "q3") EK_PUSHED                                             \
  LOW("q4", "q5") "vldmia r9!, {d0-d11}\n" HIGH("q4", "q5") EK_PUSHED                             \
  EK_PAST LOW("q0", "q1") HIGH("q2", "q3") EK_PUSHED "vldmia r9!, {d4-d11}\n" LOW("q2", "q3") HIGH("q4", "q5") EK_PUSHED
/* Between the outputs of two channels and those of two others. */
#define SCALED(a, b)                                                                              \
  "vqrdmulh.s32 " a ", " a ", q5\n vqrdmulh.s32 " b ", " b ", q5\n"                              \
  "vqrdmlash.s32 " a ", q6, r5\n vqrdmlash.s32 " b ", q6, r5\n vmovnt.i32 " a ", " b "\n"
#define FIRST_STORED                                                                              \
  "vldmia r11!, {d0-d7}\n" SCALED("q1", "q3") "vldmia r9!, {d6-d15}\n" SCALED("q0", "q2")         \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q1\n vstrb.8 q0, [r7, q3]\n"
#define OUTPUTS(stored, back) EK_CONSTANTS stored FIRST_STORED back

/* What begins them: the first place, from which the second one follows, or all, which scratch keeps. */
#define PLACES_4 "vadd.i32 q6, q6, r2\n vstmia r3!, {d12-d13}\n"
#define PLACES_8 "vadd.i32 q6, q6, r2\n vadd.i32 q7, q7, r2\n vstmia r3!, {d12-d15}\n"

#define FOUR(name, inner, places, placed, stored, back)                                           \
  __attribute__((naked)) void ek_pointwise_chains_four_mve_##name(                                \
      const ek_pointwise_chains_four_mve_t *p EK_UNUSED, const int8_t *x EK_UNUSED, int8_t *y EK_UNUSED, \
      uint8_t *scratch EK_UNUSED) {                                                               \
    __asm volatile("push {r4-r11, lr}\n vpush {d8-d15}\n" FIRST(places) EK_ALL(PIXELS, inner)     \
                   placed OUTPUTS(stored, back) OUTPUTS(stored, back)                             \
                   "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                            \
  }

FOUR(36, 2, "mov r7, r2\n", EK_PLACES_32("#128"), EK_TO_32(EK_TWO), EK_FROM_32(EK_TWO_BACK))
FOUR(68, 6, PLACES_4, "ldm r11!, {r0, r2, r4, r7}\n", EK_TO_64(EK_TWO), EK_FROM_64(EK_TWO_BACK))
FOUR(100, 10, PLACES_8, "ldm r11!, {r0, r2, r4, r6, r7, r8, r10, r12}\n", EK_TO_96(EK_TWO), EK_FROM_96(EK_TWO_BACK))
