/* Addition and subtraction of int16 tensors with scales of their own, broadcast; zero points are 0. */
#ifndef EDGEKIT_ADD_S16_H
#define EDGEKIT_ADD_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, dims[6], stride_a[6], stride_b[6]; /* of the output; strides in elements, 0 where broadcast */
  int32_t a_multiplier, a_shift, b_multiplier, b_shift;
  int32_t sign; /* 1: a + b, -1: a - b */
  int32_t out_multiplier, out_shift, low, high;
} ek_add_s16_t;

void ek_add_s16(const ek_add_s16_t *p, const int16_t *a, const int16_t *b, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
