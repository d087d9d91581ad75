/* 2-D convolution of int16 activations with int8 weights, NHWC; zero points are 0. */
#ifndef EDGEKIT_CONV_2D_S16_H
#define EDGEKIT_CONV_2D_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t low, high;         /* clamp of the fused activation */
  const int8_t *weights;     /* (out_c, kernel_h, kernel_w, in_c) */
  const int64_t *bias;       /* (out_c) */
  const int16_t *multiplier; /* (out_c), 15 bits */
  const int8_t *shift;       /* (out_c), to the right */
} ek_conv_2d_s16_t;

void ek_conv_2d_s16(const ek_conv_2d_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
