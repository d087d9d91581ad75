/* Element-wise maximum or minimum of int16 tensors of equal quantization, broadcast. */
#ifndef EDGEKIT_EXTREMUM_S16_H
#define EDGEKIT_EXTREMUM_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, dims[6], stride_a[6], stride_b[6]; /* of the output; strides in elements, 0 where broadcast */
  int32_t largest; /* 1: maximum, 0: minimum */
} ek_extremum_s16_t;

void ek_extremum_s16(const ek_extremum_s16_t *p, const int16_t *a, const int16_t *b, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
