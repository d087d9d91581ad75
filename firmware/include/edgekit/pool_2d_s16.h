/* 2-D average and maximum pooling, int16, NHWC; input and output have the same quantization. */
#ifndef EDGEKIT_POOL_2D_S16_H
#define EDGEKIT_POOL_2D_S16_H

#include "edgekit/pool_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_pool_2d_t ek_pool_2d_s16_t;

void ek_average_pool_2d_s16(const ek_pool_2d_s16_t *p, const int16_t *x, int16_t *y);
void ek_max_pool_2d_s16(const ek_pool_2d_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
