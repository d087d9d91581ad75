/* 2-D transposed convolution, int8, NHWC: the Helium form that takes two windows times four filters at once. */
#ifndef EDGEKIT_TRANSPOSE_CONV_BY_TWOS_MVE_H
#define EDGEKIT_TRANSPOSE_CONV_BY_TWOS_MVE_H

#include "edgekit/transpose_conv_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* out_c is a multiple of 4, every phase has two columns of outputs or more, no clamp but saturation. ways: bytes of each phase's
 * stream; weights: the streams, as conv_2d_by_twos_mve.h says, of windows of two vectors or more; steps, paired, strip and table
 * are not read. */
typedef ek_transpose_conv_mve_t ek_transpose_conv_by_twos_mve_t;

/* scratch: the windows of a line, columns of all rows of taps, and 31 bytes. */
void ek_transpose_conv_by_twos_mve(const ek_transpose_conv_by_twos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
