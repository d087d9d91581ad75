/* y[n,oy,ox,co] = requantize(bias[co] + sum of (x - in_zero) * w over the taps that reach it), as transpose_conv.c, with the DSP
 * instructions.
 *
 * Blocking: phase by phase, the outputs whose row and column have the same remainders by the strides. A phase is a
 * convolution of stride 1 with every stride-th tap, whose outputs lie apart: 2 pixels x all channels, 2 channels at a time, 4
 * taps, as conv_2d_halves_dsp.c with its registers (halves_pairs_dsp.h). Pixels of a pair are below each other, in an
 * odd last line side by side. Where windows reach beyond the input, some rows at a time are copied with their padding.
 * Budget: 10 instructions for 4 taps (16 MACs: 0.625 each), 3 for every 32 but the first 4, 26 for the four outputs of a block,
 * 22 by one multiplication (_relu); for a pair of pixels 29, 11 for 4 taps of both, 11 a row of them. 80 for a phase of a band,
 * 20 for two lines of it. */
#include "edgekit/transpose_conv_dsp.h"

#include "edgekit/conv_2d_bands_dsp.h"
#include "edgekit/halves_rows_dsp.h"

/* What BEGIN reads. */
typedef struct {
  int32_t out_zero, out_c;
  const int32_t *stream;
} constants_t;

static inline int32_t of_phase(int32_t size, int32_t first, int32_t stride) { return (size - first + stride - 1) / stride; }

/* Lines of `width` outputs from `y` on whose first window begins at `x`. */
static void lines_of(const ek_transpose_conv_dsp_t *p, pass_t *pass, const int8_t *x, int8_t *y, int32_t lines, int32_t width) {
  const int32_t pixel = p->stride_w * p->out_c, line = p->stride_h * p->out_w * p->out_c;
  pass->step = p->in_c;
  pass->gap = pixel - p->out_c;
  for (; lines > 1; lines -= 2, x += 2 * p->pitch, y += 2 * line) {
    run(pass, x, p->pitch, y, line, width);
  }
  if (lines <= 0) {
    return;
  }
  pass->step = 2 * p->in_c;
  pass->gap = 2 * pixel - p->out_c;
  if (width > 1) {
    run(pass, x, p->in_c, y, pixel, width / 2);
  }
  if (width % 2 != 0) { /* one pixel, twice */
    run(pass, x + (width - 1) * p->in_c, 0, y + (width - 1) * pixel, 0, 1);
  }
}

/* All phases of up to `lines` lines from `y` on, which read the band's rows from `x` on; of the output `left` rows are left. */
static void phases(const ek_transpose_conv_dsp_t *p, const int8_t *x, int8_t *y, int32_t left, uint8_t *columns,
                   void (*pairs)(const pass_t *pass)) {
  constants_t constants = {p->out_zero, p->out_c, p->stream};
  pass_t pass;
  pass.expand = rows;
  pass.pitch = p->pitch;
  for (int32_t ry = 0; ry < p->stride_h; ++ry) {
    const int32_t taps = p->down[2 * ry], all = of_phase(left, ry, p->stride_h), lines = all < p->lines ? all : p->lines;
    const int8_t *row = x + p->down[2 * ry + 1] * p->pitch;
    for (int32_t rx = 0; rx < p->stride_w; ++rx) {
      const int32_t bytes = p->across[2 * rx], groups = taps * ((bytes + 3) / 4), width = of_phase(p->out_w, rx, p->stride_w);
      BEGIN(pass, &constants, groups, columns, pairs);
      pass.rows = taps;
      by_rows(&pass, bytes);
      if (width > 0) {
        lines_of(p, &pass, row + p->across[2 * rx + 1], y + (ry * p->out_w + rx) * p->out_c, lines, width);
      }
      constants.stream += p->out_c / 2 * (4 * groups + 6) + p->out_c % 2 * (2 * groups + 3);
    }
  }
}

__attribute__((noinline)) static void images(const ek_transpose_conv_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                             void (*pairs)(const pass_t *pass)) {
  const ek_conv_2d_bands_t bands = {.in_h = p->in_h, .in_row = p->in_row, .kernel_h = p->reach, .stride_h = 1, .dilation_h = 1,
                                    .before = p->before, .pitch = p->pitch, .lines = p->lines, .in_zero = p->in_zero};
  const int32_t line = p->out_w * p->out_c, rows_of_band = p->lines * p->stride_h;
  int8_t *const band = p->copied ? ek_band(&bands, scratch + p->columns) : 0;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_row, y += p->out_h * line) {
    for (int32_t oy = 0, first = 0; oy < p->out_h; oy += rows_of_band, first += p->lines) {
      const int8_t *from = x + first * p->in_row;
      if (p->copied) {
        ek_fill_band(&bands, x, first - p->above, ek_band_rows(&bands, p->lines), band);
        from = band;
      }
      phases(p, from, y + oy * line, p->out_h - oy, scratch, pairs);
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}

void ek_transpose_conv_dsp(const ek_transpose_conv_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, pairs_of);
}

void ek_transpose_conv_relu_dsp(const ek_transpose_conv_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, relu_pairs_of);
}
