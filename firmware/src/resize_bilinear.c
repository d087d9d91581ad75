/* y = the mean of the four nearest pixels, weighted by their distances in 1024ths, rounded once, ties away from zero. The
 * sums stay below 2^31: |x| <= 128, and weights of one direction sum to 1024. */
#include "edgekit/resize_bilinear.h"

#include "edgekit/values.h"

void ek_resize_bilinear(const ek_resize_bilinear_t *p, const int8_t *x, int8_t *y) {
  const int32_t row_step = p->in_w * p->channels;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * row_step) {
    for (int32_t i = 0; i < p->out_h; ++i) {
      const ek_place_t row = ek_place(i, p->scale_h, p->offset_h, p->in_h);
      const int8_t *upper = x + row.first * row_step;
      const int8_t *lower = x + row.second * row_step;
      for (int32_t j = 0; j < p->out_w; ++j) {
        const ek_place_t column = ek_place(j, p->scale_w, p->offset_w, p->in_w);
        const int32_t left = column.first * p->channels;
        const int32_t right = column.second * p->channels;
        for (int32_t c = 0; c < p->channels; ++c) {
          const int32_t one_side = ek_blend(upper[left + c], lower[left + c], row.weight);
          const int32_t other = ek_blend(upper[right + c], lower[right + c], row.weight);
          *y++ = ek_blend_value(one_side, other, column.weight);
        }
      }
    }
  }
}
