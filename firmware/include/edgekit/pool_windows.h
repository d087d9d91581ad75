/* Pooling of windows of VALUEs, a type whose least value is LEAST. Average: the sum over the values of the window that lie in the
 * image, divided by their number, to nearest, ties away from zero. Maximum: over the same values. */
#ifndef EDGEKIT_POOL_WINDOWS_H
#define EDGEKIT_POOL_WINDOWS_H

#include "edgekit/pool_2d.h"
#include "edgekit/values.h"

typedef int32_t (*reduce_t)(const VALUE *x, int32_t rows, int32_t columns, int32_t row_step, int32_t step);

static int32_t average(const VALUE *x, int32_t rows, int32_t columns, int32_t row_step, int32_t step) {
  int32_t sum = 0;
  for (int32_t i = 0; i < rows; ++i) {
    for (int32_t j = 0; j < columns; ++j) {
      sum += x[i * row_step + j * step];
    }
  }
  return ek_average_value(sum, rows * columns);
}

static int32_t maximum(const VALUE *x, int32_t rows, int32_t columns, int32_t row_step, int32_t step) {
  int32_t best = LEAST;
  for (int32_t i = 0; i < rows; ++i) {
    for (int32_t j = 0; j < columns; ++j) {
      const int32_t value = x[i * row_step + j * step];
      best = value > best ? value : best;
    }
  }
  return best;
}

static void pool(const ek_pool_2d_t *p, const VALUE *x, VALUE *y, reduce_t reduce) {
  const int32_t row_step = p->in_w * p->in_c;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * row_step) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const int32_t y0 = oy * p->stride_h - p->pad_top;
      const int32_t top = y0 < 0 ? 0 : y0;
      const int32_t bottom = y0 + p->kernel_h > p->in_h ? p->in_h : y0 + p->kernel_h;
      for (int32_t ox = 0; ox < p->out_w; ++ox) {
        const int32_t x0 = ox * p->stride_w - p->pad_left;
        const int32_t left = x0 < 0 ? 0 : x0;
        const int32_t right = x0 + p->kernel_w > p->in_w ? p->in_w : x0 + p->kernel_w;
        const VALUE *corner = x + top * row_step + left * p->in_c;
        for (int32_t c = 0; c < p->in_c; ++c) {
          const int32_t value = reduce(corner + c, bottom - top, right - left, row_step, p->in_c);
          *y++ = (VALUE)ek_clamp(value, p->low, p->high);
        }
      }
    }
  }
}

#endif
