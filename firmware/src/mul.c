/* y = requantize((a - a_zero) * (b - b_zero)). y may be the memory of an input that is not broadcast. */
#include "edgekit/mul.h"

#include "edgekit/values.h"
#include "edgekit/walk.h"

void ek_mul(const ek_mul_t *restrict p, const int8_t *a, const int8_t *b, int8_t *y) {
  EK_EACH_PAIR(ek_mul_value(p, *a, *b));
}
