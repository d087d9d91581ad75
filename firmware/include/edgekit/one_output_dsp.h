/* Layers of one output with the DSP instructions, four or three pixels x 8 inputs at a time: what their kernels share. The stream
 * is four biases, the weights as halfwords, each 4 as 0, 2, 1, 3, then constants. */
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
#define EK_ONE_THREE(STEP)                                                                      \
  "  ldmia.w r0!, {r4, r5, r6, r7}\n" EK_ONE_PIXEL("r10", ", #2*" STEP "]")                     \
  EK_ONE_PIXEL("r9", ", #" STEP "]") EK_ONE_PIXEL("r8", "], #8")
#define EK_ONE_FOUR(STEP)                                                                       \
  "  ldmia.w r0!, {r4, r5, r6, r7}\n" EK_ONE_PIXEL("r11", ", #3*" STEP "]")                     \
  EK_ONE_PIXEL("r10", ", #2*" STEP "]") EK_ONE_PIXEL("r9", ", #" STEP "]") EK_ONE_PIXEL("r8", "], #8")
#define EK_ONCE(CODE) CODE
#define EK_TWICE(CODE) CODE CODE
#define EK_THRICE(CODE) CODE CODE CODE
#define EK_FOUR_TIMES(CODE) EK_TWICE(CODE) EK_TWICE(CODE)
#define EK_EIGHT_TIMES(CODE) EK_FOUR_TIMES(CODE) EK_FOUR_TIMES(CODE)

#else

/* Of one pixel. */
static inline int32_t ek_one_sum(const int32_t *stream, const int8_t *x, int32_t inputs) {
  int32_t sum = stream[0];
  for (int32_t k = 0; k < inputs; k += 4) {
    const uint32_t four = ek_load4(x + k);
    sum = ek_smlad(ek_sxtb16(four), (uint32_t)stream[4 + k / 2], sum);
    sum = ek_smlad(ek_sxtb16_odd(four), (uint32_t)stream[5 + k / 2], sum);
  }
  return sum;
}

#endif

#ifdef __cplusplus
}
#endif
#endif
