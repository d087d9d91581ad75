/* 2-D convolution, int8, NHWC, 3x3 windows of 2 channels, stride 1 or 2 across: the Helium form. */
#ifndef EDGEKIT_CONV_2D_TWO_MVE_H
#define EDGEKIT_CONV_2D_TWO_MVE_H

#include "edgekit/lines_mve.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_lines_mve_t ek_conv_2d_two_mve_t;

/* `pixels` are the bytes between the first windows of a row's first pixel and of one behind its last, in the upper half, and
 * from there to the next row; `code` is 8 less the blocks; `blocks` is the stride less one. */
/* scratch: a row of zero points, gaps and lines, 32 bytes more. */
void ek_conv_2d_two_mve(const ek_conv_2d_two_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
