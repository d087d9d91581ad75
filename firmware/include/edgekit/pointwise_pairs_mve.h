/* 1x1 convolution and fully connected, int8, NHWC, 16, 24 or 32 input channels, from 2 pixels on: Helium, pixels in pairs. */
#ifndef EDGEKIT_POINTWISE_PAIRS_MVE_H
#define EDGEKIT_POINTWISE_PAIRS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *places; /* of pixels: bytes from the input's start, by pairs; those of the last two again where y_back is */
  int32_t bytes;         /* of the pairs in the input, or in `places` */
  int32_t out_c;         /* at least 4 */
  const int32_t *stream; /* 4 channels at a time, then the rest of 1 to 3: how many they are (not of the first 4; 0 after the last
                            4), biases, all of the first pixel, then of the second; weights, 16 or 32 of a channel; multipliers
                            and second multipliers, each of 4 lanes, of 2 channels of 4 lanes for each */
  int32_t y_back;        /* out_c where the number of pixels is odd: the last two once more, else 0 */
  int32_t x_back;        /* a pixel's bytes then */
  int32_t out_zero;
} ek_pointwise_pairs_mve_t;

/* Pixels one after another. */
void ek_pointwise_pairs_mve_16(const ek_pointwise_pairs_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_pairs_mve_24(const ek_pointwise_pairs_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_pairs_mve_32(const ek_pointwise_pairs_mve_t *p, const int8_t *x, int8_t *y);

/* Pixels at `places`. */
void ek_pointwise_pairs_mve_places_16(const ek_pointwise_pairs_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_pairs_mve_places_24(const ek_pointwise_pairs_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_pairs_mve_places_32(const ek_pointwise_pairs_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
