/* 2-D convolution, int8, NHWC, 3x3 windows of 2 channels, stride 1, one row and one column of padding on each side: the Helium
 * form by tiles of 2x2 outputs. */
#ifndef EDGEKIT_CONV_2D_TWO_TILES_MVE_H
#define EDGEKIT_CONV_2D_TWO_TILES_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A region, 12 words. Of what lies in scratch bytes from its begin, of outputs from the picture's first one:
 *
 *   where a row of tiles ends, the region's stream in bytes, where its windows begin
 *   bytes to the two inputs that all windows of a tile have
 *   bytes from a tile's last two outputs to the next tile's, where its outputs begin
 *   bytes from behind a row of tiles to the next one in scratch, in the output; from the end of a row to that of the next one
 *   where the windows of a row behind the last would begin; 1 for a row of the picture's edge
 *
 * The stream has, as the kernel reads it, begins of sums, 16 weights of a filter at a time, weights of the last two taps as
 * words, multipliers, 2^(31-e)+1, where inputs and outputs lie. */
typedef struct {
  const int32_t *regions;
  int32_t size; /* of the regions, in bytes */
  const int32_t *stream;
  int32_t zeros, rows, copy; /* 4 zero points; rows of the picture; where the code lies that copies one */
  int32_t batches, out_size;
} ek_conv_2d_two_tiles_mve_t;

/* Into 8 or more channels; into 10.
 *
 * scratch: the rows of a picture with a column of padding on both sides, 4 bytes more. */
void ek_conv_2d_two_tiles_mve_eights(const ek_conv_2d_two_tiles_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_two_tiles_mve_ten(const ek_conv_2d_two_tiles_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
