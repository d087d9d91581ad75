/* 2-D convolution of 3x3 taps of three channels, a column apart, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_THREE_DSP_H
#define EDGEKIT_CONV_2D_THREE_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* flags: 1 a pixel of padding on the left, 2 an odd number of pairs of pixels behind what that begins, 4 the last pixel is
 * inside; from bit 8 on the bytes of a row that are not read. pitch: bytes from row to row of the scratch. `lines` lines of
 * the output, of `blocks` blocks each, are computed at a time.
 * list: for each block of such lines the bytes to its inputs from those of the last row that the one before it left, times 4; 1
 * where it has three outputs. 3 behind them. start: to the first block's inputs, less its bytes.
 * stream: of each channel the first row's five words, the bias, twice the next row's five and `next`, bytes from row to row of a
 * block, multiplier, divider. Weights, halfwords, and bias are twice as large; of the 9 halfwords of a row words are (0,2), (1,3),
 * (4,5), (6,8), (7, none). */
typedef struct {
  int32_t flags, twos, in_zero; /* twos: double pairs of pixels of a row; in_zero: two halfwords */
  int32_t batches, in_size, in_h, in_row;
  int32_t out_h, out_w, out_c, stride_h, pad_top;
  int32_t pitch, start, lines, blocks;
  int32_t out_zero, low, high;
  const int32_t *list;
  const int32_t *stream;
} ek_conv_2d_three_dsp_t;

/* scratch, aligned to 4: the rows that `lines` lines read, `pitch` bytes each, and 12 bytes. */
void ek_conv_2d_three_dsp(const ek_conv_2d_three_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
