/* y = requantize(x - in_zero) from the zero point up, requantize((x - in_zero) * (alpha - alpha_zero)) below, each with a
 * multiplier of its own. y may be the memory of x. */
#include "edgekit/prelu.h"

#include "edgekit/arch.h"
#include "edgekit/walk.h"

void ek_prelu(const ek_prelu_t *p, const int8_t *x, const int8_t *alpha, int8_t *y) {
  int32_t index[EK_RANK] = {0};
  int32_t ix = 0, ia = 0;
  for (int32_t i = 0; i < p->count; ++i) {
    const int32_t value = (int32_t)x[ix] - p->in_zero;
    const int32_t slope = (int32_t)alpha[ia] - p->alpha_zero;
    const int32_t scaled = value >= 0 ? ek_multiply(value, p->positive_multiplier, p->positive_shift)
                                      : ek_multiply(value * slope, p->negative_multiplier, p->negative_shift);
    y[i] = (int8_t)ek_clamp(ek_wrap_add(scaled, p->out_zero), INT8_MIN, INT8_MAX);
    ek_walk(index, p->dims, p->stride_a, p->stride_b, &ix, &ia);
  }
}
