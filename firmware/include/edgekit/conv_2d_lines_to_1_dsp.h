/* 2-D convolution of 3x3 taps of two, three or five channels into one, stride 2, padded as "same" pads, int8, NHWC, with the DSP
 * instructions. */
#ifndef EDGEKIT_CONV_2D_LINES_TO_1_DSP_H
#define EDGEKIT_CONV_2D_LINES_TO_1_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of the first line, of two lines inside, of the last two: of the left block, of one in the middle, of the right one, inside
   * of the right one first, biases of the sums, words of weights in the order of the code, multiplier, divider, zero point.
   * Weights and biases are twice as large. Even sizes have neither a first line nor left blocks. */
  const int32_t *stream;
  int32_t before; /* outputs of an image before the last two lines */
  int32_t images;
  int32_t pitch, three; /* bytes of a row, of three rows */
  int32_t out_w;
} ek_conv_2d_lines_to_1_dsp_t;

/* 4 n + 1 rows, 9 or more; of two and of three channels so many columns, of five any odd number from 5 on. */
void ek_conv_2d_two_to_1_dsp(const ek_conv_2d_lines_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_three_to_1_dsp(const ek_conv_2d_lines_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_five_to_1_dsp(const ek_conv_2d_lines_to_1_dsp_t *p, const int8_t *x, int8_t *y);

/* 4 n rows, 8 or more; of two and of three channels so many columns, of five any even number from 4 on. */
void ek_conv_2d_two_to_1_even_dsp(const ek_conv_2d_lines_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_three_to_1_even_dsp(const ek_conv_2d_lines_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_five_to_1_even_dsp(const ek_conv_2d_lines_to_1_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
