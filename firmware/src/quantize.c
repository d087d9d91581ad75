/* y = round(x / scale) + zero_point, ties away from zero, the quotient in float32, saturated. */
#include "edgekit/quantize.h"

#include "edgekit/real.h"

void ek_quantize(const ek_quantize_t *p, const float *x, int8_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = ek_to_int8(x[i], p->scale, p->zero_point);
  }
}
