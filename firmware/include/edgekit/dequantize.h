/* int8 to float32. */
#ifndef EDGEKIT_DEQUANTIZE_H
#define EDGEKIT_DEQUANTIZE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, zero_point;
  float scale;
} ek_dequantize_t;

void ek_dequantize(const ek_dequantize_t *p, const int8_t *x, float *y);

#ifdef __cplusplus
}
#endif
#endif
