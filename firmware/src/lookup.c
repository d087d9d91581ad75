/* y[i] = table[x[i] + 128]. x and y may be the same memory.
 *
 * Budget: 4 instructions a value. What p has is read once: a byte of y may be anything, p too, as far as a compiler knows. */
#include "edgekit/lookup.h"

#define AT_ONCE 4

void ek_lookup(const ek_lookup_t *p, const int8_t *x, int8_t *y) {
  const int8_t *const table = p->table + 128;
  int32_t left = p->count;
  for (; left >= AT_ONCE; left -= AT_ONCE, x += AT_ONCE, y += AT_ONCE) {
    y[0] = table[x[0]];
    y[1] = table[x[1]];
    y[2] = table[x[2]];
    y[3] = table[x[3]];
  }
  for (int32_t i = 0; i < left; ++i) {
    y[i] = table[x[i]];
  }
}
