/* 1x1 convolution, int8, NHWC, 8 input channels of every second pixel, one picture of 7x7 outputs: Helium, all pixels at once. */
#ifndef EDGEKIT_POINTWISE_STRIDED_SEVEN_MVE_H
#define EDGEKIT_POINTWISE_STRIDED_SEVEN_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  int32_t pitch;                   /* bytes from one row that counts to the next */
  int32_t top;                     /* bytes of scratch */
  int32_t filters;                 /* bytes of them */
  int32_t eights;                  /* of output channels */
  const int32_t *stream;           /* filters of 8 weights, 4 that make the bias with three times -128 and 1, 4 zeros; of the last
                                      4 channels, then of the 4 before, ...: places of four pixels' outputs, multipliers,
                                      second multipliers. Of 16 channels: what makes biases for four pixels, places of 28,
                                      filters of 1 5 9 13, 3 7 11 15, 0 4 8 12, 2 6 10 14; of the last 4 first: places of four
                                      pixels' outputs, multipliers, second ones, places of the next four; then multipliers of
                                      0 4 8 12, 2 6 10 14, 1 5 9 13, 3 7 11 15, second ones */
  int32_t out_zero;
} ek_pointwise_strided_seven_mve_t;

/* <output channels>. `scratch`: 832 bytes for pixels, then sums. */
void ek_pointwise_strided_seven_mve_8(const ek_pointwise_strided_seven_mve_t *p, const int8_t *x, int8_t *y,
                                      uint8_t *scratch);
void ek_pointwise_strided_seven_mve_16(const ek_pointwise_strided_seven_mve_t *p, const int8_t *x, int8_t *y,
                                       uint8_t *scratch);
void ek_pointwise_strided_seven_mve_32(const ek_pointwise_strided_seven_mve_t *p, const int8_t *x, int8_t *y,
                                       uint8_t *scratch);
void ek_pointwise_strided_seven_mve_64(const ek_pointwise_strided_seven_mve_t *p, const int8_t *x, int8_t *y,
                                       uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
