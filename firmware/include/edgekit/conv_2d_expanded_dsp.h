/* 2-D convolution of 3x3 taps into few channels, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_EXPANDED_DSP_H
#define EDGEKIT_CONV_2D_EXPANDED_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* in_c is a multiple of 8. A row of halfwords begins with `gap`, in 16 bytes, of padding, which is that on the right of the row
 * before, too. Steps are bytes: start: to a row's first window; step: from window to window; pitch: from row to row; back: from
 * the end of a window's row to the next one's begin; wide: of the stream for a channel. units: in_c / 8.
 * stream: of each channel the first 4 words of weights, the bias, the other weights, multiplier, divider; where units is not 1,
 * the bias comes first. Weights are halfwords, those of a row of taps by fours in the order 0, 2, 1, 3; they and the bias are
 * twice as large. */
typedef struct {
  int32_t sixteens, eights, gap, in_zero; /* of a row of the input: 16 bytes, 8 bytes that are left; in_zero: two halfwords */
  int32_t batches, in_size, in_h, in_row;
  int32_t out_h, out_w, out_c, stride_h, pad_top;
  int32_t start, step, pitch, back, wide, units;
  int32_t lines; /* of the output, whose rows are expanded at a time; even, or all */
  int32_t out_zero, low, high;
  const int32_t *stream;
} ek_conv_2d_expanded_dsp_t;

/* x and scratch are at multiples of 4. scratch: the rows that `lines` lines read, `pitch` bytes each, and 16 * gap. */
void ek_conv_2d_expanded_dsp(const ek_conv_2d_expanded_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_expanded_8_dsp(const ek_conv_2d_expanded_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch); /* of 8 inputs */

#ifdef __cplusplus
}
#endif
#endif
