/* y = (x - zero_point) * scale, rounded once to float32. */
#include "edgekit/dequantize.h"

#include "edgekit/real.h"

void ek_dequantize(const ek_dequantize_t *p, const int8_t *x, float *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = ek_to_real(x[i], p->scale, p->zero_point);
  }
}
