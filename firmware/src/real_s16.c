/* y = round(x / scale) + zero_point, ties away from zero, the quotient in float32, saturated; not a number gives -32768.
 * Back: (x - zero_point) * scale, rounded once to float32. */
#include "edgekit/real_s16.h"

#include "edgekit/real.h"

static int16_t to_int16(float x, float scale, int32_t zero_point) {
  const float scaled = x / scale;
  if (!(scaled > -131072.0f)) {
    return INT16_MIN;
  }
  if (scaled > 131072.0f) {
    return INT16_MAX;
  }
  const int32_t whole = (int32_t)scaled; /* towards zero */
  const float rest = scaled - (float)whole;
  const int32_t value = whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0) + zero_point;
  return (int16_t)(value < INT16_MIN ? INT16_MIN : (value > INT16_MAX ? INT16_MAX : value));
}

void ek_quantize_s16(const ek_real_s16_t *p, const float *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = to_int16(x[i], p->scale, p->zero_point);
  }
}

void ek_dequantize_s16(const ek_real_s16_t *p, const int16_t *x, float *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = ek_to_real(x[i], p->scale, p->zero_point);
  }
}
