/* 2-D convolution, int8, NHWC, 3x3 windows of 3 channels, stride 1 or 2 across, a multiple of 4 pixels in a
 * row, an even number of outputs: the Helium form of one multiplication an output. */
#ifndef EDGEKIT_CONV_2D_RGB_ONCE_MVE_H
#define EDGEKIT_CONV_2D_RGB_ONCE_MVE_H

#include "edgekit/lines_mve.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `pixels`: rounds of 4 in a row; `code`: 1 for stride 2; `blocks`: of 2 outputs; `out_zero`: bytes of 4 pixels' outputs; at most
 * 65,536 bytes of outputs of the lines that are in scratch. */
typedef ek_lines_mve_t ek_conv_2d_rgb_once_mve_t;

/* scratch: a row of zero points, gaps and lines, 32 bytes more. */
void ek_conv_2d_rgb_once_mve(const ek_conv_2d_rgb_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
