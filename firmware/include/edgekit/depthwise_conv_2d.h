/* 2-D depthwise convolution, int8, NHWC, with a channel multiplier. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_H
#define EDGEKIT_DEPTHWISE_CONV_2D_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, depth_multiplier; /* out_c = in_c * depth_multiplier */
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  const int8_t *weights;                /* (kernel_h, kernel_w, out_c) */
  const int32_t *bias;                  /* (out_c) */
  const int32_t *multiplier;            /* (out_c), Q31 */
  const int8_t *shift;                  /* (out_c) */
} ek_depthwise_conv_2d_t;

void ek_depthwise_conv_2d(const ek_depthwise_conv_2d_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
