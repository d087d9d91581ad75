/* y = requantize(sum of x over the reduced axes). */
#include "edgekit/reduce_s16.h"

#include "edgekit/arch.h"
#include "edgekit/walk.h"

void ek_reduce_s16(const ek_reduce_s16_t *p, const int16_t *x, int16_t *y) {
  int32_t kept[EK_RANK] = {0};
  int32_t base = 0, unused = 0;
  for (int32_t i = 0; i < p->outputs; ++i) {
    int32_t index[EK_RANK] = {0};
    int32_t at = base;
    int32_t sum = 0;
    for (int32_t t = 0; t < p->terms; ++t) {
      sum = ek_wrap_add(sum, x[at]);
      ek_walk(index, p->reduced_dims, p->reduced_strides, p->reduced_strides, &at, &unused);
    }
    y[i] = (int16_t)ek_clamp(ek_multiply(sum, p->multiplier, p->shift), INT16_MIN, INT16_MAX);
    ek_walk(kept, p->dims, p->strides, p->strides, &base, &unused);
  }
}
