/* 2-D convolution of one channel of 13x13 pixels into one, 3x3 taps, stride 2, padded, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_THIRTEEN_TO_1_DSP_H
#define EDGEKIT_CONV_2D_THIRTEEN_TO_1_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* 17 words, weights as halfwords. Biases: top left, top, top right, left, right, bottom left, bottom, bottom right. Taps 0 and 2
   * of each row; tap 1 of rows 0 and 1; tap 1 of row 2; the bias between the edges. Multiplier, divider, zero point and 128. Weights
   * and biases are twice as large. */
  const int32_t *stream;
  int32_t bytes, images; /* bytes: of the stream */
} ek_conv_2d_thirteen_to_1_dsp_t;

/* Stack: 300 bytes. */
void ek_conv_2d_thirteen_to_1_dsp(const ek_conv_2d_thirteen_to_1_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
