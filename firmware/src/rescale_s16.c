/* y = requantize(x - in_zero), with another multiplier below zero: rectifiers, and changes of quantization or type. y of
 * ek_rescale_s16 may be the memory of x. */
#include "edgekit/rescale_s16.h"

#include "edgekit/arch.h"

static inline int32_t rescaled(const ek_rescale_s16_t *p, int32_t value) {
  const int32_t out = value >= 0 ? ek_multiply(value, p->multiplier, p->shift)
                                 : p->below_sign * ek_multiply(value, p->below_multiplier, p->below_shift);
  return ek_clamp(ek_wrap_add(out, p->out_zero), p->low, p->high);
}

void ek_rescale_s16(const ek_rescale_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = (int16_t)rescaled(p, x[i] - p->in_zero);
  }
}

void ek_rescale_s16_s8(const ek_rescale_s16_t *p, const int16_t *x, int8_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = (int8_t)rescaled(p, x[i] - p->in_zero);
  }
}

void ek_rescale_s8_s16(const ek_rescale_s16_t *p, const int8_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = (int16_t)rescaled(p, x[i] - p->in_zero);
  }
}
