/* y = requantize(a * b). y may be the memory of an input that is not broadcast. */
#include "edgekit/mul_s16.h"

#include "edgekit/arch.h"
#include "edgekit/walk.h"

void ek_mul_s16(const ek_mul_s16_t *p, const int16_t *a, const int16_t *b, int16_t *y) {
  int32_t index[EK_RANK] = {0};
  int32_t ia = 0, ib = 0;
  for (int32_t i = 0; i < p->count; ++i) {
    const int32_t product = (int32_t)a[ia] * b[ib];
    y[i] = (int16_t)ek_clamp(ek_multiply(product, p->multiplier, p->shift), p->low, p->high);
    ek_walk(index, p->dims, p->stride_a, p->stride_b, &ia, &ib);
  }
}
