/* 1x1 convolution or fully connected layer of one output, four pixels at a time, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_ONE_FOURS_DSP_H
#define EDGEKIT_POINTWISE_ONE_FOURS_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Twice the weights as halfwords, each 4 as 0, 2, 1, 3, after the first 8, or all, four times twice the bias; multiplier;
   * divider, whose lower half is the output's zero point and 128. Of 8 inputs there is one bias, and bytes of code to skip at the
   * end. */
  const int32_t *stream;
  int32_t last; /* bytes of x, a multiple of four pixels */
} ek_pointwise_one_fours_dsp_t;

/* x and y lie in whole words. */
void ek_pointwise_one_fours_4_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_fours_8_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_fours_16_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_fours_24_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_fours_32_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_fours_64_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
