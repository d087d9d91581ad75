/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]). The portable form. */
#include "edgekit/fully_connected.h"

#include "edgekit/arch.h"

void ek_fully_connected(const ek_fully_connected_t *p, const int8_t *x, int8_t *y) {
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_c) {
    const int8_t *w = p->weights;
    for (int32_t co = 0; co < p->out_c; ++co, w += p->in_c) {
      const int32_t channel = p->per_channel ? co : 0;
      int32_t acc = p->bias[co];
      for (int32_t ci = 0; ci < p->in_c; ++ci) {
        acc = ek_wrap_add(acc, ((int32_t)x[ci] - p->in_zero) * (int32_t)w[ci]);
      }
      *y++ = ek_requantize_int8(acc, p->multiplier[channel], p->shift[channel], p->out_zero, p->low, p->high);
    }
  }
}
