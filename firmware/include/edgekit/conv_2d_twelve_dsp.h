/* 2-D convolution of one channel of 12x12 pixels into one or three, 3x3 taps, padded, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_TWELVE_DSP_H
#define EDGEKIT_CONV_2D_TWELVE_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of each channel 23 words, weights as halfwords. Of pixels between the edges: taps 0 and 2 of each row; tap 1 of rows 0 and 1;
   * tap 1 of row 2, and 4; the bias, that of the top, of the bottom. Of the right edge taps 0 and 1 of each row, of the left edge 1
   * and 2. Biases of the corner top left and top right, of the left edge and the right one, bottom left, bottom right.
   * Multiplier, divider, zero point (into one channel 128 more). Weights and biases are twice as large. */
  const int32_t *stream;
  int32_t bytes, images;
} ek_conv_2d_twelve_dsp_t;

/* x and y are at multiples of 4. Stack: 640 bytes. */
void ek_conv_2d_twelve_to_1_dsp(const ek_conv_2d_twelve_dsp_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_twelve_to_3_dsp(const ek_conv_2d_twelve_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
