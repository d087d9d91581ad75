/* 2-D convolution, int8, NHWC: the Helium form that takes two windows times four filters at once. */
#ifndef EDGEKIT_CONV_2D_BY_TWOS_MVE_H
#define EDGEKIT_CONV_2D_BY_TWOS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c; /* out_c a multiple of 4; no clamp but saturation */
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, pad_top, pad_left;
  int32_t in_zero, out_zero;
  int32_t down;           /* windows of a pair lie, 0: beside each other, out_w > 1; 1: below each other, out_h > 1 */
  int32_t trips, skipped; /* of a window of n > 2 vectors: rounds of 15 that n - 3 take, one at least; bytes of code that the
                             first one leaves out, 56 for every vector that it has not */
  int32_t size;           /* bytes of `stream` */
  const int8_t *stream;   /* vectors of filters and constants in the order in which they are loaded, 4 channels by 4; at the end two
                             vectors of anything and the constants of the last ones: biases, multipliers, 2^(31-e)+1 */
} ek_conv_2d_by_twos_mve_t;

/* Kernel 1x1, no padding, no strides, in_c a multiple of 16, two pixels or more; in_c is 64, or 128, or any from 48 on. */
void ek_conv_2d_by_twos_mve_64(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_by_twos_mve_128(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_by_twos_mve(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y);

/* Windows that share columns, as of conv_2d_mve.h; they have 17 to 32 bytes, 33 to 48, 129 to 144, or any from 33 on.
 * scratch: the columns, kernel_h * in_c bytes each, twice if `down`, and 15. */
void ek_conv_2d_by_twos_mve_strips_32(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_by_twos_mve_strips_48(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_by_twos_mve_strips_144(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_by_twos_mve_strips(const ek_conv_2d_by_twos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
