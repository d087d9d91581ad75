/* Row r of x is row r of y[0], then of y[1], and so on. Integers are copied. */
#include "edgekit/split.h"

#include <string.h>

void ek_split(const ek_split_t *p, const void *x, void *const *y) {
  const uint8_t *from = x;
  for (int32_t row = 0; row < p->rows; ++row) {
    for (int32_t i = 0; i < p->outputs; from += p->blocks[i], ++i) {
      memcpy((uint8_t *)y[i] + row * p->blocks[i], from, (size_t)p->blocks[i]);
    }
  }
}
