/* float32 to int8. */
#ifndef EDGEKIT_QUANTIZE_H
#define EDGEKIT_QUANTIZE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, zero_point;
  float scale;
} ek_quantize_t;

void ek_quantize(const ek_quantize_t *p, const float *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
