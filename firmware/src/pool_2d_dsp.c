/* What `ek_average_pool_2d` and `ek_max_pool_2d` compute, with the DSP instructions.
 *
 * Blocking: 4 channels of a window; the last four overlap those before where channels are no multiple of 4. Rows of a window
 * that is as wide as the image are one row.
 * Registers: by the compiler.
 * Budget: 6 instructions for a pixel's 4 channels: a load and two SXTAB16, which keep sums of at most 255 values in halfwords,
 * or SSUB8 and SEL, which take the larger of four bytes. */
#include "edgekit/pool_2d_dsp.h"

#include "edgekit/arch.h"
#include "edgekit/arch_dsp.h"

typedef struct {
  const int8_t *x;
  int32_t rows, columns, pitch; /* of the window within the image */
} window_t;

typedef void (*reduce_t)(const ek_pool_2d_dsp_t *p, const window_t *w, int8_t *y);

static int8_t divided(const ek_pool_2d_dsp_t *p, int32_t sum, int32_t count) {
  const int32_t mean = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
  return (int8_t)ek_clamp(mean, p->low, p->high);
}

static void average(const ek_pool_2d_dsp_t *p, const window_t *w, int8_t *y) {
  const int32_t count = w->rows * w->columns;
  uint32_t even = 0, odd = 0;
  const int8_t *row = w->x;
  for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
    const int8_t *at = row;
    for (int32_t i = w->columns; i > 0; --i, at += p->in_c) {
      const uint32_t four = ek_load4(at);
      even = ek_sxtab16(even, four);
      odd = ek_sxtab16_odd(odd, four);
    }
  }
  y[0] = divided(p, ek_low_half(even), count);
  y[1] = divided(p, ek_low_half(odd), count);
  y[2] = divided(p, ek_high_half(even), count);
  y[3] = divided(p, ek_high_half(odd), count);
}

static void maximum(const ek_pool_2d_dsp_t *p, const window_t *w, int8_t *y) {
  uint32_t best = 0x80808080U;
  const int8_t *row = w->x;
  for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
    const int8_t *at = row;
    for (int32_t i = w->columns; i > 0; --i, at += p->in_c) {
      best = ek_larger8(best, ek_load4(at));
    }
  }
  memcpy(y, &best, 4);
  ek_clamp_all(y, 4, p->low, p->high);
}

static inline void pool(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, reduce_t reduce) {
  const int32_t pitch = p->in_w * p->in_c;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * pitch) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const int32_t y0 = oy * p->stride_h - p->pad_top, top = y0 < 0 ? 0 : y0;
      const int32_t bottom = y0 + p->kernel_h > p->in_h ? p->in_h : y0 + p->kernel_h;
      for (int32_t ox = 0; ox < p->out_w; ++ox, y += p->in_c) {
        const int32_t x0 = ox * p->stride_w - p->pad_left, left = x0 < 0 ? 0 : x0;
        const int32_t right = x0 + p->kernel_w > p->in_w ? p->in_w : x0 + p->kernel_w;
        const int8_t *corner = x + top * pitch + left * p->in_c;
        window_t w = {corner, bottom - top, right - left, pitch};
        if (w.columns == p->in_w) {
          w.columns *= w.rows;
          w.rows = 1;
        }
        for (int32_t c = 0; c < p->in_c; c += 4) {
          const int32_t first = c < p->in_c - 4 ? c : p->in_c - 4;
          w.x = corner + first;
          reduce(p, &w, y + first);
        }
      }
    }
  }
}

void ek_average_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, average); }

void ek_max_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, maximum); }
