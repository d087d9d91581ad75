/* 1x1 convolution and fully connected, int8, NHWC, 16 to 64 input channels: Helium, a pixel in registers. */
#ifndef EDGEKIT_POINTWISE_MVE_H
#define EDGEKIT_POINTWISE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  int32_t step;                   /* bytes from a pixel to the next */
  const int32_t *stream;          /* what a pixel passes: the first out_c % 8 channels, then 8 by 8: bias, weights (16 bytes by
                                     16), multipliers, second multipliers, each of 4 channels for up to 4; of 8 channels, even
                                     ones before odd ones. The last 16 weights are those of the last 16 inputs, 0 where an
                                     input has had its product. */
  int32_t out_zero;
  int32_t bytes;                  /* of the stream */
  int32_t count;                  /* pixels of a line */
  int32_t first;                  /* out_c % 8, at most 5 */
  int32_t lanes;                  /* out_c % 8, twice that below 4 */
  int32_t lines;                  /* of an image */
  int32_t line_step, image_step;  /* bytes from the end of a line to the next, what more of an image */
  int32_t outputs;                /* bytes */
  int32_t last;                   /* in_c - 16 */
} ek_pointwise_mve_t;

/* 16, 24, 32 or 64 input channels. */
void ek_pointwise_mve_16(const ek_pointwise_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_mve_24(const ek_pointwise_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_mve_32(const ek_pointwise_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_mve_64(const ek_pointwise_mve_t *p, const int8_t *x, int8_t *y);

/* 2, 3 or 4 vectors of 16. */
void ek_pointwise_mve_2(const ek_pointwise_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_mve_3(const ek_pointwise_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_mve_4(const ek_pointwise_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
