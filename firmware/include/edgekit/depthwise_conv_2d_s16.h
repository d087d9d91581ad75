/* 2-D depthwise convolution of int16 activations with int8 weights, NHWC; zero points are 0. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_S16_H
#define EDGEKIT_DEPTHWISE_CONV_2D_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, depth_multiplier;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t low, high;         /* clamp of the fused activation */
  const int8_t *weights;     /* (kernel_h, kernel_w, in_c * depth_multiplier) */
  const int64_t *bias;       /* (in_c * depth_multiplier) */
  const int16_t *multiplier; /* 15 bits */
  const int8_t *shift;       /* to the right */
} ek_depthwise_conv_2d_s16_t;

void ek_depthwise_conv_2d_s16(const ek_depthwise_conv_2d_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
