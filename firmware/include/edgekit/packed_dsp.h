/* Outputs that are put together before they are stored, as the DSP forms do it: the same integers in C. */
#ifndef EDGEKIT_PACKED_DSP_H
#define EDGEKIT_PACKED_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
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
