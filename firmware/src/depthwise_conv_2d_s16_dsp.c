/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of x[...,c] * w[ky,kx,c]), as depthwise_conv_2d_s16.c, with the DSP
 * instructions. At build time the weights have shown that no sum leaves 32 bits.
 *
 * Blocking: 1 pixel x 4 channels, tap by tap; weights are halfwords, so that two channels of a tap are one word of each, and
 * the compiler makes SMLABB and SMLATT of their products.
 * Budget: 4 loads, 4 multiply-adds and 4 to go on, of 4 MACs: 3 each. */
#include "edgekit/depthwise_conv_2d_s16_dsp.h"

#include <string.h>

#include "edgekit/arch.h"
#include "edgekit/arch_dsp.h"
#include "edgekit/wide.h"

#define CHANNELS 4

static inline uint32_t word(const int16_t *from) {
  uint32_t value;
  memcpy(&value, from, 4);
  return value;
}

static inline int16_t finish(const ek_depthwise_conv_2d_s16_dsp_t *p, int32_t acc, int32_t c) {
  return (int16_t)ek_clamp(ek_multiply_wide(acc, p->multiplier[c], p->shift[c]), p->low, p->high);
}

/* rows x columns taps that lie inside, x and w at the first of them. */
static void pixel(const ek_depthwise_conv_2d_s16_dsp_t *p, const int16_t *x, const int16_t *w, int32_t rows,
                  int32_t columns, int16_t *y) {
  const int32_t step = p->in_c;
  const int32_t next_x = (p->in_w - columns) * step, next_w = (p->kernel_w - columns) * step;
  for (int32_t c = 0; c < p->in_c; c += CHANNELS) {
    int32_t sum[CHANNELS] = {p->bias[c], p->bias[c + 1], p->bias[c + 2], p->bias[c + 3]};
    const int16_t *at = x + c, *tap = w + c;
    for (int32_t i = rows; i > 0; --i, at += next_x, tap += next_w) {
      for (int32_t j = columns; j > 0; --j, at += step, tap += step) {
        const uint32_t x0 = word(at), x1 = word(at + 2), w0 = word(tap), w1 = word(tap + 2);
        sum[0] += ek_low_half(x0) * ek_low_half(w0);
        sum[1] += ek_high_half(x0) * ek_high_half(w0);
        sum[2] += ek_low_half(x1) * ek_low_half(w1);
        sum[3] += ek_high_half(x1) * ek_high_half(w1);
      }
    }
    for (int32_t k = 0; k < CHANNELS; ++k) {
      y[c + k] = finish(p, sum[k], c + k);
    }
  }
}

void ek_depthwise_conv_2d_s16_dsp(const ek_depthwise_conv_2d_s16_dsp_t *p, const int16_t *x, int16_t *y) {
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      const int32_t above = top < 0 ? -top : 0;
      const int32_t rows = (top + p->kernel_h > p->in_h ? p->in_h - top : p->kernel_h) - above;
      for (int32_t ox = 0; ox < p->out_w; ++ox, y += p->in_c) {
        const int32_t left = ox * p->stride_w - p->pad_left;
        const int32_t before = left < 0 ? -left : 0;
        const int32_t columns = (left + p->kernel_w > p->in_w ? p->in_w - left : p->kernel_w) - before;
        const int32_t none = rows <= 0 || columns <= 0;
        const int32_t first = none ? 0 : ((top + above) * p->in_w + left + before) * p->in_c;
        const int32_t tap = none ? 0 : (above * p->kernel_w + before) * p->in_c;
        pixel(p, x + first, p->weights + tap, none ? 0 : rows, none ? 0 : columns, y);
      }
    }
  }
}
