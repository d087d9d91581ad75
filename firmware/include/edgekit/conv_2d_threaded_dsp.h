/* 2-D convolution of one input channel, 3x3 taps, not dilated, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_THREADED_DSP_H
#define EDGEKIT_CONV_2D_THREADED_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  int32_t step;                         /* bytes from line to line of windows */
  int32_t start;                        /* EK_THREADED_SAME or _VALID */
  int32_t edge;                         /* bytes of code to what pixels at the edges run */
  int32_t go_on;                        /* EK_THREADED_, where a line goes on */
  /* Seven words for lines of outputs whose windows lie alike: bytes of `stream` before the table of the pixels on the right
   * edge; from the image to the last 4 bytes of the first row; how many lines, and one; bytes of `stream` before the table of
   * the other pixels; bytes of that table, << 16: of code / 4, from what these run to `edge`, << 24: less turns; bytes of code to
   * what these run; bytes from row to row of a window. Last 0 lines, whose second word leads back. */
  const int32_t *sections;
  /* Of each section three tables, right, main, left. Of each channel the bias, weights, multiplier, divider, zero point.
   * Weights are halfwords, twice as large; words of main: middle taps of rows 0 and 1; taps 0 and 2 of row 2; the middle tap
   * of row 2 and 0; taps 0 and 2 of row 0; of row 1. At the edges, and in lines of two rows: three words.
   * Of an odd number of channels of five words the first has one word more: bytes of code to the others. */
  const int32_t *stream;
  int32_t in_size, images;
  int32_t in_w, out_c, stride, out_w;   /* C only */
} ek_conv_2d_threaded_dsp_t;

/* Bytes of a table of addresses: lines with and without padded columns; where they go on. Stride 1: an even or odd number of two
 * windows, the same after one window, these without padded columns, the first without padded columns.
 * Stride 2: an even or odd number of windows, none. */
enum {
  EK_THREADED_SAME = 0, EK_THREADED_VALID = 4, EK_THREADED_EVEN = 8, EK_THREADED_ODD = 12, EK_THREADED_ONE_EVEN = 16,
  EK_THREADED_ONE_ODD = 20, EK_THREADED_VALID_ONE_EVEN = 24, EK_THREADED_VALID_ONE_ODD = 28, EK_THREADED_VALID_EVEN = 32,
  EK_THREADED_APART_EVEN = 36, EK_THREADED_APART_ODD = 40, EK_THREADED_VALID_ODD = 44, EK_THREADED_APART_NONE = 48
};

/* Stack: 28 bytes for every pixel of a line. */
void ek_conv_2d_threaded_dsp(const ek_conv_2d_threaded_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
