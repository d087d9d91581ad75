/* y = requantize(x - in_zero) from the zero point up, requantize((x - in_zero) * (alpha - alpha_zero)) below, each with a
 * multiplier of its own. y may be the memory of x. */
#include "edgekit/prelu.h"

#include "edgekit/values.h"
#include "edgekit/walk.h"

void ek_prelu(const ek_prelu_t *restrict p, const int8_t *a, const int8_t *b, int8_t *y) {
  EK_EACH_PAIR(ek_prelu_value(p, *a, *b));
}
