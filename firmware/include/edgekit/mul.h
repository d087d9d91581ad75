/* Product of int8 tensors, broadcast. */
#ifndef EDGEKIT_MUL_H
#define EDGEKIT_MUL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, dims[6], stride_a[6], stride_b[6]; /* of the output; strides in elements, 0 where broadcast */
  int32_t a_zero, b_zero, multiplier, shift, out_zero, low, high;
} ek_mul_t;

void ek_mul(const ek_mul_t *p, const int8_t *a, const int8_t *b, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
