/* 2-D average and maximum pooling, int8, NHWC: the Helium form. */
#ifndef EDGEKIT_POOL_2D_MVE_H
#define EDGEKIT_POOL_2D_MVE_H

#include "edgekit/pool_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_pool_2d_t ek_pool_2d_mve_t;

/* Windows of at most 255 pixels: their sums are halfwords. */
void ek_average_pool_2d_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
