/* Requantization by one multiplication without an addend, where no output is below its zero point: an accumulator times
 * `multiplier` has EK_LINE_FRACTION bits of fraction, and all that is added to it is in the bias;
 * edgekit/backends/c/forms/dsp/_line.py finds and proves both. */
#ifndef EDGEKIT_LINE_DSP_H
#define EDGEKIT_LINE_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EK_LINE_FRACTION 9
#define EK_LINE_TEXT_(FRACTION) #FRACTION
#define EK_LINE_TEXT(FRACTION) EK_LINE_TEXT_(FRACTION)

static inline int8_t ek_requantize_line(int32_t sum, int32_t multiplier) {
  return (int8_t)ek_ssat8_shifted(ek_smmulr(sum, multiplier), EK_LINE_FRACTION);
}

/* The same for assembly: two instructions of any register. */
#define EK_LINE_OF(D, MULTIPLIER)                             \
  "  smmulr " D ", " D ", " MULTIPLIER "\n"                   \
  "  ssat " D ", #8, " D ", asr #" EK_LINE_TEXT(EK_LINE_FRACTION) "\n"

#ifdef __cplusplus
}
#endif
#endif
