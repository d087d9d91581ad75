/* 2-D depthwise convolution, int8, NHWC, one output channel an input channel: the Helium form. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t shifted;                      /* which rows `table` has */
  const int8_t *weights;                /* 8 channels by 8: (kernel_h, kernel_w, 8) */
  const int32_t *table;                 /* as of ek_conv_2d_mve_t, the biases too with even channels before odd ones */
} ek_depthwise_conv_2d_mve_t;

void ek_depthwise_conv_2d_mve(const ek_depthwise_conv_2d_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
