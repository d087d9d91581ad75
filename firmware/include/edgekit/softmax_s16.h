/* Softmax along the last axis, int16 to int16 of scale 2^-15. */
#ifndef EDGEKIT_SOFTMAX_S16_H
#define EDGEKIT_SOFTMAX_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t rows, count, multiplier, shift;   /* of differences to the row's maximum */
  const int16_t *exponentials, *reciprocals; /* of 513: exp over -10..0, 1 / (1 + x) over 0..1 */
} ek_softmax_s16_t;

void ek_softmax_s16(const ek_softmax_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
