/* y = the mean of the four nearest pixels, weighted by their distances in 1024ths, rounded once, ties away from zero. The
 * sums stay below 2^31: |x| <= 128, and weights of one direction sum to 1024. */
#include "edgekit/resize_bilinear.h"

#include "edgekit/arch.h"

#define PLACE_BITS 10
#define ONE (1 << PLACE_BITS)

typedef struct {
  int32_t first, second, weight; /* two pixels, and the weight of the second */
} place_t;

static place_t place(int32_t index, int32_t scale, int32_t offset, int32_t size) {
  const int32_t at = index * scale + offset;
  const int32_t first = at >> PLACE_BITS;
  place_t found;
  found.first = first < 0 ? 0 : first;
  found.second = ek_clamp((at + ONE - 1) >> PLACE_BITS, 0, size - 1);
  found.weight = at - found.first * ONE;
  return found;
}

void ek_resize_bilinear(const ek_resize_bilinear_t *p, const int8_t *x, int8_t *y) {
  const int32_t row_step = p->in_w * p->channels;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * row_step) {
    for (int32_t i = 0; i < p->out_h; ++i) {
      const place_t row = place(i, p->scale_h, p->offset_h, p->in_h);
      const int8_t *upper = x + row.first * row_step;
      const int8_t *lower = x + row.second * row_step;
      for (int32_t j = 0; j < p->out_w; ++j) {
        const place_t column = place(j, p->scale_w, p->offset_w, p->in_w);
        const int32_t left = column.first * p->channels;
        const int32_t right = column.second * p->channels;
        for (int32_t c = 0; c < p->channels; ++c) {
          const int32_t one_side = upper[left + c] * (ONE - row.weight) + lower[left + c] * row.weight;
          const int32_t other = upper[right + c] * (ONE - row.weight) + lower[right + c] * row.weight;
          const int32_t total = one_side * (ONE - column.weight) + other * column.weight;
          *y++ = (int8_t)ek_divide_pow2(total, 2 * PLACE_BITS);
        }
      }
    }
  }
}
