/* 2-D convolution, int8, NHWC, windows of three rows into one, three, four or ten channels: the Helium form for few outputs. */
#ifndef EDGEKIT_CONV_2D_FEW_MVE_H
#define EDGEKIT_CONV_2D_FEW_MVE_H

#include "edgekit/rows_mve.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, out_h, out_pitch, band; /* out_pitch: bytes of an output row; band: output rows that scratch has the rows of */
  int32_t in_size;                         /* bytes of an input */
  ek_rows_mve_t rows;
  const int32_t *bands, *others;           /* EK_ROWS_ of every band of the first input, of those of another */
  int32_t sums;                            /* where the outputs' sums are in scratch */
  int32_t code, rest_code;                 /* which of the products; of the last two of ten channels, -1 where there are none */
  const int32_t *weights, *rest_weights;   /* biases; of every row vectors of 16 bytes as units take them, channel by channel */
  int32_t row_step, pixel_step;            /* from behind a window's row to the next, behind its last to the next window */
  int32_t out_w;
  int32_t line_step;                       /* from behind a row's windows to the next row's */
  int32_t out_zero, low, high;             /* zero point; clamp of the fused activation */
  int32_t limited;                         /* 1 where the clamp is not that of int8 */
  int32_t period;                          /* eights of outputs after which channels come in the same order again */
  const int32_t *constants;                /* of each of them, even outputs before odd ones: multiplier[8], 2^(31-e)+1 [8] */
} ek_conv_2d_few_mve_t;

/* scratch: `band` output rows' rows, what is read behind them, 4 bytes for each of their outputs. */
void ek_conv_2d_few_mve(const ek_conv_2d_few_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
