/* Mean and sum over any axes, int16; zero points are 0. */
#ifndef EDGEKIT_REDUCE_S16_H
#define EDGEKIT_REDUCE_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t outputs, dims[6], strides[6];               /* of the kept axes, strides of the input in elements */
  int32_t terms, reduced_dims[6], reduced_strides[6]; /* of the reduced axes */
  int32_t multiplier, shift;                          /* a mean has 1 / terms in its multiplier */
} ek_reduce_s16_t;

void ek_reduce_s16(const ek_reduce_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
