/* Four outputs that SEL puts together, as the DSP forms do it: 5 instructions for a word, 4 where outputs 1 and 3 need no clamp; the
 * same integers in C.
 *
 * Outputs 0 and 2 are the lower halves of sums, as in packed_dsp.h: PKHBT, SSAT16. Outputs 1 and 3 come 2^23 times as large, so that
 * the upper half is 2^7 times the output: PKHTB, and QADD16 of the register with itself saturates and leaves them in each half's
 * upper byte. GE, which no instruction of a requantization changes, says once for all words which bytes are whose. `start` is the
 * addend of all four: its lower half is the output's zero point, its upper half 2^7 times that and 64. Where the outputs of 1 and 3
 * need no clamp, they come 2^24 times as large and QADD16 is missing. edgekit/backends/c/forms/dsp/_select.py has the conditions. */
#ifndef EDGEKIT_SELECT_DSP_H
#define EDGEKIT_SELECT_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS
/* In assembly, in this order: the flags, of which nothing but SADD8, SADD16, SSUB16 and their like changes GE, by way of a register;
 * the second step of a requantization for outputs 0 and 2, and for 1 and 3; two outputs, the lower one in A, where the result is;
 * four, A with 0 and 2, B with 1 and 3. */
#define EK_SELECT_FLAGS(REGISTER)            \
  "  mov " REGISTER ", #0x50000\n"           \
  "  msr APSR_g, " REGISTER "\n"
#define EK_DIVIDE_EVEN(A, DIVIDER, START) "  smmlar " A ", " A ", " DIVIDER ", " START "\n"
#define EK_MULTIPLY_ODD(A, GAIN, START) "  mla " A ", " A ", " GAIN ", " START "\n"
#define EK_SELECT_EVEN(A, B)                 \
  "  pkhbt " A ", " A ", " B ", lsl #16\n"   \
  "  ssat16 " A ", #8, " A "\n"
#define EK_SELECT_ODD_INSIDE(A, B) "  pkhtb " A ", " B ", " A ", asr #16\n"
#define EK_SELECT_ODD(A, B)                  \
  EK_SELECT_ODD_INSIDE(A, B)                 \
  "  qadd16 " A ", " A ", " A "\n"
#define EK_SELECT_4(A, B) "  sel " A ", " A ", " B "\n"
#endif

/* The second step of ek_requantize for outputs 0 and 2. */
static inline int8_t ek_divide_even(int32_t high, int32_t divider, int32_t start) {
  return (int8_t)ek_ssat8(ek_low_half((uint32_t)ek_smmlar((uint32_t)high, divider, start)));
}
/* And for 1 and 3; with a clamp or without. */
static inline int8_t ek_multiply_odd(int32_t high, int32_t gain, int32_t start) {
  return (int8_t)ek_ssat8((int32_t)((uint32_t)high * (uint32_t)gain + (uint32_t)start) >> 23);
}
static inline int8_t ek_multiply_odd_inside(int32_t high, int32_t gain, int32_t start) {
  return (int8_t)((int32_t)((uint32_t)high * (uint32_t)gain + (uint32_t)start) >> 24);
}

#ifdef __cplusplus
}
#endif
#endif
