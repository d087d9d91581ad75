/* y = the rows of all inputs side by side: row r of y is row r of x[0], then of x[1], and so on. Integers are copied. */
#include "edgekit/concatenation.h"

#include <string.h>

void ek_concatenation(const ek_concatenation_t *p, const void *const *x, void *y) {
  uint8_t *to = y;
  for (int32_t row = 0; row < p->rows; ++row) {
    for (int32_t i = 0; i < p->inputs; to += p->blocks[i], ++i) {
      memcpy(to, (const uint8_t *)x[i] + row * p->blocks[i], (size_t)p->blocks[i]);
    }
  }
}
