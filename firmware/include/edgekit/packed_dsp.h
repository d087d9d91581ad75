/* Outputs that are put together before they are stored, as the DSP forms do it: the same integers in C. */
#ifndef EDGEKIT_PACKED_DSP_H
#define EDGEKIT_PACKED_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS
/* In assembly: the second step of a requantization for register A; two outputs in halfwords of A, 0 to 255; four, A with 0 and 2, B with 1 and 3. */
#define EK_DIVIDE_PACKED(A, DIVIDER) "  smmlar " A ", " A ", " DIVIDER ", " DIVIDER "\n"
#define EK_PACK_2(A, B)                      \
  "  pkhbt " A ", " A ", " B ", lsl #16\n"   \
  "  usat16 " A ", #8, " A "\n"
#define EK_PACK_4(A, B)                      \
  "  orr " A ", " A ", " B ", lsl #8\n"      \
  "  eor " A ", " A ", #0x80808080\n"
#endif

/* The second step of ek_requantize where `divider` is the addend too: its lower half is the output's zero point and 128, and of
 * the sum the lower half goes on; edgekit/backends/c/forms/dsp/_packed.py has the conditions. */
static inline int8_t ek_divide_packed(int32_t high, int32_t divider) {
  const int32_t output = ek_low_half((uint32_t)ek_smmlar((uint32_t)high, divider, divider));
  return (int8_t)((output < 0 ? 0 : (output > 255 ? 255 : output)) - 128);
}

#ifdef __cplusplus
}
#endif
#endif
