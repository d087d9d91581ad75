/* Inline primitives that every kernel is built from: the portable form. An architecture's header may replace any of them
 * by defining EK_HAVE_<NAME>; the integers must be the same. The arithmetic is stated in edgekit/reference/arithmetic.py. */
#ifndef EDGEKIT_ARCH_H
#define EDGEKIT_ARCH_H

#include <stdint.h>
#include <string.h>

#include "edgekit/inline.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Two's complement wrap-around: signed overflow is undefined in C, unsigned is not. */
EK_INLINE int32_t ek_wrap_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
EK_INLINE int32_t ek_wrap_mul(int32_t a, int32_t b) { return (int32_t)((uint32_t)a * (uint32_t)b); }
EK_INLINE int32_t ek_wrap_shl(int32_t a, int n) { return (int32_t)((uint32_t)a << n); }

/* floor((a * m + 2^30) / 2^31), saturated: only INT32_MIN * INT32_MIN leaves the range. */
EK_INLINE int32_t ek_high_mul(int32_t a, int32_t m) {
  if (a == INT32_MIN && m == INT32_MIN) {
    return INT32_MAX;
  }
  return (int32_t)(((int64_t)a * m + (INT64_C(1) << 30)) >> 31);
}

/* x / 2^n, 0 <= n <= 31, to nearest, ties away from zero. */
EK_INLINE int32_t ek_divide_pow2(int32_t x, int n) {
  const int32_t mask = (int32_t)((UINT32_C(1) << n) - 1U);
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> n) + ((x & mask) > threshold ? 1 : 0);
}

/* x times the Q31 multiplier m times 2^shift: two roundings. */
EK_INLINE int32_t ek_multiply(int32_t x, int32_t m, int shift) {
  const int left = shift > 0 ? shift : 0;
  const int right = shift > 0 ? 0 : -shift;
  return ek_divide_pow2(ek_high_mul(ek_wrap_shl(x, left), m), right);
}

EK_INLINE int32_t ek_clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : (x > high ? high : x);
}

/* acc times m times 2^shift in two roundings, plus the zero point, clamped. */
EK_INLINE int8_t ek_requantize_int8(int32_t acc, int32_t m, int shift, int32_t zero, int32_t low, int32_t high) {
  return (int8_t)ek_clamp(ek_wrap_add(ek_multiply(acc, m, shift), zero), low, high);
}

#ifdef __cplusplus
}
#endif
#endif
