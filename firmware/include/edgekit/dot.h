/* Sums of products of inputs and weights that lie side by side, for the portable kernels. */
#ifndef EDGEKIT_DOT_H
#define EDGEKIT_DOT_H

#include "edgekit/arch.h"

#ifdef __cplusplus
extern "C" {
#endif

static inline int32_t ek_dot(const int8_t *x, const int8_t *w, int32_t count, int32_t in_zero) {
  int32_t acc = 0;
  for (int32_t i = 0; i < count; ++i) {
    acc = ek_wrap_add(acc, ((int32_t)x[i] - in_zero) * (int32_t)w[i]);
  }
  return acc;
}

/* Of int16, in 64 bits. */
static inline int64_t ek_dot_wide(const int16_t *x, const int8_t *w, int32_t count) {
  int64_t acc = 0;
  for (int32_t i = 0; i < count; ++i) {
    acc += (int32_t)x[i] * w[i];
  }
  return acc;
}

#ifdef __cplusplus
}
#endif
#endif
