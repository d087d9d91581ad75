/* 2-D convolution, int8, NHWC, 3x3 windows of 2 channels, one small picture: the Helium form of pairs of channels. */
#ifndef EDGEKIT_CONV_2D_TWO_SMALL_MVE_H
#define EDGEKIT_CONV_2D_TWO_SMALL_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A vector of a window is 8 pixels' places behind the picture's begin, in bytes; behind the picture, at the next multiple of 4
 * and 4 bytes further, is what lies outside. Outputs of 8 pixels are in the order 4 0 5 1 6 2 7 3. */
typedef struct {
  int32_t blocks, back, tail; /* whole 128 bytes of the picture; from their end to the last 128 whose end is a multiple of 4;
                                 from there to the picture's last 4 */
  int32_t zeros;              /* 4 input zero points */
  const int32_t *places;
  int32_t zero; /* input zero point */
  int32_t mixed, inner;       /* rounds */
  /* Places of a round, in vectors of 16 bytes. Inner pixels: 4 windows, 4 places in words of what they lack; again 4 windows,
   * outputs in halfwords, what they lack. Mixed rounds go on with 7 windows of pixels at the border, then their outputs, the
   * eighth; the first four have the second weights. */
  int32_t channels;
  const int32_t *pairs; /* of 2 channels, 192 bytes: two vectors of first weights, two of second ones; begins for the first
                           weights, 4 of each, for the second ones; second multipliers 2^(31-e)+1, 4 of each; both multipliers,
                           output zero point, two and two weights of the place that the first weights lack, 0 */
  const int32_t *rest; /* of every other pixel: places of 9 taps in two vectors, bytes from the last output to its */
  int32_t rest_bytes;
  const int32_t *rest_blocks; /* of 8 channels, the last one of the last 8: sums' begins [3], output zero point, begins [5]; two
                                 vectors of weights for each; multipliers, second multipliers, bytes to the next block's
                                 outputs, 0 behind the last; even channels before odd ones */
} ek_conv_2d_two_small_mve_t;

/* scratch: the picture in whole words, 8 bytes, 13 vectors for a round of inner pixels, 22 for a mixed one. */
void ek_conv_2d_two_small_mve(const ek_conv_2d_two_small_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
