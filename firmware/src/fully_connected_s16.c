/* y[n,co] = requantize(bias[co] + sum over ci of x[n,ci] * w[co,ci]), accumulated in 64 bits. The portable form. */
#include "edgekit/fully_connected_s16.h"

#include "edgekit/arch.h"
#include "edgekit/wide.h"

void ek_fully_connected_s16(const ek_fully_connected_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_c) {
    const int8_t *w = p->weights;
    for (int32_t co = 0; co < p->out_c; ++co, w += p->in_c) {
      const int32_t channel = p->per_channel ? co : 0;
      int64_t acc = p->bias[co];
      for (int32_t ci = 0; ci < p->in_c; ++ci) {
        acc += (int32_t)x[ci] * w[ci];
      }
      *y++ = (int16_t)ek_clamp(ek_multiply_wide(acc, p->multiplier[channel], p->shift[channel]), p->low, p->high);
    }
  }
}
