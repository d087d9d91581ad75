/* 1x1 convolution, int8, NHWC, 8 input channels of every second pixel, 4 to 64 output ones: Helium, up to 256 pixels at
 * a time. */
#ifndef EDGEKIT_POINTWISE_STRIDED_MVE_H
#define EDGEKIT_POINTWISE_STRIDED_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. A unit is four pixels; `jumps` are bytes from the requantization of the first
 * of 16 units, and 1. */
typedef struct {
  int32_t chunks;
  int32_t rest;                    /* jump: what follows the products of whole units */
  int32_t bytes;                   /* of a chunk's sums */
  int32_t products;                /* jump: where they begin */
  int32_t top;                     /* bytes of outputs before the last whole units that have the same places */
  int32_t step;                    /* bytes from outputs to the next ones that have the same places */
  int32_t out_zero;
  int32_t mask;                    /* bytes that are stored of a last unit that is not whole */
  int32_t second;                  /* jump: where requantization of whole units begins */
  int32_t last;                    /* bytes of outputs before that last unit */
  int32_t first;                   /* jump: where requantization begins */
  int32_t pitch;                   /* bytes from a run's last load to the next run */
  int32_t gap;                     /* and beyond, after the last of the runs */
  int32_t runs;                    /* of pixels, one after the other */
  int32_t repeats;                 /* so often, for a chunk */
  int32_t fills;                   /* of biases, for four units each */
  const int32_t *stream;           /* of every 4 channels, of which the last may overlap: 4 filters of 8 weights, 4 that make the bias with three times -128
                                      and 1, 4 zeros; places of a unit's outputs, multipliers, second multipliers, places of
                                      the next unit's outputs */
  int32_t vectors;                 /* bytes of a chunk's pixels that products are written out for */
  int32_t size;                    /* bytes of the stream */
  int32_t chunk;                   /* bytes of a chunk's outputs */
} ek_pointwise_strided_mve_t;

/* <pixels of a run>. `scratch`: sums, then vectors of all that are filled. */
void ek_pointwise_strided_mve_2(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_3(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_4(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_5(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_6(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_7(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_8(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_9(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_11(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_13(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_strided_mve_16(const ek_pointwise_strided_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
