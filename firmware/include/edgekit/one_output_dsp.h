/* Layers of one output with the DSP instructions, four or three pixels x 8 inputs at a time: what their kernels share. The stream
 * is the weights as halfwords, each 4 as 0, 2, 1, 3, then constants; after the first eight weights, or all, lie four biases. */
#ifndef EDGEKIT_ONE_OUTPUT_DSP_H
#define EDGEKIT_ONE_OUTPUT_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS

/* Eight inputs at r1 and what FROM says, times the weights in r4 to r7; r3, r12 and lr are lost. */
#define EK_ONE_ADD(SUM, X, W) "  smlad " SUM ", " X ", " W ", " SUM "\n"
#define EK_ONE_PIXEL(SUM, FROM)                                                                 \
  "  ldrd r3, r12, [r1" FROM "\n"                                                               \
  "  sxtb16 lr, r3\n"                                                                           \
  "  sxtb16 r3, r3, ror #8\n" EK_ONE_ADD(SUM, "lr", "r4") EK_ONE_ADD(SUM, "r3", "r5")           \
  "  sxtb16 lr, r12\n"                                                                          \
  "  sxtb16 r12, r12, ror #8\n" EK_ONE_ADD(SUM, "lr", "r6") EK_ONE_ADD(SUM, "r12", "r7")
/* STEP: bytes from pixel to pixel. The first pixel is the last to be read, with which x goes on. */
#define EK_ONE_WEIGHTS(MORE) "  ldmia.w r0!, {r4, r5, r6, r7" MORE "}\n"
#define EK_ONE_BIASES ", r8, r9, r10, r11"
#define EK_ONE_THREE(STEP)                                                                      \
  EK_ONE_PIXEL("r10", ", #2*" STEP "]") EK_ONE_PIXEL("r9", ", #" STEP "]") EK_ONE_PIXEL("r8", "], #8")
#define EK_ONE_FOUR(STEP) EK_ONE_PIXEL("r11", ", #3*" STEP "]") EK_ONE_THREE(STEP)
/* All inputs of a layer of four or eight, in registers which are lost, from the bias in r8 on. */
#define EK_ONE_SUM_OF_4(SUM, X)                                                                 \
  "  sxtb16 " SUM ", " X "\n"                                                                   \
  "  sxtb16 " X ", " X ", ror #8\n"                                                             \
  "  smlad " SUM ", " SUM ", r4, r8\n" EK_ONE_ADD(SUM, X, "r5")
#define EK_ONE_SUM_OF_8(SUM, LOW, HIGH) EK_ONE_SUM_OF_4(SUM, LOW)                               \
  "  sxtb16 " LOW ", " HIGH "\n"                                                                \
  "  sxtb16 " HIGH ", " HIGH ", ror #8\n" EK_ONE_ADD(SUM, LOW, "r6") EK_ONE_ADD(SUM, HIGH, "r7")
#define EK_ONE_STORED(SUM, MULTIPLIER, DIVIDER, ZERO_POINT)                                     \
  "  smmulr " SUM ", " SUM ", " MULTIPLIER "\n"                                                 \
  "  smmlar " SUM ", " SUM ", " DIVIDER ", " ZERO_POINT "\n"                                    \
  "  ssat " SUM ", #8, " SUM "\n"                                                               \
  "  strb " SUM ", [r2], #1\n"
#define EK_ONE_OUTPUT(SUM) EK_ONE_STORED(SUM, "r4", "r5", "r6")
/* EIGHT for the first eight inputs, and as often as MORE says for others. */
#define EK_ONE_EIGHTS(EIGHT, MORE) EK_ONE_WEIGHTS(EK_ONE_BIASES) EIGHT MORE(EK_ONE_WEIGHTS("") EIGHT)
#define EK_ONCE(CODE) CODE
#define EK_TWICE(CODE) CODE CODE
#define EK_THRICE(CODE) CODE CODE CODE
#define EK_SEVEN_TIMES(CODE) EK_THRICE(CODE) EK_THRICE(CODE) CODE

#else

/* Of one pixel. */
static inline int32_t ek_one_sum(const int32_t *stream, const int8_t *x, int32_t inputs) {
  int32_t sum = stream[4];
  for (int32_t k = 0; k < inputs; k += 4, stream += k == 8 ? 6 : 2) { /* over the biases too */
    const uint32_t four = ek_load4(x + k);
    sum = ek_smlad(ek_sxtb16(four), (uint32_t)stream[0], sum);
    sum = ek_smlad(ek_sxtb16_odd(four), (uint32_t)stream[1], sum);
  }
  return sum;
}

#endif

#ifdef __cplusplus
}
#endif
#endif
