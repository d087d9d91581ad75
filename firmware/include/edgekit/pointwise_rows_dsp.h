/* 1x1 convolution in steps of two of 8 inputs into 3 or 4 channels, rows of 7 or 8 pixels, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_ROWS_DSP_H
#define EDGEKIT_POINTWISE_ROWS_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of each channel multiplier, twice the weights as halfwords, each 4 as 0, 2, 1, 3, twice the bias, divider. */
  const int32_t *stream;
  int32_t out_zero;
  int32_t size; /* outputs of all rows */
  int32_t step; /* bytes from row to row */
} ek_pointwise_rows_dsp_t;

/* x lies in whole words. */
void ek_pointwise_rows_8_to_3_by_7_dsp(const ek_pointwise_rows_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_rows_8_to_3_by_8_dsp(const ek_pointwise_rows_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_rows_8_to_4_by_7_dsp(const ek_pointwise_rows_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_rows_8_to_4_by_8_dsp(const ek_pointwise_rows_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
