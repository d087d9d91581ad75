/* 2-D convolution, int8, NHWC, 3x3 windows of three channels into ten: the Helium form of pairs of rows. */
#ifndef EDGEKIT_CONV_2D_TENS_MVE_H
#define EDGEKIT_CONV_2D_TENS_MVE_H

#include "edgekit/picture_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Constants, of the first column, those between, the last one: offsets of 16 bytes each from the begin of a window of the upper
 * row, its first 16 taps, what is left, the same of the lower row; then of outputs 0 to 3, 4 to 7, 8 and 9: begins of the sums of
 * the upper row, of the lower row, 16 weights of the first taps of an output, of those left, the same of the next output.
 *
 * Ends: where sums of 4 to 7 begin, of 8 and 9. Of outputs 0 to 3, 4 to 7, 8 and 9: where offsets of outputs count from, bytes of
 * sums that a last batch begins early, batches of 16 sums before it, multipliers, 2^(31-e)+1. Then where each output of a batch
 * goes, in the order of its bytes, of 0 to 3, as of 4 to 7, and of 8 and 9.
 *
 * Steps: bytes from behind a pair of rows to the next one, 0 behind the last. `between`: columns. */
typedef ek_picture_mve_t ek_conv_2d_tens_mve_t;

/* scratch: the picture between two rows of zero points, 4 bytes for
 * each output of the pairs. */
void ek_conv_2d_tens_mve_by_1(const ek_conv_2d_tens_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_tens_mve_by_2(const ek_conv_2d_tens_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
