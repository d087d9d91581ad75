/* Conversions between real values and int8, without libm. */
#ifndef EDGEKIT_REAL_H
#define EDGEKIT_REAL_H

#include <stdint.h>

#include "edgekit/inline.h"

#ifdef __cplusplus
extern "C" {
#endif

/* round(x / scale) + zero_point, ties away from zero, saturated to int8; not a number gives -128. */
EK_INLINE int8_t ek_to_int8(float x, float scale, int32_t zero_point) {
  const float scaled = x / scale;
  if (!(scaled > -512.0f)) {
    return INT8_MIN;
  }
  if (scaled > 512.0f) {
    return INT8_MAX;
  }
  const int32_t whole = (int32_t)scaled; /* towards zero */
  const float rest = scaled - (float)whole;
  const int32_t value = whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0) + zero_point;
  return (int8_t)(value < INT8_MIN ? INT8_MIN : (value > INT8_MAX ? INT8_MAX : value));
}

EK_INLINE float ek_to_real(int32_t q, float scale, int32_t zero_point) { return (float)(q - zero_point) * scale; }

#ifdef __cplusplus
}
#endif
#endif
