/* Outputs of four inputs, put together before they are stored: the assembly that kernels share, and the same integers in C.
 *
 * A channel is five words: twice the weights of inputs 0 and 2 as halfwords, twice the bias, twice the weights of 1 and 3,
 * multiplier, divider. r0 stream, r1 and r3 the pixel, r2 y, r4-r12 and lr for words and outputs. */
#ifndef EDGEKIT_PACKED_FOUR_DSP_H
#define EDGEKIT_PACKED_FOUR_DSP_H

#include "edgekit/packed_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS
#define EK_FOUR_LOAD(LIST) "  ldmia.w r0!, {" LIST "}\n"
#define EK_FOUR_EXPAND(WORD)            \
  "  sxtb16 r1, " WORD "\n"             \
  "  sxtb16 r3, " WORD ", ror #8\n"
/* Of two words of weights with the bias between them, in place of the first; so in two parts. */
#define EK_FOUR_BEGIN(A, BIAS) "  smlad " A ", r1, " A ", " BIAS "\n"
#define EK_FOUR_END(A, B) "  smlad " A ", r3, " B ", " A "\n"
#define EK_FOUR_SUM(A, BIAS, B) EK_FOUR_BEGIN(A, BIAS) EK_FOUR_END(A, B)
#define EK_FOUR_MULTIPLY(A, MULTIPLIER) "  smmulr " A ", " A ", " MULTIPLIER "\n"
#define EK_FOUR_OUTPUT(A, MULTIPLIER, DIVIDER) EK_FOUR_MULTIPLY(A, MULTIPLIER) EK_DIVIDE_PACKED(A, DIVIDER)
/* Four channels of a pixel, 0, 2, 1, 3 in the stream: 0 and 2 in r4, 1 in r5, 3 in r10 but for its divider; then eight in r4 and r7. */
#define EK_FOUR_FIRST                                                                                        \
  EK_FOUR_LOAD("r4, r5, r6, r7, r8, r9, r10, r11, r12, lr")                                                  \
  EK_FOUR_SUM("r4", "r5", "r6") EK_FOUR_OUTPUT("r4", "r7", "r8")                                             \
  EK_FOUR_SUM("r9", "r10", "r11") EK_FOUR_OUTPUT("r9", "r12", "lr") EK_PACK_2("r4", "r9")                    \
  EK_FOUR_LOAD("r5, r6, r7, r8, r9, r10, r11, r12, lr")                                                      \
  EK_FOUR_SUM("r5", "r6", "r7") EK_FOUR_OUTPUT("r5", "r8", "r9")                                             \
  EK_FOUR_SUM("r10", "r11", "r12") EK_FOUR_MULTIPLY("r10", "lr")
#define EK_FOUR_FIRST_WORD EK_DIVIDE_PACKED("r10", "r6") EK_PACK_2("r5", "r10") EK_PACK_4("r4", "r5")
#define EK_FOUR_EIGHT                                                                                        \
  EK_FOUR_FIRST EK_FOUR_LOAD("r6, r7, r8, r9, r11, r12, lr") EK_FOUR_FIRST_WORD                              \
  EK_FOUR_SUM("r7", "r8", "r9") EK_FOUR_OUTPUT("r7", "r11", "r12")                                           \
  EK_FOUR_LOAD("r5, r6, r8, r9, r10, r11, r12")                                                              \
  EK_FOUR_SUM("lr", "r5", "r6") EK_FOUR_OUTPUT("lr", "r8", "r9") EK_PACK_2("r7", "lr")                       \
  EK_FOUR_SUM("r10", "r11", "r12")                                                                           \
  EK_FOUR_LOAD("r5, r6, r8, r9, r11, r12, lr")                                                               \
  EK_FOUR_OUTPUT("r10", "r5", "r6") EK_FOUR_SUM("r8", "r9", "r11") EK_FOUR_OUTPUT("r8", "r12", "lr")         \
  EK_PACK_2("r10", "r8") EK_PACK_4("r7", "r10")
#endif

/* One channel, whose words begin at `at`, of the pixel x. */
static inline int8_t ek_packed_four(const int32_t *at, const int8_t *x) {
  const uint32_t even = ek_sxtb16(ek_load4(x)), odd = ek_sxtb16_odd(ek_load4(x));
  const int32_t sum = ek_smlad(odd, (uint32_t)at[2], ek_smlad(even, (uint32_t)at[0], at[1]));
  return ek_divide_packed(ek_smmulr(sum, at[3]), at[4]);
}

#ifdef __cplusplus
}
#endif
#endif
