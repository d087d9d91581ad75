/* The rounding of 16x8 products; the arithmetic is stated in edgekit/reference/arithmetic.py. */
#ifndef EDGEKIT_WIDE_H
#define EDGEKIT_WIDE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* x times the 15-bit multiplier m by 2^-n, rounded once, ties up; |x| < 2^47 and 8 <= n <= 46. */
static inline int32_t ek_multiply_wide(int64_t x, int32_t m, int n) {
  return (int32_t)((x * m + (INT64_C(1) << (n - 1))) >> n);
}

#ifdef __cplusplus
}
#endif
#endif
