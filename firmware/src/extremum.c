/* y = max(a, b) or min(a, b). y may be the memory of an input that is not broadcast. */
#include "edgekit/extremum.h"

#include "edgekit/values.h"
#include "edgekit/walk.h"

void ek_extremum(const ek_extremum_t *restrict p, const int8_t *a, const int8_t *b, int8_t *y) {
  EK_EACH_PAIR(ek_extremum_value(p, *a, *b));
}
