/* 1x1 convolution, int8, NHWC, 8 input and output channels, so many pixels: Helium, a pixel's sums made of its neighbour's. */
#ifndef EDGEKIT_POINTWISE_CHAINS_ODD_MVE_H
#define EDGEKIT_POINTWISE_CHAINS_ODD_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. Channels in the order 0 2 4 6 1 3 5 7, of which the first pixel's sums are. */
typedef struct {
  int32_t filters[24];   /* the 8 weights w and as many zeros of the first six channels */
  int32_t places[8];     /* of 121 pixels: bytes from the first output to where r0 r2 r4 r6 r7 r8 r10 r12 are */
  int32_t biases[5];     /* of the first five */
  const int32_t *stream; /* For every two channels, the second channel's weights after the first one's: (w, 0) and
                            (-w, w); with the first two ones' (w, 0) of channels 5 and 7; biases of the two, four times; of
                            the last two once more, the output zero point after the third one. From the last two channels on:
                            places of 8 pixels' outputs, multipliers, second multipliers, places of the next 8 pixels. Multipliers
                            and second ones of channels 0 2 4 6, then of 1 3 5 7. */
  int32_t others[3];     /* biases of channels 3, 5 and 7 */
} ek_pointwise_chains_odd_mve_t;

/* `scratch`: 4 bytes for each output. */
void ek_pointwise_chains_odd_mve_25(const ek_pointwise_chains_odd_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_odd_mve_49(const ek_pointwise_chains_odd_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_odd_mve_121(const ek_pointwise_chains_odd_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
