/* Both inputs get 15 fraction bits and a common scale, are added, and requantized: three double-rounding multiplications.
 * y may be the memory of an input that is not broadcast. */
#include "edgekit/add_s16.h"

#include "edgekit/arch.h"
#include "edgekit/walk.h"

#define FRACTION_BITS 15

static int16_t value(const ek_add_s16_t *p, int32_t a, int32_t b) {
  const int32_t wide_a = a * (1 << FRACTION_BITS);
  const int32_t wide_b = b * (1 << FRACTION_BITS);
  const int32_t sum = ek_multiply(wide_a, p->a_multiplier, p->a_shift) +
                      p->sign * ek_multiply(wide_b, p->b_multiplier, p->b_shift);
  return (int16_t)ek_clamp(ek_multiply(sum, p->out_multiplier, p->out_shift), p->low, p->high);
}

void ek_add_s16(const ek_add_s16_t *restrict p, const int16_t *a, const int16_t *b, int16_t *y) {
  EK_EACH_PAIR(value(p, *a, *b));
}
