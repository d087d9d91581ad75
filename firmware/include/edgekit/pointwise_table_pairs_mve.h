/* 1x1 convolution, int8, NHWC, one input channel: Helium, pairs of outputs by tables, pixels at any places. */
#ifndef EDGEKIT_POINTWISE_TABLE_PAIRS_MVE_H
#define EDGEKIT_POINTWISE_TABLE_PAIRS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of the fields. */
typedef struct {
  int32_t count;          /* of pixels */
  int32_t passes;         /* of 8 or 10 channels */
  int32_t step;           /* bytes of 8 pixels of the output */
  const int16_t *table;   /* of every two channels 256 pairs of outputs, by the input as a number without a sign */
  const uint16_t *places; /* of pixels in the input, as many as whole vectors have */
  uint16_t lanes[40];     /* places of 8 pixels in the output, of five pairs of channels, in halfwords */
} ek_pointwise_table_pairs_mve_t;

void ek_pointwise_table_pairs_mve(const ek_pointwise_table_pairs_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_pairs_mve_tens(const ek_pointwise_table_pairs_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
