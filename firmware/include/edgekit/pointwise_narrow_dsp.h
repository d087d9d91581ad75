/* 1x1 convolution or fully connected layer of 4 to 16 inputs, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_NARROW_DSP_H
#define EDGEKIT_POINTWISE_NARROW_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c, stride_h, stride_w;
  int32_t out_zero, low, high; /* zero point; clamp of the fused activation */
  /* (out_c, 2 * n + 3) with n = in_c / 4, rounded up: twice the bias, twice the weights as halfwords, each 4 as 0, 2, 1, 3,
   * multiplier, divider. The last 4 weights are of the last 4 inputs, 0 for those that others have. */
  const int32_t *stream;
} ek_pointwise_narrow_dsp_t;

void ek_pointwise_narrow_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
