/* 2-D depthwise convolution of small kernels, int8, NHWC, one output channel an input channel: Helium, patches of 4x4. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_PATCHES_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_PATCHES_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w;
  int32_t stride, pad_top, pad_left;    /* stride 1: kernels up to 3x3; 2: up to 4x4; pad_left up to 2, in_w from 2 */
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t band;                         /* output rows at a time: even or all at stride 1; the last band ends at out_h */
  int32_t words, pairs, iterations;     /* patches in a row of them; rows of patches; 8 outputs each */
  int32_t rows;                         /* of the input that a band reads, those of the padding too */
  int32_t inner, outer, half;           /* words whose new two pixels are in the image, later ones, whether those have one */
  int32_t columns;                      /* iterations of the last column, where that lies apart */
  const uint16_t *places;               /* (iterations, 8): where outputs go, in bytes from the band's first of a channel */
  const int32_t *filters;               /* a channel: bias, multiplier, 2^(31-e)+1 or 0, 0 or the shift, 4x4 weights */
} ek_depthwise_conv_2d_patches_mve_t;

/* scratch: 2 * (pairs + 1) * words * 64 bytes and what the last patches read beyond. y may be x where one band is all and
 * the shapes are equal. */
void ek_depthwise_conv_2d_patches_mve(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y,
                                      uint8_t *scratch);

/* By one multiplication an output, no clamp but saturation; filters have a slope as multiplier and the zero point in the bias
 * (forms/mve/_once.py), and no shift. */
void ek_depthwise_conv_2d_patches_once_mve(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y,
                                           uint8_t *scratch);

/* The same at stride 1 for an odd width, whose last column comes last: `words` less one; scratch: behind that of these words
 * 64 bytes of each row and what the last patches read beyond. */
void ek_depthwise_conv_2d_patches_odd_mve(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y,
                                          uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
