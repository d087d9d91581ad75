/* 2-D convolution of one channel of 13x13 pixels into three or four, 3x3 taps, stride 2, padded, int8, NHWC, with the DSP
 * instructions. */
#ifndef EDGEKIT_CONV_2D_THIRTEEN_DSP_H
#define EDGEKIT_CONV_2D_THIRTEEN_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of each channel 22 words, weights as halfwords. Of pixels between the edges: taps 0 and 2 of each row; tap 1 of rows 1 and 2;
   * the bias; multiplier, divider; the zero point and tap 1 of row 0; the bias of the top, of the bottom. Of the right edge taps
   * 0 and 1 of each row, the bias, that of the bottom, of the top. Of the left edge taps 1 and 2, and the same biases. Weights and
   * biases are twice as large. */
  const int32_t *stream;
  int32_t bytes, images;
} ek_conv_2d_thirteen_dsp_t;

/* Stack: 600 bytes. */
void ek_conv_2d_thirteen_to_3_dsp(const ek_conv_2d_thirteen_dsp_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_thirteen_to_4_dsp(const ek_conv_2d_thirteen_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
