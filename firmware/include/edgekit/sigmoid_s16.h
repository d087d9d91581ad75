/* Logistic function and hyperbolic tangent, int16 to int16 of scale 2^-15. */
#ifndef EDGEKIT_SIGMOID_S16_H
#define EDGEKIT_SIGMOID_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, multiplier, shift; /* inputs become 24 * 2^9 steps to the unit */
  const uint16_t *table;            /* of 256 */
} ek_sigmoid_s16_t;

void ek_logistic_s16(const ek_sigmoid_s16_t *p, const int16_t *x, int16_t *y);
void ek_tanh_s16(const ek_sigmoid_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
