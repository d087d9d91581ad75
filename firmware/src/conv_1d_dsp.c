/* y[n,oy,ox,co] = requantize(bias[co] + sum over k,ci of (x - in_zero) * w), as conv_2d.c, along one axis, with the DSP instructions:
 * windows of at most 16 inputs that lie one after another.
 *
 * Blocking: lines with their padding are brought to scratch, as many as fit, and of long ones a segment. Windows are pixels of a
 * 1x1 convolution there, which share inputs: what pointwise_narrow_dsp.c does with pixels, whose registers these have
 * (narrow_dsp.h). Their words are read where they lie, at any address.
 * Budget for an output: 4 for the requantization, by one multiplication (_relu) 3, half an instruction for every input, 1 load with
 * up to 8 inputs, 2 with up to 12, 3 with 14, 5 with 16, 0.375 of a loop over eight channels; 7 and 3 for every four inputs of a
 * window, 0.7 for a byte of the input, 30 for a line, 90 for a run of lines. */
#include "edgekit/conv_1d_dsp.h"

#include "edgekit/conv_1d_lines_dsp.h"
#include "edgekit/narrow_dsp.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define PIXELS_OF(WIDTH)                          \
  static PIXELS(pixels_##WIDTH, WIDTH, FINISH)    \
  static PIXELS(pixels_##WIDTH##_relu, WIDTH, RELU)
WIDTHS(PIXELS_OF)
#pragma GCC diagnostic pop

typedef void (*pixels_t)(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);

static inline void run_of(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count, pixels_t pixels) {
  const ek_pointwise_narrow_dsp_t part = {
      .stream = p->stream, .out_zero = p->out_zero, .step = p->step, .skip = p->skip, .last = p->last, .bytes = p->bytes,
      .lines = lines, .gap = p->pitch - count * p->step, .outputs = count * p->out_c};
  pixels(&part, x, y);
}

#define CONV(NAME)                                                                                            \
  static void run_##NAME(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count) { \
    run_of(p, x, y, lines, count, pixels_##NAME);                                                             \
  }                                                                                                           \
  void ek_conv_1d_##NAME##_dsp(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {     \
    lines_of(p, x, y, scratch, run_##NAME);                                                                   \
  }
#define BOTH(WIDTH) CONV(WIDTH) CONV(WIDTH##_relu)
WIDTHS(BOTH)
