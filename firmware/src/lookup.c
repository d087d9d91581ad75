/* y[i] = table[x[i] + 128]. x and y may be the same memory. */
#include "edgekit/lookup.h"

void ek_lookup(const ek_lookup_t *p, const int8_t *x, int8_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = p->table[(int32_t)x[i] + 128];
  }
}
