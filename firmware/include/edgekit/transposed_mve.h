/* Phases of a transposed convolution on Helium, and the windows of their lines: as strips in scratch, or in the input where a
 * window is a pixel of whole vectors. */
#ifndef EDGEKIT_TRANSPOSED_MVE_H
#define EDGEKIT_TRANSPOSED_MVE_H

#include "edgekit/strips_mve.h"
#include "edgekit/transpose_conv_mve.h"

typedef struct {
  ek_strips_mve_t strips;
  int32_t height, width; /* of its outputs */
  int32_t size, vectors; /* of a window: bytes, and as it is read */
  int32_t pixels;        /* 1: windows are pixels of the input */
} ek_phase_mve_t;

static inline int32_t ek_of_phase(int32_t size, int32_t first, int32_t stride) { return (size - first + stride - 1) / stride; }

/* Of windows that are read as `least` vectors or more. */
static inline ek_phase_mve_t ek_phase_of(const ek_transpose_conv_mve_t *p, int32_t ry, int32_t rx, int32_t least) {
  const int32_t rows = p->down[2 * ry], columns = p->across[2 * rx], width = ek_of_phase(p->out_w, rx, p->stride_w);
  ek_phase_mve_t phase = {
      .strips = {.in_h = p->in_h, .in_w = p->in_w, .in_c = p->in_c, .kernel_h = rows, .stride_h = 1, .dilation_h = 1,
                 .pad_top = p->down[2 * ry + 1], .pad_left = p->across[2 * rx + 1], .in_zero = p->in_zero,
                 .columns = width - 1 + columns},
      .height = ek_of_phase(p->out_h, ry, p->stride_h), .width = width, .size = rows * p->in_c,
      .vectors = (rows * columns * p->in_c + 15) / 16};
  phase.vectors = phase.vectors < least ? least : phase.vectors;
  phase.strips.spreads = ek_spread(&phase.strips);
  phase.pixels = 16 * phase.vectors == p->in_c && phase.strips.pad_left == 0 && width <= p->in_w;
  return phase;
}

/* Outputs of one line from `y` on, of windows `size` bytes apart. */
typedef void ek_line_mve_t(const ek_transpose_conv_mve_t *p, const ek_phase_mve_t *phase, const int8_t *windows, int8_t *y,
                           void *state);

/* All lines of a phase, whose first output is `y`. */
static inline void ek_each_line(const ek_transpose_conv_mve_t *p, const ek_phase_mve_t *phase, const int8_t *x, int8_t *y,
                                uint8_t *scratch, ek_line_mve_t *line_of, void *state) {
  const int32_t image = p->in_h * p->in_w * p->in_c, line = p->out_w * p->out_c;
  for (int32_t n = 0; n < (phase->width > 0 ? p->batches : 0); ++n, x += image, y += p->out_h * line) {
    for (int32_t i = 0; i < phase->height; ++i) {
      const int32_t row = i - phase->strips.pad_top;
      const int8_t *windows = (int8_t *)scratch;
      if (phase->pixels && row >= 0 && row < p->in_h) {
        windows = x + row * p->in_w * p->in_c;
      } else {
        ek_strip(&phase->strips, x, i, (int8_t *)scratch, n == 0 && i == 0);
      }
      line_of(p, phase, windows, y + i * p->stride_h * line, state);
    }
  }
}

#endif
