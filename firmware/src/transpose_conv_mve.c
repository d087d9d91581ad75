/* What `ek_transpose_conv` computes, as matrix products of windows and filters on Helium.
 *
 * Blocking: phase by phase, the outputs whose row and column have the same remainders by the strides. A phase is a
 * convolution of stride 1 with every stride-th tap, whose windows are found line by line (transposed_mve.h) and multiplied as in conv_2d_mve.c, whose inner loops, registers and
 * requantization these are (window_blocks_mve.h). A line of outputs is put together in scratch and copied to its places.
 *
 * Budget: 11 instructions for 16 x 8 products, 46 for 64 x 8 (paired 16 and 67, in two thirds of the cycles), 22 for 8 outputs, 10 a window; 6 a pixel and 2 for every 16 bytes to
 * copy outputs, strips as in conv_2d_mve.c; some 180 a line. */
#include "edgekit/transpose_conv_mve.h"

#include "edgekit/transposed_mve.h"
#include "edgekit/window_blocks_mve.h"

typedef struct {
  ek_conv_2d_mve_t products;
  int8_t *outputs; /* of a line */
} work_t;

static void line_of(const ek_transpose_conv_mve_t *p, const ek_phase_mve_t *phase, const int8_t *windows, int8_t *y, void *state) {
  const work_t *const work = (const work_t *)state;
  const int apart = p->stride_w > 1;
  const rows_t job = {.x = windows, .y = apart ? work->outputs : y, .x_step = phase->size, .rows = phase->width};
  rows(&work->products, &job);
  if (apart) {
    ek_copy_rows(y, work->outputs, phase->width, p->out_c, p->out_c, p->stride_w * p->out_c, 1, 0, 0);
  }
}

void ek_transpose_conv_mve(const ek_transpose_conv_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t blocks = (p->out_c + 7) / 8, half = (p->out_c - 1) % 8 < 4, *way = p->ways;
  work_t work = {{.out_c = p->out_c, .out_zero = p->out_zero, .low = p->low, .high = p->high, .steps = p->steps,
                  .paired = p->paired, .weights = p->weights, .table = p->table},
                 (int8_t *)scratch + p->strip};
  ek_conv_2d_mve_t *const products = &work.products;
  for (int32_t ry = 0; ry < p->stride_h; ++ry) {
    for (int32_t rx = 0; rx < p->stride_w; ++rx, ++way) {
      const ek_phase_mve_t phase = ek_phase_of(p, ry, rx, 1);
      products->chunks = phase.vectors / 4;
      products->rest = phase.vectors % 4;
      products->passes = *way;
      products->half = !*way && half;
      ek_each_line(p, &phase, x, y + (ry * p->out_w + rx) * p->out_c, scratch, line_of, &work);
      products->weights += 16 * phase.vectors * (8 * blocks - 4 * products->half);
      products->table += 8 * blocks * (p->steps == 2 ? 4 : 3);
    }
  }
}
