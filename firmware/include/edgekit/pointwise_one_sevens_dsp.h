/* 1x1 convolution in steps of two into one channel, rows of seven outputs, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_ONE_SEVENS_DSP_H
#define EDGEKIT_POINTWISE_ONE_SEVENS_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  const int32_t *stream; /* twice the weights as halfwords, each 4 as 0, 2, 1, 3, after the first 8 four times twice the bias */
  int32_t multiplier, divider, zero_point;
  int32_t size;     /* outputs, a multiple of 7 */
  int32_t row_step; /* bytes from a row of pixels to the next */
} ek_pointwise_one_sevens_dsp_t;

/* Of 4, 8, 16, 24 and 32 inputs. x lies in whole words. */
void ek_pointwise_one_sevens_4_dsp(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_sevens_8_dsp(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_sevens_16_dsp(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_sevens_24_dsp(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_sevens_32_dsp(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
