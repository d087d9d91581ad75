/* 2-D average and maximum pooling, int8, NHWC, with the DSP instructions; input and output have the same quantization. */
#ifndef EDGEKIT_POOL_2D_DSP_H
#define EDGEKIT_POOL_2D_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w; /* in_c is 4 or more; for averages, at most 255 values in a window */
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t low, high;
} ek_pool_2d_dsp_t;

void ek_average_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
