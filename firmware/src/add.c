/* y = a + b or a - b, each with its own scale. y may be the memory of an input that is not broadcast. */
#include "edgekit/add.h"

#include "edgekit/values.h"
#include "edgekit/walk.h"

void ek_add(const ek_add_t *restrict p, const int8_t *a, const int8_t *b, int8_t *y) {
  EK_EACH_PAIR(ek_add_value(p, *a, *b));
}
