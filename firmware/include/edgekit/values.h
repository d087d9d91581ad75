/* What each value of a kernel is, wherever its operands lie: the arithmetic that the portable C kernels share with those of
 * other machines. */
#ifndef EDGEKIT_VALUES_H
#define EDGEKIT_VALUES_H

#include "edgekit/add.h"
#include "edgekit/arch.h"
#include "edgekit/extremum.h"
#include "edgekit/mul.h"
#include "edgekit/prelu.h"
#include "edgekit/reduce.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EK_SUM_FRACTION_BITS 20

/* Both get 20 fraction bits and a common scale, are added, and requantized: three double-rounding multiplications. */
EK_INLINE int8_t ek_add_value(const ek_add_t *p, int32_t a, int32_t b) {
  const int32_t wide_a = (a - p->a_zero) * (1 << EK_SUM_FRACTION_BITS);
  const int32_t wide_b = (b - p->b_zero) * (1 << EK_SUM_FRACTION_BITS);
  const int32_t sum = ek_multiply(wide_a, p->a_multiplier, p->a_shift) +
                      p->sign * ek_multiply(wide_b, p->b_multiplier, p->b_shift);
  return ek_requantize_int8(sum, p->out_multiplier, p->out_shift, p->out_zero, p->low, p->high);
}

EK_INLINE int8_t ek_mul_value(const ek_mul_t *p, int32_t a, int32_t b) {
  return ek_requantize_int8((a - p->a_zero) * (b - p->b_zero), p->multiplier, p->shift, p->out_zero, p->low, p->high);
}

EK_INLINE int8_t ek_prelu_value(const ek_prelu_t *p, int32_t x, int32_t alpha) {
  const int32_t value = x - p->in_zero;
  const int32_t slope = alpha - p->alpha_zero;
  const int32_t scaled = value >= 0 ? ek_multiply(value, p->positive_multiplier, p->positive_shift)
                                    : ek_multiply(value * slope, p->negative_multiplier, p->negative_shift);
  return (int8_t)ek_clamp(ek_wrap_add(scaled, p->out_zero), INT8_MIN, INT8_MAX);
}

EK_INLINE int8_t ek_extremum_value(const ek_extremum_t *p, int32_t a, int32_t b) {
  return (int8_t)((a > b) == (p->largest != 0) ? a : b);
}

/* Of the sum of the stored integers. */
EK_INLINE int8_t ek_reduce_value(const ek_reduce_t *p, int32_t sum) {
  const int32_t acc = ek_wrap_add(sum, ek_wrap_mul(-p->terms, p->in_zero));
  return ek_requantize_int8(acc, p->multiplier, p->shift, p->out_zero, INT8_MIN, INT8_MAX);
}

/* sum / count to nearest, ties away from zero. */
EK_INLINE int32_t ek_average_value(int32_t sum, int32_t count) {
  return (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
}

#define EK_PLACE_BITS 10
#define EK_PLACE_ONE (1 << EK_PLACE_BITS)

typedef struct {
  int32_t first, second, weight; /* two pixels, and the weight of the second in 1024ths */
} ek_place_t;

/* Where row or column `index` of a resized image lies in one of `size`. */
EK_INLINE ek_place_t ek_place(int32_t index, int32_t scale, int32_t offset, int32_t size) {
  const int32_t at = index * scale + offset;
  const int32_t first = at >> EK_PLACE_BITS;
  ek_place_t found;
  found.first = first < 0 ? 0 : first;
  found.second = ek_clamp((at + EK_PLACE_ONE - 1) >> EK_PLACE_BITS, 0, size - 1);
  found.weight = at - found.first * EK_PLACE_ONE;
  return found;
}

/* Between a and b. */
EK_INLINE int32_t ek_blend(int32_t a, int32_t b, int32_t weight) { return a * (EK_PLACE_ONE - weight) + b * weight; }

/* Of two blends, blended: rounded once. */
EK_INLINE int8_t ek_blend_value(int32_t one_side, int32_t other, int32_t weight) {
  return (int8_t)ek_divide_pow2(ek_blend(one_side, other, weight), 2 * EK_PLACE_BITS);
}

#ifdef __cplusplus
}
#endif
#endif
