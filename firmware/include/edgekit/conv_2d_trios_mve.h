/* 2-D convolution, int8, NHWC, 3x3 windows of three channels into three: the Helium form of pairs of rows. */
#ifndef EDGEKIT_CONV_2D_TRIOS_MVE_H
#define EDGEKIT_CONV_2D_TRIOS_MVE_H

#include "edgekit/picture_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Constants:
 *
 *   offsets, 16 bytes each: from the begin of a window of the upper row its first 16 taps, those of the lower row, what is left
 *   of both
 *   of the first column, those between, the last one: begins of the sums of both rows; of the first taps 16 weights of each
 *   output, of those left
 *
 * Ends, where the scaling begins:
 *
 *   only for 13 columns the output zero point
 *   of three batches of 16 sums: multipliers, 2^(31-e)+1; only for 13 columns those of the last four outputs
 *   where each output of a batch goes, in the order of its bytes
 *
 * Steps: bytes from behind a pair of rows to the next one, 0 behind the last; bytes of sums that the last round begins early,
 * where offsets of outputs count from, rounds of three batches. `between`: columns. */
typedef ek_picture_mve_t ek_conv_2d_trios_mve_t;

/* Four columns or more. scratch: the picture between two rows of zero points, 4 bytes for each output of the pairs. */
void ek_conv_2d_trios_mve_by_1(const ek_conv_2d_trios_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_trios_mve_by_2(const ek_conv_2d_trios_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* One picture of 13x13 pixels in steps of two, at a multiple of 4. */
void ek_conv_2d_trios_mve_13(const ek_conv_2d_trios_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
