/* 2-D convolution, int8, NHWC, 3x3 windows of 2 channels into few: the Helium form with pixels in lanes. */
#ifndef EDGEKIT_CONV_2D_TWO_FEW_MVE_H
#define EDGEKIT_CONV_2D_TWO_FEW_MVE_H

#include "edgekit/rows_mve.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const uint16_t *places;  /* of groups of 8 pixels: where their windows begin in the rows, then where their outputs are, pixels
                              in the order 0 4 1 5 2 6 3 7; the last group ends with the last pixel */
  const uint8_t *taps;     /* where 16 of a window's lie behind its beginning */
  int32_t groups, vectors; /* where their vectors are in scratch */
  int32_t last;            /* where the other two taps lie */
  int32_t channels;
  const int32_t *weights;  /* of a channel: 8 times the bias, 16 weights, the other two, multiplier, 2^(31-e)+1 */
  int32_t out_zero;
  int32_t batches, in_size, out_size; /* bytes of an input, of its outputs */
  ek_rows_mve_t rows;
  const int32_t *bands, *others; /* EK_ROWS_ of the first input, of another */
} ek_conv_2d_two_few_mve_t;

/* scratch: an input's rows with their padding, then 208 bytes for a group. */
void ek_conv_2d_two_few_mve(const ek_conv_2d_two_few_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
