/* y = requantize(a * b). y may be the memory of an input that is not broadcast. */
#include "edgekit/mul_s16.h"

#include "edgekit/arch.h"
#include "edgekit/walk.h"

void ek_mul_s16(const ek_mul_s16_t *restrict p, const int16_t *a, const int16_t *b, int16_t *y) {
  EK_EACH_PAIR((int16_t)ek_clamp(ek_multiply((int32_t)*a * *b, p->multiplier, p->shift), p->low, p->high));
}
