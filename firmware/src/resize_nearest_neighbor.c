/* y[n,i,j,:] = x[n,rows[i],columns[j],:]. Which row and column is nearest is decided at build time, in float32. */
#include "edgekit/resize_nearest_neighbor.h"

#include <string.h>

void ek_resize_nearest_neighbor(const ek_resize_nearest_neighbor_t *p, const void *x, void *y) {
  const uint8_t *image = x;
  uint8_t *to = y;
  for (int32_t n = 0; n < p->batches; ++n, image += p->in_h * p->in_w * p->pixel) {
    for (int32_t i = 0; i < p->out_h; ++i) {
      const uint8_t *row = image + p->rows[i] * p->in_w * p->pixel;
      for (int32_t j = 0; j < p->out_w; ++j, to += p->pixel) {
        memcpy(to, row + p->columns[j] * p->pixel, (size_t)p->pixel);
      }
    }
  }
}
