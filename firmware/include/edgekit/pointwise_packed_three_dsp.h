/* 1x1 convolution of 2 to 5 inputs and 3 channels, outputs stored by words, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_PACKED_THREE_DSP_H
#define EDGEKIT_POINTWISE_PACKED_THREE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of four pixels, channels 0, 2, 1, then 0, 1, 2, again 0, 1, 2, and 1, 0, 2: twice the weights as halfwords of inputs 0 and 2, twice
   * the bias, inputs 1 and 3, input 4, multiplier, divider, whose lower half is the output's zero point and 128. Of two inputs the
   * first word has both; of three, input 1 of the last pixel is in the upper half. */
  const int32_t *stream;
  int32_t back_x, back_y; /* bytes that a line's last four pixels begin before the end of those before them */
  int32_t outputs;        /* of all */
  int32_t last, row, gap; /* bytes from a line's begin to its last four that none of it repeats and to its end, from there to the next */
} ek_pointwise_packed_three_dsp_t;

/* Lines of four pixels and more, one after the other, or every second one. */
void ek_pointwise_packed_2_to_3_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_2_to_3_by_2_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_3_to_3_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_3_to_3_by_2_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_4_to_3_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_4_to_3_by_2_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_5_to_3_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_5_to_3_by_2_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
