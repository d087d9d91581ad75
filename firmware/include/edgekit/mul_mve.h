/* Product of int8 tensors of one shape: the Helium form. */
#ifndef EDGEKIT_MUL_MVE_H
#define EDGEKIT_MUL_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, a_zero, b_zero, multiplier;
  int32_t second; /* 2^(31-e) or one more */
  int32_t out_zero, low, high;
} ek_mul_mve_t;

void ek_mul_mve(const ek_mul_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
