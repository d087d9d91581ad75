/* Addition and subtraction of int8 tensors with scales of their own, broadcast. */
#ifndef EDGEKIT_ADD_H
#define EDGEKIT_ADD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, dims[6], stride_a[6], stride_b[6]; /* of the output; strides in elements, 0 where broadcast */
  int32_t a_zero, a_multiplier, a_shift, b_zero, b_multiplier, b_shift;
  int32_t sign; /* 1: a + b, -1: a - b */
  int32_t out_multiplier, out_shift, out_zero, low, high;
} ek_add_t;

void ek_add(const ek_add_t *p, const int8_t *a, const int8_t *b, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
