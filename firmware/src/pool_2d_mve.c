/* What `ek_average_pool_2d` and `ek_max_pool_2d` compute, on Helium, 8 channels or 16 at a time. Rows of a window that is as
 * wide as the image are one row. The average divides |sum| + count / 2 by multiplying by ceil(2^32 / count), which is exact
 * for numerators below 2^32 / count, and gives the sign back. Budget: 5 instructions for a pixel's 8 (average) or 16 channels. */
#include "edgekit/pool_2d_mve.h"

#include <arm_mve.h>

typedef struct {
  const int8_t *x;
  int32_t rows, columns, pitch; /* of the window within the image */
} window_t;

typedef void (*reduce_t)(const ek_pool_2d_mve_t *p, const window_t *w, int8_t *y);

/* Vectors `step` bytes apart, each given to `update` in q1. */
#define EACH(load, update, total)                                                                      \
  __asm volatile(                                                                                      \
      "dls lr, %[count]\n"                                                                             \
      "1:\n" load " q1, [%[x]]\n add %[x], %[step]\n" update " %q[sum], %q[sum], q1\n le lr, 1b\n"     \
      : [x] "+r"(at), [sum] "+w"(total) : [count] "r"(w->columns), [step] "r"(p->in_c) : "lr", "q1", "memory")

static int32x4_t quotient(uint32x4_t numerator, uint32_t reciprocal) {
  return vreinterpretq_s32_u32(vmulhq_u32(numerator, vdupq_n_u32(reciprocal)));
}

static int16x8_t divided(int16x8_t sum, int32_t count) {
  if (count == 1) {
    return sum;
  }
  const uint32_t reciprocal = UINT32_MAX / (uint32_t)count + 1U;
  const uint16x8_t wide = vaddq_n_u16(vreinterpretq_u16_s16(vabsq_s16(sum)), (uint16_t)(count / 2));
  int16x8_t out = vdupq_n_s16(0);
  out = vmovnbq_s32(out, quotient(vmovlbq_u16(wide), reciprocal));
  out = vmovntq_s32(out, quotient(vmovltq_u16(wide), reciprocal));
  return vnegq_m_s16(out, out, vcmpltq_n_s16(sum, 0));
}

static void average(const ek_pool_2d_mve_t *p, const window_t *w, int8_t *y) {
  for (int32_t c = 0; c < p->in_c; c += 8) {
    const mve_pred16_t lanes = vctp16q((uint32_t)(p->in_c - c));
    int16x8_t sum = vdupq_n_s16(0);
    const int8_t *row = w->x + c;
    for (int32_t r = 0; r < w->rows; ++r, row += w->pitch) {
      const int8_t *at = row;
      if (p->in_c - c >= 8) {
        EACH("vldrb.s16", "vadd.i16", sum);
      } else {
        for (int32_t i = 0; i < w->columns; ++i, at += p->in_c) {
          sum = vaddq_s16(sum, vldrbq_z_s16(at, lanes));
        }
      }
    }
    sum = divided(sum, w->rows * w->columns);
    sum = vminq_s16(vmaxq_s16(sum, vdupq_n_s16((int16_t)p->low)), vdupq_n_s16((int16_t)p->high));
    vstrbq_p_s16(y + c, sum, lanes);
  }
}

static void maximum(const ek_pool_2d_mve_t *p, const window_t *w, int8_t *y) {
  for (int32_t c = 0; c < p->in_c; c += 16) {
    const mve_pred16_t lanes = vctp8q((uint32_t)(p->in_c - c));
    int8x16_t best = vdupq_n_s8(INT8_MIN);
    const int8_t *row = w->x + c;
    for (int32_t r = 0; r < w->rows; ++r, row += w->pitch) {
      const int8_t *at = row;
      if (p->in_c - c >= 16) {
        EACH("vldrb.u8", "vmax.s8", best);
      } else {
        for (int32_t i = 0; i < w->columns; ++i, at += p->in_c) {
          best = vmaxq_s8(best, vldrbq_z_s8(at, lanes));
        }
      }
    }
    best = vminq_s8(vmaxq_s8(best, vdupq_n_s8((int8_t)p->low)), vdupq_n_s8((int8_t)p->high));
    vstrbq_p_s8(y + c, best, lanes);
  }
}

static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

static void pool(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y, reduce_t reduce) {
  const int32_t pitch = p->in_w * p->in_c;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * pitch) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const int32_t y0 = oy * p->stride_h - p->pad_top, top = larger(y0, 0);
      const int32_t rows = smaller(y0 + p->kernel_h, p->in_h) - top;
      for (int32_t ox = 0; ox < p->out_w; ++ox, y += p->in_c) {
        const int32_t x0 = ox * p->stride_w - p->pad_left, left = larger(x0, 0);
        const int32_t columns = smaller(x0 + p->kernel_w, p->in_w) - left;
        window_t w = {.x = x + top * pitch + left * p->in_c, .rows = rows, .columns = columns, .pitch = pitch};
        if (columns == p->in_w) {
          w.columns *= rows;
          w.rows = 1;
        }
        reduce(p, &w, y);
      }
    }
  }
}

void ek_average_pool_2d_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, average); }

void ek_max_pool_2d_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, maximum); }
