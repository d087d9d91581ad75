/* Both inputs get 15 fraction bits and a common scale, are added, and requantized: three double-rounding multiplications.
 * y may be the memory of an input that is not broadcast. */
#include "edgekit/add_s16.h"

#include "edgekit/arch.h"
#include "edgekit/walk.h"

#define FRACTION_BITS 15

void ek_add_s16(const ek_add_s16_t *p, const int16_t *a, const int16_t *b, int16_t *y) {
  int32_t index[EK_RANK] = {0};
  int32_t ia = 0, ib = 0;
  for (int32_t i = 0; i < p->count; ++i) {
    const int32_t wide_a = (int32_t)a[ia] * (1 << FRACTION_BITS);
    const int32_t wide_b = (int32_t)b[ib] * (1 << FRACTION_BITS);
    const int32_t sum = ek_multiply(wide_a, p->a_multiplier, p->a_shift) +
                        p->sign * ek_multiply(wide_b, p->b_multiplier, p->b_shift);
    y[i] = (int16_t)ek_clamp(ek_multiply(sum, p->out_multiplier, p->out_shift), p->low, p->high);
    ek_walk(index, p->dims, p->stride_a, p->stride_b, &ia, &ib);
  }
}
