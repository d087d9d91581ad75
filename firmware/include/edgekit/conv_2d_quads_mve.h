/* 2-D convolution, int8, NHWC, 3x3 windows of three channels into four, rows of 12 or 13: the Helium form without copies. */
#ifndef EDGEKIT_CONV_2D_QUADS_MVE_H
#define EDGEKIT_CONV_2D_QUADS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stream, of the first row of outputs, of one between and of the last one:
 *
 *   the sums' begins of the first pixel and of the last one
 *   of each half of the first pixel's windows, then of the last one's: 16 offsets from the begin of the row of pixels above the
 *   outputs', 16 weights of every output
 *   of each half of the pixels' between: 16 offsets; begins of two pixels' sums; of each half 16 weights of every output
 *   a word of nothing */
typedef struct {
  int32_t batches, in_size, out_size;
  const int32_t *stream;
  const int32_t *steps; /* bytes in the stream from behind a row of outputs to the next, 0 behind the last; multipliers [4], zero
                           point, outputs beyond sixteens, sixteens, 2^(31-e)+1 [4][4] */
} ek_conv_2d_quads_mve_t;

/* Rows of 12 pixels; of 13 in steps of two. scratch: 4 bytes for each output, and up to a multiple of 16. */
void ek_conv_2d_quads_mve_by_1(const ek_conv_2d_quads_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_quads_mve_by_2(const ek_conv_2d_quads_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
