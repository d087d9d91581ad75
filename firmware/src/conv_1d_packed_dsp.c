/* y[n,oy,ox,co] = requantize(bias[co] + sum over k,ci of (x - in_zero) * w), as conv_2d.c, along one axis, with the DSP
 * instructions: windows of 3 or 4 inputs that lie one after another, into 4, 8, 12, 16, 24, 32 or 64 channels.
 *
 * Blocking: as conv_1d_dsp.c; windows are pixels as in pointwise_packed_four_dsp.c, whose registers these have: 1 pixel x 1
 * channel x all taps, eight channels stored at once. Of 3 inputs the fourth is the next one, whose weight is 0.
 * Budget: 50 for eight channels, 26 for four; 8 for a window, 0.7 for a byte of the input, 30 for a line, 90 for a run. */
#include "edgekit/conv_1d_packed_dsp.h"

#include "edgekit/conv_1d_lines_dsp.h"
#include "edgekit/packed_four_pixels_dsp.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define CONV(CHANNELS, CODE)                                                                                       \
  static PIXELS(pixels_to_##CHANNELS, 4, CHANNELS, CODE)                                                           \
  static void run_to_##CHANNELS(                                                                                   \
      const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count) {                       \
    const ek_pointwise_packed_four_dsp_t part = {                                                                  \
        .stream = p->stream, .step = p->step, .last = (count - 1) * (CHANNELS), .lines = lines,                    \
        .gap = p->pitch - count * p->step, .images = 1, .all = lines};                                             \
    pixels_to_##CHANNELS(&part, x, y);                                                                             \
  }                                                                                                                \
  void ek_conv_1d_packed_to_##CHANNELS##_dsp(                                                                      \
      const ek_conv_1d_packed_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {                            \
    lines_of(p, x, y, scratch, run_to_##CHANNELS);                                                                 \
  }
COMMON(CONV)
#pragma GCC diagnostic pop
