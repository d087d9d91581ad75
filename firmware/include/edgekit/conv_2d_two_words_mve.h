/* 2-D convolution, int8, NHWC, 3x3 windows of two channels into few, pictures of 12x12: the Helium form that copies nothing. */
#ifndef EDGEKIT_CONV_2D_TWO_WORDS_MVE_H
#define EDGEKIT_CONV_2D_TWO_WORDS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stream, of every channel:
 *
 *   offsets of the words of four rows and two columns [4], of two rows and four columns [4]
 *   of the first row of outputs, then of the last one: weights of the first column, an odd one, an even one, the last one
 *   [4][16], begins of 12 sums
 *   begins of a pair of rows' first eight sums; of either row of a pair the weights of an even output's left and right
 *   columns, of an odd one's [4][16]; begins of sixteen sums
 *   multiplier, zero point, 2^(31-e)+1, bytes of a row of outputs and of two, 0 behind the last channel, 3
 *   places of the outputs, bytes from that row on [9][16] */
typedef struct {
  const int32_t *stream;
  int32_t batches, in_size, out_step; /* out_step: from the last channel's first output to the next picture's */
} ek_conv_2d_two_words_mve_t;

/* Into one channel, into several up to four. x: at a multiple of 4. scratch: 4 bytes for each output of a channel. */
void ek_conv_2d_two_words_mve_one(const ek_conv_2d_two_words_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_two_words_mve_several(const ek_conv_2d_two_words_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
