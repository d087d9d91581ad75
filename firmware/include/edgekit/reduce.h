/* Mean and sum over any axes, int8. */
#ifndef EDGEKIT_REDUCE_H
#define EDGEKIT_REDUCE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t outputs, dims[6], strides[6];                /* of the kept axes, strides of the input in elements */
  int32_t terms, reduced_dims[6], reduced_strides[6];  /* of the reduced axes */
  int32_t in_zero, multiplier, shift, out_zero;        /* a mean has 1 / terms in its multiplier */
} ek_reduce_t;

void ek_reduce(const ek_reduce_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
