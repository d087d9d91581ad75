/* 1x1 convolution of 2, 3 or 5 inputs into one channel, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_FEW_TO_1_DSP_H
#define EDGEKIT_POINTWISE_FEW_TO_1_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Twice the weights as halfwords: of inputs 0 and 1 of two; 0 and 2, 1 of three; 0 and 2, 1 and 3, 2 and 4 of five; those that are
   * not there are 0. */
  int32_t weights[3];
  int32_t start, multiplier, divider; /* twice the bias; of fours the divider's lower half is the output's zero point and 128 */
  int32_t skip;                       /* bytes of code of the first turn, of a line's first one, that are not run */
  int32_t zero_point, line;           /* outputs of a line; of all fours */
  int32_t gap, size, images, image_gap; /* outputs of an image; bytes from the end of a line or image to the next one */
  int32_t back;                         /* outputs that a last four has again; 0 where there is none */
} ek_pointwise_few_to_1_dsp_t;

/* Four pixels or more, one after the other. x lies in whole words. */
void ek_pointwise_2_to_1_fours_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_3_to_1_fours_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_5_to_1_fours_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);

/* Lines of any pixels, each or every second one. */
void ek_pointwise_2_to_1_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_3_to_1_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_5_to_1_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_2_to_1_by_2_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_3_to_1_by_2_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_5_to_1_by_2_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
