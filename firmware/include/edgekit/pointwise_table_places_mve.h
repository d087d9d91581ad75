/* 1x1 convolution, int8, NHWC, one input channel into up to three: Helium, by tables, pixels apart in a small picture. */
#ifndef EDGEKIT_POINTWISE_TABLE_PLACES_MVE_H
#define EDGEKIT_POINTWISE_TABLE_PLACES_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of the fields. */
typedef struct {
  int32_t count;         /* of pixels */
  const int8_t *table;   /* of every channel 256 outputs, by the input as a number without a sign */
  const uint8_t *places; /* of pixels in the input, as many as whole vectors have */
  int32_t step;          /* bytes of 16 pixels of the output */
  uint8_t lanes[48];     /* places of 16 pixels in the output, of every channel */
} ek_pointwise_table_places_mve_t;

/* Into one, two and three channels. */
void ek_pointwise_table_places_mve_1(const ek_pointwise_table_places_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_places_mve_2(const ek_pointwise_table_places_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_places_mve_3(const ek_pointwise_table_places_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
