/* 2-D convolution of int16 activations with int8 weights, NHWC, and fully connected layers as 1x1 ones: DSP form. */
#ifndef EDGEKIT_CONV_2D_S16_DSP_H
#define EDGEKIT_CONV_2D_S16_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t low, high;         /* clamp of the fused activation */
  int32_t groups, pairs;     /* fours of taps, pairs of channels, both rounded up */
  const int8_t *weights;     /* (pairs, groups, 2, 4): taps 0, 2, 1, 3 */
  const int32_t *bias;       /* (2 * pairs) */
  const int16_t *multiplier; /* (2 * pairs), 15 bits */
  const int8_t *shift;       /* (2 * pairs), to the right */
} ek_conv_2d_s16_dsp_t;

/* scratch: 16 * groups bytes. */
void ek_conv_2d_s16_dsp(const ek_conv_2d_s16_dsp_t *p, const int16_t *x, int16_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
