/* 1x1 convolution or fully connected layer of 2 to 4 inputs, outputs stored by eights or fours, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_PACKED_FOUR_DSP_H
#define EDGEKIT_POINTWISE_PACKED_FOUR_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of each channel, every four as 0, 2, 1, 3: twice the weights as halfwords of inputs 0 and 2, twice the bias, inputs 1 and 3;
   * multiplier; divider, whose lower half is the output's zero point and 128. Of two inputs the first word has both. */
  const int32_t *stream;
  int32_t step; /* bytes from a pixel to the next one of its line */
  int32_t last; /* outputs of a line but for those of its last pixel; where there are pairs, of its last pair */
  int32_t lines, gap, images, image_gap; /* bytes from the end of a line or image to the next one */
  int32_t all;                           /* lines once more */
} ek_pointwise_packed_four_dsp_t;

/* y lies in whole words, of 10 channels in halves of words. */
#define EK_PACKED_FOUR(N, CHANNELS)                                                     \
  void ek_pointwise_packed_##N##_to_##CHANNELS##_dsp(                                   \
      const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y);
#define EK_PACKED_FOURS(N)                                                              \
  EK_PACKED_FOUR(N, 4) EK_PACKED_FOUR(N, 8) EK_PACKED_FOUR(N, 12) EK_PACKED_FOUR(N, 16) \
  EK_PACKED_FOUR(N, 24) EK_PACKED_FOUR(N, 32) EK_PACKED_FOUR(N, 64)
EK_PACKED_FOURS(2)
EK_PACKED_FOUR(2, 10)
EK_PACKED_FOURS(3)
EK_PACKED_FOUR(3, 10)
EK_PACKED_FOURS(4)

/* An even number of pixels one after the other, x in whole words too. */
void ek_pointwise_packed_4_to_4_pairs_dsp(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_4_to_8_pairs_dsp(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_packed_4_to_16_pairs_dsp(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
