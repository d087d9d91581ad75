/* y[n,oy,ox,co] = requantize(bias[co] + sum over k of (x - in_zero) * w), as conv_2d.c, along one axis, with the DSP
 * instructions: windows of 5 inputs of one channel, each or every second one, into 4, 8, 16, 32 or 64 channels.
 *
 * Blocking: as conv_1d_dsp.c; windows are pixels as in pointwise_packed_dsp.c, whose registers these have: 1 pixel x 1 channel
 * x all taps, up to 32 channels stored at once, the bias a product.
 * Budget: 57 for eight channels, 28 for four, 1 for each eight but the last of 32; 10 for a window, 8.5 where two make a turn,
 * which is up to 8 channels; 0.7 for a byte of the input, 40 for a line, 90 for a run of lines. */
#include "edgekit/conv_1d_five_dsp.h"

#include "edgekit/conv_1d_lines_dsp.h"
#include "edgekit/packed_five_pixels_dsp.h"

typedef void (*pixels_t)(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y);

static inline void run_of(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count, pixels_t pixels) {
  const int32_t row = count * p->step;
  const ek_pointwise_packed_dsp_t part = {
      .outputs = lines * count * p->out_c, .line_step = p->pitch, .gap = p->pitch - row, .odd = count % 2, .stream = p->stream,
      .offset = p->offset, .fifth = p->fifth, .row = row};
  pixels(&part, x, y);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define CONV(N, NAME, STEP)                                                                                   \
  static OF_##N(pixels_##NAME, STEP)                                                                          \
  static void run_##NAME(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count) { \
    run_of(p, x, y, lines, count, pixels_##NAME);                                                             \
  }                                                                                                           \
  void ek_conv_1d_five_##NAME##_dsp(const ek_conv_1d_five_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) { \
    lines_of(p, x, y, scratch, run_##NAME);                                                                   \
  }
#define BY_1_AND_2(N) CONV(N, to_##N, 1) CONV(N, to_##N##_by_2, 2)
BY_1_AND_2(4)
BY_1_AND_2(8)
BY_1_AND_2(16)
BY_1_AND_2(32)
BY_1_AND_2(64)
#pragma GCC diagnostic pop
