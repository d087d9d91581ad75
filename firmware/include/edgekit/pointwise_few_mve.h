/* 1x1 convolution, int8, NHWC, 16 to 64 input channels, 1, 3 or 4 output channels: Helium, filters in registers. */
#ifndef EDGEKIT_POINTWISE_FEW_MVE_H
#define EDGEKIT_POINTWISE_FEW_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *stream; /* biases of a group, multipliers and second multipliers of 4, for 3 channels halfwords that are the
                            places of the outputs of a group, then weights, a multiple of 16 of a channel; of eights the biases
                            of outputs 0 2 4 6 1 3 5 7, three times so, multipliers of 0 2 4 6, 1 3 5 7, 8 10 12 14, second ones */
  int32_t bytes;         /* of whole groups in the input, or in `places` */
  int32_t out_zero;
  int32_t y_back;        /* where pixels are left: bytes back to the first output of the last group, which overlaps, else 0 */
  int32_t x_back;        /* the same of pixels that lie one after another */
  const int32_t *places; /* of pixels: bytes from the input's start, group by group, the last overlapping too */
} ek_pointwise_few_mve_t;

/* Pixels one after another; <inputs>x<outputs>. Groups are 8 pixels for one output channel and where it says so, else 2. */
void ek_pointwise_few_mve_16x1(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_24x1(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_32x1(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_16x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_eights_16x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_24x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_32x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_16x4(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);

/* Pixels at `places`. */
void ek_pointwise_few_mve_places_16x1(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_24x1(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_32x1(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_64x1(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_16x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_eights_16x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_24x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_32x3(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_few_mve_places_16x4(const ek_pointwise_few_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
