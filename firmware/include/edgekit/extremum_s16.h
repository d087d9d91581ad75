/* Element-wise maximum or minimum of int16 tensors of equal quantization, broadcast. */
#ifndef EDGEKIT_EXTREMUM_S16_H
#define EDGEKIT_EXTREMUM_S16_H

#include "edgekit/extremum.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_extremum_t ek_extremum_s16_t;

void ek_extremum_s16(const ek_extremum_s16_t *p, const int16_t *a, const int16_t *b, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
