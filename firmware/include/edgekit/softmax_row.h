/* The fixed-point steps of softmax; edgekit/reference/ops/softmax.py states them. */
#ifndef EDGEKIT_SOFTMAX_ROW_H
#define EDGEKIT_SOFTMAX_ROW_H

#include "edgekit/arch.h"
#include "edgekit/softmax.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EK_EXP_SUM_INTEGER_BITS 12
#define EK_SOFTMAX_OUTPUT_BITS 8

typedef struct {
  int32_t scale; /* 1 / sum, as far as it is no power of two */
  int shift;
} ek_softmax_row_t;

EK_INLINE int32_t ek_saturating_shl(int32_t x, int bits) {
  const int64_t wide = (int64_t)x * (INT64_C(1) << bits);
  return wide > INT32_MAX ? INT32_MAX : (wide < INT32_MIN ? INT32_MIN : (int32_t)wide);
}

/* 1 / (1 + x) in Q0 of x in Q0, 0 <= x < 1: three Newton-Raphson steps for 2 / (1 + x) in Q2. */
EK_INLINE int32_t ek_one_over_one_plus(int32_t x) {
  const int32_t half = (int32_t)(((int64_t)x + INT32_MAX + 1) >> 1);
  int32_t y = 1515870810 + ek_high_mul(half, -1010580540); /* 48/17 - 32/17 * half */
  for (int step = 0; step < 3; ++step) {
    y += ek_saturating_shl(ek_high_mul(y, (1 << 29) - ek_high_mul(half, y)), 2);
  }
  return ek_saturating_shl(y, 1);
}

EK_INLINE int ek_leading_zeros(uint32_t x) {
  int count = 0;
  for (; count < 32 && (x & 0x80000000U) == 0U; ++count) {
    x <<= 1;
  }
  return count;
}

EK_INLINE int32_t ek_exponential(const ek_softmax_t *p, int32_t distance) {
  return distance > p->radius ? 0 : p->exponentials[distance];
}

/* An exponential as it is summed: sums wrap around. */
EK_INLINE int32_t ek_exponential_term(const ek_softmax_t *p, int32_t distance) {
  return ek_divide_pow2(ek_exponential(p, distance), EK_EXP_SUM_INTEGER_BITS);
}

EK_INLINE ek_softmax_row_t ek_softmax_row(int32_t sum) {
  const int headroom = ek_leading_zeros((uint32_t)sum);
  ek_softmax_row_t row;
  row.scale = ek_one_over_one_plus((int32_t)(((uint32_t)sum << headroom) - 0x80000000U));
  row.shift = EK_EXP_SUM_INTEGER_BITS - headroom + 31 - EK_SOFTMAX_OUTPUT_BITS;
  return row;
}

EK_INLINE int8_t ek_softmax_value(const ek_softmax_t *p, ek_softmax_row_t row, int32_t distance) {
  const int32_t value = ek_high_mul(ek_exponential(p, distance), row.scale);
  const int32_t out = row.shift > 31 ? 0 : ek_divide_pow2(value, row.shift);
  return (int8_t)ek_clamp(out + INT8_MIN, INT8_MIN, INT8_MAX);
}

#ifdef __cplusplus
}
#endif
#endif
