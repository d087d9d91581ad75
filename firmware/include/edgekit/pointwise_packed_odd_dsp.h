/* 1x1 convolution of 5 inputs and 16 channels whose fifth products come two at a time, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_PACKED_ODD_DSP_H
#define EDGEKIT_POINTWISE_PACKED_ODD_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  int32_t lines, row, gap, line_step; /* bytes of x that a line's pixels step over, from there to the next line, from line to line */
  /* Of channels 0 and 2, 1 and 3, and so on: both biases, 256 times the second one's first; the fifth weights, the second one's and
   * 2^24 times the first one's; the first one's others as halfwords, inputs 0 and 2, 1 and 3; the second one's, 256 times as large;
   * the first one's 2^32 less twice its multiplier, and its divider; the second one's multiplier, 2^7 times less, and its divider.
   * A divider's lower half is the output's zero point and 128. */
  const int32_t *stream;
  uint32_t offset; /* halfwords: what inputs 0 to 3 are moved by */
} ek_pointwise_packed_odd_dsp_t;

/* y lies in whole words. A pixel is 5 bytes after the one before, or 10. */
void ek_pointwise_packed_odd_5_to_16_dsp(const ek_pointwise_packed_odd_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_odd_5_to_16_by_2_dsp(const ek_pointwise_packed_odd_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
