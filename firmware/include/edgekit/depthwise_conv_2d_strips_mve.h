/* 2-D depthwise convolution of any window, int8, NHWC: Helium, windows as strips of 4 channels. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_STRIPS_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_STRIPS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, depth_multiplier;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t shifted;           /* which constants filters have */
  int32_t chunks;            /* of 16 taps */
  int32_t band;              /* output rows at a time; the last band ends at out_h */
  int32_t columns;           /* of a row of strips */
  const int32_t *column_table; /* (columns): bytes from a row's begin, far below 0 where it is outside the image */
  const uint16_t *places;    /* (band * out_w), twice where that is 1: where windows begin, bytes */
  const int8_t *filters;     /* by 4 channels of the input: words bias[4], multiplier[4], 2^(31-e)+1 [4], or, shifted, bias[4],
                                left shift[4], multiplier[4], right shift[4] as 0 or negative; then of every chunk (4, 16 taps),
                                columns first */
} ek_depthwise_conv_2d_strips_mve_t;

/* scratch: 16 * band * columns * kernel_h bytes, 64 * chunks, and 8 * band * kernel_h. in_c < 2^30. */
void ek_depthwise_conv_2d_strips_mve(const ek_depthwise_conv_2d_strips_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
