/* 2-D depthwise convolution of int16 activations with int8 weights, NHWC, one output per channel: DSP form. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_S16_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_S16_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w; /* in_c is a multiple of 4 */
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t low, high;         /* clamp of the fused activation */
  const int16_t *weights;    /* (kernel_h, kernel_w, in_c) */
  const int32_t *bias;       /* (in_c) */
  const int16_t *multiplier; /* (in_c), 15 bits */
  const int8_t *shift;       /* (in_c), to the right */
} ek_depthwise_conv_2d_s16_dsp_t;

void ek_depthwise_conv_2d_s16_dsp(const ek_depthwise_conv_2d_s16_dsp_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
