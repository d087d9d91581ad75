/* y = max(a, b) or min(a, b). y may be the memory of an input that is not broadcast. */
#include "edgekit/extremum_s16.h"

#include "edgekit/walk.h"

void ek_extremum_s16(const ek_extremum_s16_t *restrict p, const int16_t *a, const int16_t *b, int16_t *y) {
  EK_EACH_PAIR((*a > *b) == (p->largest != 0) ? *a : *b);
}
