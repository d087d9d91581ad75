/* 2-D convolution of few inputs or few outputs, and depthwise convolution of few channels into many, int8, NHWC, with the DSP
 * instructions. */
#ifndef EDGEKIT_CONV_2D_STRIPE_DSP_H
#define EDGEKIT_CONV_2D_STRIPE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lines and columns are rows and columns, or columns and rows. Steps and sizes are bytes. */
typedef struct {
  int32_t batches, parts; /* inputs; parts of each: convolutions of their own, one byte apart, each with its `stream` */
  int32_t lines, columns, in_c, line_step, column_step, in_size;
  int32_t out_lines, out_columns, out_c, out_line_step, out_column_step, out_size;
  int32_t kernel_lines, kernel_columns, stride_line, stride_column, dilation_line, pad_line, pad_column;
  int32_t segment;                      /* output columns at a time, even */
  int32_t words;                        /* of the taps of a window, two each; padded with zeros */
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  /* (parts, out_c, words + 3). Taps are ordered by kernel column, kernel line, input; where in_c is a multiple of 4, four
   * inputs are ordered 0, 2, 1, 3. Weights are halfwords, twice as large, and so is the bias.
   * ek_conv_2d_stripe_dsp: an even number of words; 4, or 2 if that is what is left of fours, the bias, the others, multiplier
   * and divider. ek_conv_2d_stripe_few_dsp: 2, 3, 4, 5, 6 or 8 words; the bias, all words, multiplier and divider. */
  const int32_t *stream;
} ek_conv_2d_stripe_dsp_t;

/* scratch, aligned to 4: with n = (segment - 1) * stride_column + kernel_columns columns of r = kernel_lines * in_c taps,
 * n * r / 2 words, rounded up, and 4 more, twice where r * stride_column is odd; then max(n, in_c) bytes, rounded up to 4.
 * x is aligned to 4 where in_c is a multiple of 4. */
void ek_conv_2d_stripe_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_stripe_few_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
