/* 1x1 convolution or fully connected layer of one output, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_ONE_DSP_H
#define EDGEKIT_POINTWISE_ONE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Twice the weights as halfwords, each 4 as 0, 2, 1, 3; multiplier, divider, zero point, pixels of the first half less
   * those that the second half repeats. */
  const int32_t *stream;
  int32_t second, bias, skip; /* bytes to the second half of the pixels; twice the bias; bytes of code */
  int32_t pairs;              /* pixels of a half */
  int32_t in_c;               /* 8 to 64, a multiple of 8 */
} ek_pointwise_one_dsp_t;

void ek_pointwise_one_dsp(const ek_pointwise_one_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
