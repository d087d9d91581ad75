/* How the pooling kernels of other machines go through an image: windows that are inside it by runs of a row, others one by
 * one; then the fused activation. */
#ifndef EDGEKIT_POOL_RUNS_H
#define EDGEKIT_POOL_RUNS_H

#include "edgekit/pool_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const int8_t *x;
  int32_t rows, columns, pitch; /* of a window within the image */
} inside_t;

typedef void (*one_t)(const ek_pool_2d_t *p, const inside_t *w, int8_t *y);
typedef void (*run_t)(const ek_pool_2d_t *p, const int8_t *x, int8_t *y, int32_t pixels);
typedef void (*limit_t)(int8_t *y, int32_t count, int32_t low, int32_t high);

/* `run` takes windows inside the image, next to each other; without, `one` takes all. */
static inline void pool(const ek_pool_2d_t *p, const int8_t *x, int8_t *y, one_t one, run_t run, limit_t limit) {
  const int32_t pitch = p->in_w * p->in_c, room = p->in_w + p->pad_left - p->kernel_w;
  int8_t *const first = y;
  int32_t begin = (p->pad_left + p->stride_w - 1) / p->stride_w, end = room / p->stride_w + 1;
  begin = begin < 0 ? 0 : begin;
  end = room < 0 ? 0 : (end < p->out_w ? end : p->out_w);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * pitch) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const int32_t y0 = oy * p->stride_h - p->pad_top, top = y0 < 0 ? 0 : y0;
      const int32_t bottom = y0 + p->kernel_h > p->in_h ? p->in_h : y0 + p->kernel_h;
      const int32_t start = run && bottom - top == p->kernel_h && begin < end ? begin : p->out_w;
      for (int32_t ox = 0; ox < p->out_w; ++ox, y += p->in_c) {
        const int32_t x0 = ox * p->stride_w - p->pad_left, left = x0 < 0 ? 0 : x0;
        const int32_t right = x0 + p->kernel_w > p->in_w ? p->in_w : x0 + p->kernel_w;
        inside_t w = {x + top * pitch + left * p->in_c, bottom - top, right - left, pitch};
        if (ox == start) {
          run(p, w.x, y, end - start);
          ox = end - 1;
          y += (end - start - 1) * p->in_c;
          continue;
        }
        if (w.columns == p->in_w) { /* one line */
          w.columns *= w.rows;
          w.rows = 1;
        }
        one(p, &w, y);
      }
    }
  }
  if (p->low > -128 || p->high < 127) {
    limit(first, (int32_t)(y - first), p->low, p->high);
  }
}

#ifdef __cplusplus
}
#endif
#endif
