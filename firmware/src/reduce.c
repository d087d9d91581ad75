/* y = requantize(sum of x over the reduced axes - terms * in_zero). */
#include "edgekit/reduce.h"

#include "edgekit/values.h"
#include "edgekit/walk.h"

void ek_reduce(const ek_reduce_t *p, const int8_t *x, int8_t *y) {
  int32_t kept[EK_RANK] = {0};
  int32_t base = 0, unused = 0;
  for (int32_t i = 0; i < p->outputs; ++i) {
    int32_t index[EK_RANK] = {0};
    int32_t at = base;
    int32_t sum = 0;
    for (int32_t t = 0; t < p->terms; ++t) {
      sum += x[at];
      ek_walk(index, p->reduced_dims, p->reduced_strides, p->reduced_strides, &at, &unused);
    }
    y[i] = ek_reduce_value(p, sum);
    ek_walk(kept, p->dims, p->strides, p->strides, &base, &unused);
  }
}
