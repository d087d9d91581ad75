/* Fully connected layer or 1x1 convolution of few outputs, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_FEW_DSP_H
#define EDGEKIT_FULLY_CONNECTED_FEW_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t lines, line_step, samples, step; /* lines of samples; bytes from line to line, from sample to sample */
  int32_t in_c, out_c;
  int32_t out_zero, low, high; /* zero point; clamp of the fused activation */
  /* Of each pair of outputs: twice the weights of the first, then of the second, for the last 4 inputs, as halfwords 0, 2, 1,
   * 3; twice the biases; the weights for all inputs from the first on, 4 at a time, but the last 1 to 4; multiplier and
   * divider of the first, of the second. An odd last output likewise, alone, 8 inputs at a time. Inputs that the last ones
   * share with others have weights of 0 there. */
  const int32_t *stream;
} ek_fully_connected_few_dsp_t;

/* in_c is at least 4, and 8 where out_c is odd. */
void ek_fully_connected_few_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
