/* Requantization by one multiplication, where no output is below its zero point: an accumulator times `multiplier` and moved by
 * `start` has EK_RELU_FRACTION bits of fraction; edgekit/backends/c/forms/dsp/_relu.py finds and proves both. */
#ifndef EDGEKIT_RELU_DSP_H
#define EDGEKIT_RELU_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EK_RELU_FRACTION 3
#define EK_RELU_TEXT_(FRACTION) #FRACTION
#define EK_RELU_TEXT(FRACTION) EK_RELU_TEXT_(FRACTION)

static inline int8_t ek_requantize_relu(int32_t sum, int32_t multiplier, int32_t start) {
  return (int8_t)ek_ssat8_shifted(ek_smmlar((uint32_t)sum, multiplier, start), EK_RELU_FRACTION);
}

/* The same for assembly: two instructions of any register. */
#define EK_RELU_OF(D, MULTIPLIER, START) "  smmlar " D ", " D ", " MULTIPLIER ", " START "\n"
#define EK_RELU_SATURATE(D) "  ssat " D ", #8, " D ", asr #" EK_RELU_TEXT(EK_RELU_FRACTION) "\n"

#ifdef __cplusplus
}
#endif
#endif
