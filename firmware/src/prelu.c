/* y = requantize(x - in_zero) from the zero point up, requantize((x - in_zero) * (alpha - alpha_zero)) below, each with a
 * multiplier of its own. y may be the memory of x. */
#include "edgekit/prelu.h"

#include "edgekit/values.h"
#include "edgekit/walk.h"

void ek_prelu(const ek_prelu_t *p, const int8_t *x, const int8_t *alpha, int8_t *y) {
  int32_t index[EK_RANK] = {0};
  int32_t ix = 0, ia = 0;
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = ek_prelu_value(p, x[ix], alpha[ia]);
    ek_walk(index, p->dims, p->stride_a, p->stride_b, &ix, &ia);
  }
}
