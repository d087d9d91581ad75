/* 1x1 convolution or fully connected layer of 4 inputs and 10 channels, outputs stored by words, int8, NHWC, with the DSP
 * instructions. */
#ifndef EDGEKIT_POINTWISE_PACKED_TEN_DSP_H
#define EDGEKIT_POINTWISE_PACKED_TEN_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of the outputs of two pixels, 0 to 9 and 10 to 19, as 0, 2, 1, 3, 4, 6, 5, 7, 8, 9, 10, 11, 12, 14, 13, 15, 16, 18, 17, 19: the
   * words of their channels, as in packed_four_dsp.h. */
  const int32_t *stream;
  int32_t last; /* outputs of a line but for those of its last pair and of an odd pixel: a line has two pixels or more */
  int32_t gap;  /* bytes from the end of a line's pixels to the next line */
  int32_t outputs; /* of all */
  int32_t odd;     /* 1 where the pixels of a line are */
} ek_pointwise_packed_ten_dsp_t;

/* One line; x and y lie in whole words. */
void ek_pointwise_packed_4_to_10_dsp(const ek_pointwise_packed_ten_dsp_t *p, const int8_t *x, int8_t *y);
/* Every second pixel. */
void ek_pointwise_packed_4_to_10_by_2_dsp(const ek_pointwise_packed_ten_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
