/* y = requantize((a - a_zero) * (b - b_zero)). y may be the memory of an input that is not broadcast. */
#include "edgekit/mul.h"

#include "edgekit/values.h"
#include "edgekit/walk.h"

void ek_mul(const ek_mul_t *p, const int8_t *a, const int8_t *b, int8_t *y) {
  int32_t index[EK_RANK] = {0};
  int32_t ia = 0, ib = 0;
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = ek_mul_value(p, a[ia], b[ib]);
    ek_walk(index, p->dims, p->stride_a, p->stride_b, &ia, &ib);
  }
}
