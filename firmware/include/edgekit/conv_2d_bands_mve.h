/* 2-D convolution, int8, NHWC, windows of several taps without dilation: the Helium form for whole bands of rows. */
#ifndef EDGEKIT_CONV_2D_BANDS_MVE_H
#define EDGEKIT_CONV_2D_BANDS_MVE_H

#include "edgekit/rows_mve.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { EK_BANDS_ONE, EK_BANDS_TWO, EK_BANDS_THREE_ONES, EK_BANDS_THREE_TWOS, EK_BANDS_UNITS };
enum { EK_BANDS_PLAIN, EK_BANDS_SOME, EK_BANDS_CLAMPED, EK_BANDS_EIGHT };

typedef struct {
  int32_t batches, in_h, in_c, out_h, stride_h, pad_top;
  int32_t out_zero, low, high;          /* zero point; clamp of the fused activation */
  int32_t in_pitch, inside;             /* bytes of an input row, those that windows read */
  int32_t band;                         /* output rows that scratch holds the windows of */
  int32_t pitch, left, row;             /* bytes of a row in scratch, before the image's, from an output row's to the next */
  int32_t out_pitch;                    /* bytes of an output row */
  ek_rows_mve_t rows;
  const int32_t *bands, *others;        /* of rows: EK_ROWS_ of every band of the first input, of those of another */
  int32_t strips;                       /* 1: a row in scratch has the 3 rows of each column one after another */
  int32_t groups;                       /* of strips: whole 16 bytes of a row, where 15 are of 5 pixels of 3 channels */
  const uint8_t *offsets;               /* of strips: where 16 bytes of a row go */
  int32_t x_step, y_step;               /* bytes from the last row of a window of three to the next pixels, of their outputs */
  int32_t blocks;                       /* of 8 outputs, in those of the pixels computed together */
  int32_t way;                          /* EK_BANDS_ONE, _TWO, _THREE_ONES, _THREE_TWOS or _UNITS */
  int32_t finish;                       /* EK_BANDS_PLAIN, _SOME: blocks of less than 8 outputs, _CLAMPED, or _EIGHT: one block */
  int32_t units;                        /* of a window */
  int32_t parts;                        /* of an output row: 1, or 2 where the pixels at its end come once more */
  int32_t part[12];                     /* of each: x and y in bytes, x_gap and y_gap from behind a row to the next one, count
                                           of pixels, even where two come a round, odd: 1 where that is one more; of windows
                                           of one segment, count less one in the upper half, bytes to the next below */
  const int32_t *gaps;                  /* bytes from behind one unit to the next, from behind the last to the next pixels */
  const int32_t *weights;               /* of a block: where its window begins in bytes, how many outputs; for _UNITS their
                                           vectors less one, 4 more where outputs are fewer than 8, whose code is taken from
                                           the last one on, and bytes of it for the others; bias[8], even
                                           outputs before odd ones but for units; of every unit the
                                           vectors of one output after another; even outputs before odd ones,
                                           multiplier[8] and 2^(31-e)+1 [8]. For _THREE_ONES the last vector comes last.
                                           For _THREE_, out_zero and y_step. */
} ek_conv_2d_bands_mve_t;

/* scratch: `band` output rows' rows, and what is read behind them. */
void ek_conv_2d_bands_mve(const ek_conv_2d_bands_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
