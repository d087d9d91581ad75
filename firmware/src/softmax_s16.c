/* Softmax by two tables, linear between their entries; edgekit/reference/wide_tables.py states it. The exponentials of a row
 * are kept in y. x and y may be the same memory. */
#include "edgekit/softmax_s16.h"

#include "edgekit/arch.h"

static int32_t lookup(int32_t x, const int16_t *table) {
  const int16_t *at = table + 256 + (x >> 7);
  return at[0] + (((at[1] - at[0]) * (x & 127) + 64) >> 7);
}

static int leading_zeros(uint32_t x) {
  int count = 0;
  for (; count < 32 && (x & 0x80000000U) == 0U; ++count) {
    x <<= 1;
  }
  return count;
}

void ek_softmax_s16(const ek_softmax_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t row = 0; row < p->rows; ++row, x += p->count, y += p->count) {
    int32_t largest = INT16_MIN;
    for (int32_t i = 0; i < p->count; ++i) {
      largest = x[i] > largest ? x[i] : largest;
    }
    int32_t sum = 0;
    for (int32_t i = 0; i < p->count; ++i) {
      const int32_t distance = ek_multiply(x[i] - largest, p->multiplier, p->shift);
      y[i] = (int16_t)lookup(ek_clamp(ek_wrap_add(distance, INT16_MAX), INT16_MIN, INT16_MAX), p->exponentials);
      sum += y[i];
    }
    const int zeros = leading_zeros((uint32_t)sum);
    const int32_t shifted = (int32_t)((((int64_t)sum << (zeros - 1)) + (1 << 13)) >> 14);
    const int32_t place = ek_clamp(shifted - (1 << 15) - (1 << 16), INT16_MIN, INT16_MAX);
    const int32_t scale = lookup(place, p->reciprocals);
    const int right = 31 - zeros;
    for (int32_t i = 0; i < p->count; ++i) {
      const int32_t value = (int32_t)(((int64_t)y[i] * scale + (INT64_C(1) << (right - 1))) >> right);
      y[i] = (int16_t)ek_clamp(value, 0, INT16_MAX);
    }
  }
}
