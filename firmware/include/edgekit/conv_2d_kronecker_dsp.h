/* 2-D convolution of 3x3 taps of three channels with a ReLU, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_KRONECKER_DSP_H
#define EDGEKIT_CONV_2D_KRONECKER_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bits from one sum of an accumulator to the next, and from one input of a word to the other. */
#define EK_KRONECKER_BITS 21

/* blocks: of four columns that a row has, of eight where windows are apart. pitch: bytes from what one of them reads to the next,
 * of all rows that `lines` lines of the output read, which are computed at a time. across: from a line's first block to its end,
 * down: from line to line. in_zero: padding as a word of two inputs, each moved by 128. tail: 1 where behind the four outputs of a
 * line's last block another one follows. Of those that its first block ends with the first is none where windows are not apart;
 * the next one, where they are the first, is none if begin is 0, else begin is out_c. stream_size: bytes.
 * stream, of every two channels a and b: words from which accumulators begin, the low one of a and b and twice the high one of
 * each; where windows are apart high and low of a, then of b. Of each row and input channel weights: with z = 2^EK_KRONECKER_BITS
 * and a row's columns 0, 1 and 2, w2 + w0 z of a and b, w1 z of both, and, where windows are not apart, w1 of both. Of windows
 * apart behind a column of padding w1 takes the place of the first, w2 + w0 z that of the second. Then slope and start of a, the
 * bytes from where a block ends to the next, slope and start of b, what their sums behind a line's last block lack, and the high
 * words of what is left of accumulators before its first. Weights and biases are twice as large. */
typedef struct {
  int32_t out_c, down, across, begin, tail, stream_size;
  const int32_t *stream;
  int32_t blocks, pitch, in_zero;
  int32_t batches, in_size, in_h, in_row;
  int32_t out_h, out_w, stride_h, pad_top, lines;
} ek_conv_2d_kronecker_dsp_t;

/* x aligned to 4, scratch to 8: `blocks` times `pitch` bytes. */
void ek_conv_2d_kronecker_dsp(const ek_conv_2d_kronecker_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* The same of windows two columns apart. */
void ek_conv_2d_kronecker_apart_dsp(const ek_conv_2d_kronecker_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
