/* 2-D convolution, int8, NHWC, windows of several taps without dilation: the Helium form for whole bands of rows. */
#ifndef EDGEKIT_CONV_2D_BANDS_MVE_H
#define EDGEKIT_CONV_2D_BANDS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, stride_h, stride_w, pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t band;                         /* output rows that scratch holds the windows of */
  int32_t columns;                      /* of the padded picture: those that windows have */
  int32_t strips;                       /* 1: the 3 rows of a column one after another; in_c up to 3 */
  int32_t groups;                       /* of strips: whole 16 bytes of a row, where 15 are of 5 pixels of 3 channels */
  const uint8_t *offsets;               /* of strips: where 16 bytes of a row go */
  int32_t step;                         /* pixels of an output row computed together */
  int32_t blocks;                       /* of 8 of their outputs */
  int32_t way;                          /* EK_BANDS_ONE, _TWO, _THREE_ONES, _THREE_TWOS or _UNITS */
  int32_t units;                        /* of a window */
  int32_t some;                         /* 1: not all blocks have 8 outputs */
  const int32_t *gaps;                  /* bytes from behind one unit to the next, from behind the last to the next pixels */
  const int32_t *weights;               /* of a block: where its window begins in bytes, how many outputs; for _UNITS their
                                           vectors less one, 4 more where outputs are fewer than 8, whose code is taken from
                                           the last one on, and bytes of it for the others; bias[8]; of every unit the
                                           vectors of one output after another; even outputs before odd ones,
                                           multiplier[8] and 2^(31-e)+1 [8]. For _THREE_ONES the last vector comes last.
                                           For _THREE_, out_zero and step * out_c. */
} ek_conv_2d_bands_mve_t;

enum { EK_BANDS_ONE, EK_BANDS_TWO, EK_BANDS_THREE_ONES, EK_BANDS_THREE_TWOS, EK_BANDS_UNITS };

/* scratch: the windows' rows (_bands_bytes of the packer). */
void ek_conv_2d_bands_mve(const ek_conv_2d_bands_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
