/* 2-D average and maximum pooling, int8, NHWC, with the DSP instructions; input and output have the same quantization. */
#ifndef EDGEKIT_POOL_2D_DSP_H
#define EDGEKIT_POOL_2D_DSP_H

#include "edgekit/pool_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

/* in_c is 4 or more; for averages, at most 255 values in a window. _two: windows of two; _four: 2x2 or 1x4; _nine: 3x3. */
typedef ek_pool_2d_t ek_pool_2d_dsp_t;

void ek_average_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);
void ek_average_pool_2d_two_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);
void ek_average_pool_2d_four_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_two_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_four_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_nine_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
