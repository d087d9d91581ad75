/* What `ek_transpose_conv` computes, as matrix products of windows and filters on Helium, for cycles.
 *
 * Blocking: phase by phase, the outputs whose row and column have the same remainders by the strides, a convolution of stride
 * 1 with every stride-th tap, whose windows are found line by line (transposed_mve.h). Two of them beside each other times four
 * filters at a time, as conv_2d_by_twos_mve.c, with its registers and its requantization (by_twos_mve.h); their outputs are stored
 * where they belong. Of an odd number in a line the last two are computed together.
 *
 * Budget, instructions (cycles) of 8 outputs: as there, 14 (16) a vector, 50 (53) of windows of up to 2, 78 (83) of 4, 134 (147) of 8;
 * 18 (35) a pair more, strips as in conv_2d_mve.c, some 150 a line. */
#include "edgekit/transpose_conv_by_twos_mve.h"

#include "edgekit/by_twos_twice_mve.h"
#include "edgekit/transposed_mve.h"

#define ROUND 15 /* vectors of a round of the loop */
#define FIRST 3  /* vectors that are not in the loop */
#define CODE 56  /* bytes of a vector's code */

static pairs_t *of_vectors(int32_t vectors) {
  switch (vectors) {
    case 2: return pairs_of_2;
    case 3: return pairs_of_3;
    case 4: return pairs_of_4;
    case 8: return pairs_of_8;
    case 9: return pairs_of_9;
    default: return pairs_of_many;
  }
}

static void line_of(const ek_transpose_conv_mve_t *p, const ek_phase_mve_t *phase, const int8_t *windows, int8_t *y, void *state) {
  job_t *const job = (job_t *)state;
  pairs_t *const pairs = of_vectors(phase->vectors);
  const int32_t pixel = p->stride_w * p->out_c, last = phase->width - 2;
  job->apart = phase->size;
  job->x_step = 2 * phase->size;
  job->y_apart = pixel;
  job->y_more = 2 * pixel - p->out_c;
  job->x = windows;
  job->y = y;
  job->pairs = phase->width / 2;
  pairs(job);
  if (phase->width % 2) {
    job->x = windows + last * phase->size;
    job->y = y + last * pixel;
    job->pairs = 1;
    pairs(job);
  }
}

void ek_transpose_conv_by_twos_mve(const ek_transpose_conv_by_twos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t *size = p->ways;
  job_t job = {.out_zero = p->out_zero, .stream = p->weights};
  for (int32_t ry = 0; ry < p->stride_h; ++ry) {
    for (int32_t rx = 0; rx < p->stride_w; ++rx, ++size) {
      const ek_phase_mve_t phase = ek_phase_of(p, ry, rx, 2);
      job.end = job.stream + *size - CONSTANTS;
      job.trips = phase.vectors > FIRST ? (phase.vectors - FIRST + ROUND - 1) / ROUND : 1;
      job.skipped = (job.trips * ROUND + FIRST - phase.vectors) * CODE;
      ek_each_line(p, &phase, x, y + (ry * p->out_w + rx) * p->out_c, scratch, line_of, &job);
      job.stream += *size;
    }
  }
}
