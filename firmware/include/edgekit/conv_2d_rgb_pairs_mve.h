/* 2-D convolution, int8, NHWC, 3x3 windows of 3 channels, stride 1 or 2 across, an even number of pixels in a row:
 * the Helium form of few cycles. */
#ifndef EDGEKIT_CONV_2D_RGB_PAIRS_MVE_H
#define EDGEKIT_CONV_2D_RGB_PAIRS_MVE_H

#include "edgekit/lines_mve.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_lines_mve_t ek_conv_2d_rgb_pairs_mve_t;

/* scratch: a row of zero points, gaps and lines, 32 bytes more. */
void ek_conv_2d_rgb_pairs_mve(const ek_conv_2d_rgb_pairs_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
