/* Softmax in fixed point; edgekit/reference/ops/softmax.py states it. The exponentials of all distances from the row's
 * maximum are a table, made at build time by the same fixed-point steps. x and y may be the same memory. */
#include "edgekit/softmax.h"

#include "edgekit/arch.h"

#define SUM_INTEGER_BITS 12
#define OUTPUT_BITS 8

static int32_t saturating_shl(int32_t x, int bits) {
  const int64_t wide = (int64_t)x * (INT64_C(1) << bits);
  return wide > INT32_MAX ? INT32_MAX : (wide < INT32_MIN ? INT32_MIN : (int32_t)wide);
}

/* 1 / (1 + x) in Q0 of x in Q0, 0 <= x < 1: three Newton-Raphson steps for 2 / (1 + x) in Q2. */
static int32_t one_over_one_plus(int32_t x) {
  const int32_t half = (int32_t)(((int64_t)x + INT32_MAX + 1) >> 1);
  int32_t y = 1515870810 + ek_high_mul(half, -1010580540); /* 48/17 - 32/17 * half */
  for (int step = 0; step < 3; ++step) {
    y += saturating_shl(ek_high_mul(y, (1 << 29) - ek_high_mul(half, y)), 2);
  }
  return saturating_shl(y, 1);
}

static int leading_zeros(uint32_t x) {
  int count = 0;
  for (; count < 32 && (x & 0x80000000U) == 0U; ++count) {
    x <<= 1;
  }
  return count;
}

static int32_t exponential(const ek_softmax_t *p, int32_t distance) {
  return distance > p->radius ? 0 : p->exponentials[distance];
}

void ek_softmax(const ek_softmax_t *p, const int8_t *x, int8_t *y) {
  for (int32_t row = 0; row < p->rows; ++row, x += p->count, y += p->count) {
    int32_t largest = INT8_MIN;
    for (int32_t i = 0; i < p->count; ++i) {
      largest = x[i] > largest ? x[i] : largest;
    }
    int32_t sum = 0;
    for (int32_t i = 0; i < p->count; ++i) {
      sum = ek_wrap_add(sum, ek_divide_pow2(exponential(p, largest - x[i]), SUM_INTEGER_BITS));
    }
    const int headroom = leading_zeros((uint32_t)sum);
    const int32_t fraction = (int32_t)(((uint32_t)sum << headroom) - 0x80000000U);
    const int32_t scale = one_over_one_plus(fraction);
    const int shift = SUM_INTEGER_BITS - headroom + 31 - OUTPUT_BITS;
    for (int32_t i = 0; i < p->count; ++i) {
      const int32_t value = ek_high_mul(exponential(p, largest - x[i]), scale);
      const int32_t out = shift > 31 ? 0 : ek_divide_pow2(value, shift);
      y[i] = (int8_t)ek_clamp(out + INT8_MIN, INT8_MIN, INT8_MAX);
    }
  }
}
