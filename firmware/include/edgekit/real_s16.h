/* float32 to int16 and back. */
#ifndef EDGEKIT_REAL_S16_H
#define EDGEKIT_REAL_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, zero_point;
  float scale;
} ek_real_s16_t;

void ek_quantize_s16(const ek_real_s16_t *p, const float *x, int16_t *y);
void ek_dequantize_s16(const ek_real_s16_t *p, const int16_t *x, float *y);

#ifdef __cplusplus
}
#endif
#endif
