/* 1x1 convolution or fully connected layer of 5 inputs, outputs stored by eights, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_PACKED_DSP_H
#define EDGEKIT_POINTWISE_PACKED_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of each channel, every four as 0, 2, 1, 3: twice the weights as halfwords, inputs 0 and 2, 1 and 3, 4 and the bias;
   * multiplier; divider, whose lower half is the output's zero point and 128. */
  const int32_t *stream;
  uint32_t offset, fifth; /* halfwords: less the input's zero point, twice; the same, 2 */
  int32_t last;           /* bytes of x, a multiple of 10 */
} ek_pointwise_packed_dsp_t;

/* y lies in whole words. */
void ek_pointwise_packed_5_to_8_dsp(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_5_to_16_dsp(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_5_to_64_dsp(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
