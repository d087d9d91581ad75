/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of x * w), as conv_2d_s16.c, with the DSP instructions. At build
 * time the weights have shown that no sum leaves 32 bits.
 *
 * Blocking: 2 pixels x 2 channels x 4 taps. Windows are gathered into scratch, a pixel's halfwords in order; 1x1 windows
 * of whole fours are read where they are. Four int8 weights are one word, in the order in which SXTB16 makes pairs.
 * Budget: 4 loads of taps, 2 of weights, 4 SXTB16, 8 SMLAD and 3 of the loop for 16 MACs: about 1.4 each. */
#include "edgekit/conv_2d_s16_dsp.h"

#include <string.h>

#include "edgekit/arch.h"
#include "edgekit/arch_dsp.h"
#include "edgekit/wide.h"

static inline uint32_t word(const void *from) {
  uint32_t value;
  memcpy(&value, from, 4);
  return value;
}

static int16_t *zeros(int16_t *to, int32_t count) {
  memset(to, 0, (size_t)count * 2U);
  return to + count;
}

/* The window at (top, left), zeros where it lies outside, filled up to fours. */
static const int16_t *gathered(const ek_conv_2d_s16_dsp_t *p, const int16_t *x, int32_t top, int32_t left, int16_t *to) {
  const int32_t first = left < 0 ? -left : 0;
  const int32_t end = left + p->kernel_w > p->in_w ? p->in_w - left : p->kernel_w;
  const int16_t *const found = to;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int32_t iy = top + ky;
    if (iy < 0 || iy >= p->in_h || end <= first) {
      to = zeros(to, p->kernel_w * p->in_c);
      continue;
    }
    const int32_t count = (end - first) * p->in_c;
    if (first > 0) {
      to = zeros(to, first * p->in_c);
    }
    memcpy(to, x + (iy * p->in_w + left + first) * p->in_c, (size_t)count * 2U);
    to += count;
    if (end < p->kernel_w) {
      to = zeros(to, (p->kernel_w - end) * p->in_c);
    }
  }
  const int32_t rest = 4 * p->groups - p->kernel_h * p->kernel_w * p->in_c;
  if (rest > 0) {
    (void)zeros(to, rest);
  }
  return found;
}

static inline int16_t finish(const ek_conv_2d_s16_dsp_t *p, int32_t acc, int32_t co) {
  return (int16_t)ek_clamp(ek_multiply_wide(acc, p->multiplier[co], p->shift[co]), p->low, p->high);
}

/* All channels of the pixels a and b; their outputs are ya and yb, which may be the same. */
static void pixels(const ek_conv_2d_s16_dsp_t *p, const int16_t *a, const int16_t *b, int16_t *ya, int16_t *yb) {
  const int8_t *w = p->weights;
  for (int32_t co = 0; co < p->out_c; co += 2) {
    int32_t a0 = p->bias[co], a1 = p->bias[co + 1], b0 = a0, b1 = a1;
    const int16_t *from_a = a, *from_b = b;
    for (int32_t i = p->groups; i > 0; --i, from_a += 4, from_b += 4, w += 8) {
      const uint32_t w0 = word(w), w1 = word(w + 4);
      const uint32_t w0_low = ek_sxtb16(w0), w0_high = ek_sxtb16_odd(w0);
      const uint32_t w1_low = ek_sxtb16(w1), w1_high = ek_sxtb16_odd(w1);
      const uint32_t a_low = word(from_a), a_high = word(from_a + 2);
      a0 = ek_smlad(a_low, w0_low, a0);
      a1 = ek_smlad(a_low, w1_low, a1);
      a0 = ek_smlad(a_high, w0_high, a0);
      a1 = ek_smlad(a_high, w1_high, a1);
      const uint32_t b_low = word(from_b), b_high = word(from_b + 2);
      b0 = ek_smlad(b_low, w0_low, b0);
      b1 = ek_smlad(b_low, w1_low, b1);
      b0 = ek_smlad(b_high, w0_high, b0);
      b1 = ek_smlad(b_high, w1_high, b1);
    }
    ya[co] = finish(p, a0, co);
    yb[co] = finish(p, b0, co);
    if (co + 1 < p->out_c) {
      ya[co + 1] = finish(p, a1, co + 1);
      yb[co + 1] = finish(p, b1, co + 1);
    }
  }
}

void ek_conv_2d_s16_dsp(const ek_conv_2d_s16_dsp_t *p, const int16_t *x, int16_t *y, uint8_t *scratch) {
  int16_t *const columns = (int16_t *)(void *)scratch;
  const int32_t direct = p->kernel_h * p->kernel_w == 1 && p->in_c % 4 == 0;
  const int32_t count = p->out_h * p->out_w;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    int32_t oy = 0, ox = 0;
    for (int32_t pixel = 0; pixel < count; pixel += 2) {
      const int32_t both = pixel + 1 < count ? 2 : 1;
      const int16_t *window[2] = {0};
      for (int32_t i = 0; i < both; ++i) {
        const int32_t top = oy * p->stride_h - p->pad_top;
        const int32_t left = ox * p->stride_w - p->pad_left;
        window[i] = direct ? x + (top * p->in_w + left) * p->in_c
                           : gathered(p, x, top, left, columns + 4 * p->groups * i);
        if (++ox == p->out_w) {
          ox = 0;
          ++oy;
        }
      }
      pixels(p, window[0], window[both - 1], y, y + (both - 1) * p->out_c);
      y += both * p->out_c;
    }
  }
}
