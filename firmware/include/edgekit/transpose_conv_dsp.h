/* 2-D transposed convolution, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_TRANSPOSE_CONV_DSP_H
#define EDGEKIT_TRANSPOSE_CONV_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rows are the input's, lines a phase's: every stride_h-th of the output. `place`s are in the band, that is, in the input with
 * `above` rows and `before` bytes of padding; where nothing is copied these are 0. */
typedef struct {
  int32_t batches, in_h, in_row, in_c, out_h, out_w, out_c, stride_h, stride_w; /* in_row: bytes */
  int32_t above, before, reach; /* reach: rows that a line of all phases reads */
  int32_t pitch;                /* of a row of the band, a multiple of 4; in_row where nothing is copied */
  int32_t lines, copied;        /* lines of a band; even, or all */
  int32_t columns;              /* bytes of scratch before the band */
  int32_t in_zero, out_zero, low, high;
  const int32_t *down;   /* (stride_h, 2): rows of taps, place of the first row, of outputs 0, 1, ... */
  const int32_t *across; /* (stride_w, 2): bytes of a row of taps, at least 4; place of the first byte */
  const int32_t *stream; /* of each phase as conv_2d_halves_dsp.h says, of kernels that do not have 3 rows */
} ek_transpose_conv_dsp_t;

/* scratch, aligned to 4: `columns`, 16 bytes for each four taps of the largest phase; where the input is copied, a band of
 * lines + reach - 1 rows of `pitch` bytes, and `before` rounded up to 4. */
void ek_transpose_conv_dsp(const ek_transpose_conv_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* The same where no output is below its zero point: starts of relu_dsp.h instead of dividers. */
void ek_transpose_conv_relu_dsp(const ek_transpose_conv_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
