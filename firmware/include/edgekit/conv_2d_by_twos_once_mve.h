/* 2-D convolution, int8, NHWC: the Helium form that takes two windows times four filters at once, by one multiplication an
 * output. */
#ifndef EDGEKIT_CONV_2D_BY_TWOS_ONCE_MVE_H
#define EDGEKIT_CONV_2D_BY_TWOS_ONCE_MVE_H

#include "edgekit/conv_2d_by_twos_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* out_c is a multiple of 8 where the number of vectors is known. `out_zero` is the c of forms/mve/_once.py; `stream` ends with biases and slopes as multipliers. */
typedef ek_conv_2d_by_twos_mve_t ek_conv_2d_by_twos_once_mve_t;

/* As those of `ek_conv_2d_by_twos_mve_...`. */
void ek_conv_2d_by_twos_once_mve_64(const ek_conv_2d_by_twos_once_mve_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_by_twos_once_mve_128(const ek_conv_2d_by_twos_once_mve_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_by_twos_once_mve(const ek_conv_2d_by_twos_once_mve_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_by_twos_once_mve_strips_32(const ek_conv_2d_by_twos_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_by_twos_once_mve_strips_48(const ek_conv_2d_by_twos_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_by_twos_once_mve_strips_144(const ek_conv_2d_by_twos_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_by_twos_once_mve_strips(const ek_conv_2d_by_twos_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
