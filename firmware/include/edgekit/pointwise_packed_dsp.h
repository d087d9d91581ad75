/* 1x1 convolution of 5 inputs, outputs stored by words, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_PACKED_DSP_H
#define EDGEKIT_POINTWISE_PACKED_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  int32_t outputs, line_step, gap; /* of all pixels; bytes of x from line to line, from the end of a line's pixels to the next */
  int32_t odd;                     /* 1 where the pixels of a line are */
  /* Of each channel, every four as 0, 2, 1, 3, two that are left as 0, 1: twice the weights as halfwords, inputs 0 and 2, 1 and
   * 3, 4 and the bias; multiplier; divider, whose lower half is the output's zero point and 128. */
  const int32_t *stream;
  uint32_t offset, fifth; /* halfwords: less the input's zero point, twice; the same, 2 */
  int32_t row;            /* bytes of x that a line's pixels step over */
} ek_pointwise_packed_dsp_t;

/* y lies in whole words. A pixel is 5 bytes after the one before, or 10. */
#define EK_POINTWISE_PACKED(N)                                                                                   \
  void ek_pointwise_packed_5_to_##N##_dsp(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y);       \
  void ek_pointwise_packed_5_to_##N##_by_2_dsp(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y);
EK_POINTWISE_PACKED(4)
EK_POINTWISE_PACKED(8)
EK_POINTWISE_PACKED(10)
EK_POINTWISE_PACKED(12)
EK_POINTWISE_PACKED(16)
EK_POINTWISE_PACKED(24)
EK_POINTWISE_PACKED(32)
EK_POINTWISE_PACKED(48)
EK_POINTWISE_PACKED(64)
#undef EK_POINTWISE_PACKED

#ifdef __cplusplus
}
#endif
#endif
