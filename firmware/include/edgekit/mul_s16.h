/* Product of int16 tensors, broadcast; zero points are 0. */
#ifndef EDGEKIT_MUL_S16_H
#define EDGEKIT_MUL_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, dims[6], stride_a[6], stride_b[6]; /* of the output; strides in elements, 0 where broadcast */
  int32_t multiplier, shift, low, high;
} ek_mul_s16_t;

void ek_mul_s16(const ek_mul_s16_t *p, const int16_t *a, const int16_t *b, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
