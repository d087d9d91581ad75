/* What `ek_transpose_conv` computes, as matrix products of windows and filters on Helium.
 *
 * Blocking: phase by phase, the outputs whose row and column have the same remainders by the strides. A phase is a
 * convolution of stride 1 with every stride-th tap: its windows lie line by line as strips in scratch (strips_mve.h), or where
 * a window is a pixel of whole vectors in the input, and are multiplied as in conv_2d_mve.c, whose inner loops, registers and
 * requantization these are (window_blocks_mve.h). A line of outputs is put together in scratch and copied to its places.
 *
 * Budget: 11 instructions for 16 x 8 products, 46 for 64 x 8 (paired 16 and 67, in two thirds of the cycles), 22 for 8 outputs, 10 a window; 6 a pixel and 2 for every 16 bytes to
 * copy outputs, strips as in conv_2d_mve.c; some 180 a line. */
#include "edgekit/transpose_conv_mve.h"

#include "edgekit/strips_mve.h"
#include "edgekit/window_blocks_mve.h"

typedef struct {
  ek_conv_2d_mve_t products;
  ek_strips_mve_t strips;
  int32_t width; /* outputs of a line */
} phase_t;

/* A line of windows of one phase, and its outputs. */
static void line_of(const ek_transpose_conv_mve_t *p, phase_t *phase, const int8_t *x, int32_t line, int8_t *y, uint8_t *scratch,
                    int first_one) {
  const ek_strips_mve_t *strips = &phase->strips;
  const int32_t size = strips->kernel_h * p->in_c, c = p->out_c;
  const int pixels = phase->products.kernel_w * size == 64 * phase->products.chunks + 16 * phase->products.rest &&
                     strips->columns == phase->width && strips->kernel_h == 1 && phase->width <= p->in_w &&
                     strips->pad_left == 0 && line - strips->pad_top >= 0 && line - strips->pad_top < p->in_h;
  int8_t *const outputs = p->stride_w > 1 ? (int8_t *)scratch + p->strip : y;
  const rows_t job = {.x = pixels ? x + (line - strips->pad_top) * p->in_w * p->in_c : (int8_t *)scratch,
                      .y = outputs, .x_step = size, .rows = phase->width};
  if (!pixels) {
    ek_strip(strips, x, line, (int8_t *)scratch, first_one);
  }
  rows(&phase->products, &job);
  if (p->stride_w > 1) {
    ek_copy_rows(y, outputs, phase->width, c, c, p->stride_w * c, 1, 0, 0);
  }
}

static inline int32_t of_phase(int32_t size, int32_t first, int32_t stride) { return (size - first + stride - 1) / stride; }

void ek_transpose_conv_mve(const ek_transpose_conv_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t c = p->in_c, blocks = (p->out_c + 7) / 8, half = (p->out_c - 1) % 8 < 4;
  phase_t phase = {
      .products = {.out_c = p->out_c, .out_zero = p->out_zero, .low = p->low, .high = p->high, .steps = p->steps, .paired = p->paired,
                   .weights = p->weights, .table = p->table},
      .strips = {.in_h = p->in_h, .in_w = p->in_w, .in_c = c, .stride_h = 1, .dilation_h = 1, .in_zero = p->in_zero}};
  ek_conv_2d_mve_t *const products = &phase.products;
  const int32_t *way = p->ways;
  for (int32_t ry = 0; ry < p->stride_h; ++ry) {
    for (int32_t rx = 0; rx < p->stride_w; ++rx, ++way) {
      const int32_t height = of_phase(p->out_h, ry, p->stride_h), columns = p->across[2 * rx];
      phase.width = of_phase(p->out_w, rx, p->stride_w);
      phase.strips.kernel_h = p->down[2 * ry];
      phase.strips.pad_top = p->down[2 * ry + 1];
      phase.strips.pad_left = p->across[2 * rx + 1];
      phase.strips.columns = phase.width - 1 + columns;
      phase.strips.spreads = ek_spread(&phase.strips);
      const int32_t vectors = (columns * phase.strips.kernel_h * c + 15) / 16;
      products->kernel_w = columns;
      products->chunks = vectors / 4;
      products->rest = vectors % 4;
      products->passes = *way;
      products->half = !*way && half;
      for (int32_t n = 0; n < (phase.width > 0 ? p->batches : 0); ++n) {
        const int8_t *const image = x + n * p->in_h * p->in_w * c;
        int8_t *to = y + ((n * p->out_h + ry) * p->out_w + rx) * p->out_c;
        for (int32_t line = 0; line < height; ++line, to += p->stride_h * p->out_w * p->out_c) {
          line_of(p, &phase, image, line, to, scratch, n == 0 && line == 0);
        }
      }
      products->weights += 16 * vectors * (8 * blocks - 4 * products->half);
      products->table += 8 * blocks * (p->steps == 2 ? 4 : 3);
    }
  }
}
