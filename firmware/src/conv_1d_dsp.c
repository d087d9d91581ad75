/* y[n,oy,ox,co] = requantize(bias[co] + sum over k,ci of (x - in_zero) * w), as conv_2d.c, along one axis, with the DSP
 * instructions: windows of at most 16 inputs that lie one after another.
 *
 * Blocking: lines with their padding are brought to scratch, as many as fit, and of long ones a segment. Windows are pixels of a
 * 1x1 convolution there, which share inputs: what pointwise_narrow_dsp.c does with pixels, whose registers these have
 * (narrow_dsp.h). Their words are read where they lie, at any address. Where no output is below its zero point (_relu) one
 * multiplication makes an output (line_dsp.h), without an addend, and of up to 4 inputs two windows at a time
 * (conv_1d_pairs_dsp.h).
 * Budget for an output: 4 for the requantization, half an instruction for every input, 1 load with up to 8 inputs, 2 with up to
 * 12, 3 with 14, 5 with 16; of _relu 3 for the requantization, 1 load with up to 10 inputs, 2 with 14, 3 with 16. For a window 5,
 * and 3 for every four inputs, into 8 or 16 channels, for which there are functions; into others 7, and 3 for every eight of
 * them. 0.7 for a byte of the input, 30 for a line, 90 for a run of lines. */
#include "edgekit/conv_1d_dsp.h"

#include "edgekit/conv_1d_lines_dsp.h"
#include "edgekit/conv_1d_pairs_dsp.h"
#include "edgekit/narrow_dsp.h"

typedef void (*pixels_t)(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);

/* after: outputs at the end of a line that the function does not want counted. */
static inline void run_of(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count, int32_t after,
                          pixels_t pixels) {
  const ek_pointwise_narrow_dsp_t part = {
      .stream = p->stream, .out_zero = p->out_zero, .step = p->step, .skip = p->skip, .last = p->last, .bytes = p->bytes,
      .lines = lines, .gap = p->pitch - count * p->step, .outputs = count * p->out_c - after};
  pixels(&part, x, y);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define CONV(NAME, PIXELS, WIDTH, HOW, AFTER)                                                                 \
  static PIXELS(pixels_##NAME, WIDTH, HOW)                                                                    \
  static void run_##NAME(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count) { \
    run_of(p, x, y, lines, count, AFTER, pixels_##NAME);                                                      \
  }                                                                                                           \
  void ek_conv_1d_##NAME##_dsp(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {     \
    lines_of(p, x, y, scratch, run_##NAME);                                                                   \
  }
#define ANY(WIDTH) CONV(WIDTH, PIXELS, WIDTH, TWICE, 0) CONV(WIDTH##_relu, PIXELS, WIDTH, LINE, 0)
#define TO(N, WIDTH)                                      \
  CONV(WIDTH##_to_##N, PIXELS_##N, WIDTH, TWICE, N)      \
  CONV(WIDTH##_to_##N##_relu, PIXELS_##N, WIDTH, LINE, N)
#define TO_8(WIDTH) TO(8, WIDTH)
#define TO_16(WIDTH) TO(16, WIDTH)
WIDTHS(ANY)
WIDTHS(TO_8)
WIDTHS(TO_16)

#define CONV_PAIRS(N)                                                                                         \
  PAIRS(pairs_##N, N)                                                                                         \
  static void run_pairs_##N(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count) { \
    const int32_t half = (count + 1) / 2, second = count / 2; /* pairs; from the first to the second */       \
    const ek_pairs_t pairs = {p->stream, p->step, second * p->step, lines, p->pitch - half * p->step,         \
                              (half - 1) * (N), second * (N)};                                                \
    pairs_##N(&pairs, x, y);                                                                                  \
  }                                                                                                           \
  void ek_conv_1d_pairs_to_##N##_relu_dsp(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) { \
    lines_of(p, x, y, scratch, run_pairs_##N);                                                                \
  }
CONV_PAIRS(8)
CONV_PAIRS(16)
#pragma GCC diagnostic pop
