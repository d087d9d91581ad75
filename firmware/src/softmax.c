/* Softmax in fixed point. The exponentials of all distances from the row's maximum are a table, made at build time by the
 * same fixed-point steps. x and y may be the same memory. */
#include "edgekit/softmax_row.h"

void ek_softmax(const ek_softmax_t *p, const int8_t *x, int8_t *y) {
  for (int32_t row = 0; row < p->rows; ++row, x += p->count, y += p->count) {
    int32_t largest = INT8_MIN;
    for (int32_t i = 0; i < p->count; ++i) {
      largest = x[i] > largest ? x[i] : largest;
    }
    int32_t sum = 0;
    for (int32_t i = 0; i < p->count; ++i) {
      sum = ek_wrap_add(sum, ek_exponential_term(p, largest - x[i]));
    }
    const ek_softmax_row_t found = ek_softmax_row(sum);
    for (int32_t i = 0; i < p->count; ++i) {
      y[i] = ek_softmax_value(p, found, largest - x[i]);
    }
  }
}
