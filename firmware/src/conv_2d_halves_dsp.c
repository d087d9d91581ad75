/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, for layers of so few weights that
 * they may take two bytes each, with the DSP instructions.
 *
 * Blocking: 2 pixels x all channels, 2 channels at a time, 4 taps; the pixels are below each other, in an odd last line side by
 * side. Their taps are expanded to halfwords in a buffer, `columns`: 4 of the first pixel, 4 of the second. The zero point is
 * folded into the bias, and padding is the zero point: no output is at an edge. With stride 1, two windows below each other
 * share all rows but one.
 * Registers: r0 columns, r1 weights and constants, r2-r5 eight halfwords of both pixels, r6-r9 eight weights of both channels,
 * r10 and r11 the second channel's sums, r12 and lr the first's. Everything else is on the stack.
 * Budget: 10 instructions for 4 taps (16 MACs: 0.625 each), 3 for every 32 but the first 4, 26 for the four outputs of a block;
 * of an odd channel 6 for 4 taps and 20 for both outputs. 23 for a pair of pixels, and 21 (15 where rows are shared) for 12 taps
 * of each. Cycles by LDR 2, LDM 1 + n, branch 2: 18 for 4 taps, 1.13 a MAC. With one multiplication an output (_relu): 22 for four
 * outputs, 18 for both of an odd channel. */
#include "edgekit/conv_2d_halves_dsp.h"

#include "edgekit/halves_columns_dsp.h"

/* Lines of outputs from `y` on whose first window begins at `x`. */
static void lines_of(const params_t *p, pass_t *pass, expand_t *const expand[2], const int8_t *x, int8_t *y, int32_t lines) {
  const int32_t line = p->out_w * p->out_c, down = p->stride_h * p->pitch;
  pass->expand = expand[0];
  pass->step = p->stride;
  pass->gap = 0;
  for (; lines > 1; lines -= 2, x += 2 * down, y += 2 * line) {
    run(pass, x, down, y, line, p->out_w);
  }
  if (lines == 0) {
    return;
  }
  pass->expand = expand[1];
  pass->step = 2 * p->stride;
  pass->gap = p->out_c;
  if (p->out_w > 1) {
    run(pass, x, p->stride, y, p->out_c, p->out_w / 2);
  }
  if (p->out_w % 2 != 0) { /* one pixel, twice */
    run(pass, x + (p->out_w - 1) * p->stride, 0, y + line - p->out_c, 0, 1);
  }
}

__attribute__((noinline)) static void images(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                             void (*pairs)(const pass_t *pass)) {
  const int32_t line = p->out_w * p->out_c, down = p->stride_h * p->in_row;
  pass_t pass;
  expand_t *expand[2];
  choose(p, &pass, expand);
  BEGIN(pass, p, p->groups, scratch, pairs);
  pass.rows = p->kernel_h;
  pass.pitch = p->dilation_h * p->pitch;
  int8_t *const band = p->copied ? ek_band(p, scratch + 16 * p->groups) : 0;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_h * line) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines;
      const int8_t *from = x + first * down;
      if (p->copied) {
        ek_fill_band(p, x, first * p->stride_h - p->pad_top, ek_band_rows(p, lines), band);
        from = band;
      }
      lines_of(p, &pass, expand, from, y + first * line, lines);
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}

void ek_conv_2d_halves_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, pairs_of);
}

void ek_conv_2d_halves_relu_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, relu_pairs_of);
}
