/* 2-D convolution of one input channel, 3x3 taps, not dilated, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_THREADED_DSP_H
#define EDGEKIT_CONV_2D_THREADED_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lines of outputs whose windows lie alike. */
typedef struct {
  int32_t lines;       /* and one */
  int32_t first;       /* from the image to the last 4 bytes of the first line's first row */
  int32_t right, main; /* bytes of `stream` before the tables of the pixels on the right edge and of the others */
  int32_t turns;       /* bytes of the table of the others; << 16: of code / 4, from their body to that of an edge; << 24: less turns */
  int32_t body;        /* bytes of code to what the others run */
  int32_t pitch;       /* bytes from row to row of a window */
} ek_conv_2d_section_t;

/* In the order in which the assembly reads it. */
typedef struct {
  int32_t step;                         /* bytes from line to line of windows */
  int32_t start;                        /* EK_THREADED_SAME or _VALID */
  int32_t edge;                         /* bytes of code to what pixels at the edges run */
  int32_t go_on;                        /* EK_THREADED_, where a line goes on */
  const int32_t *sections;              /* ek_conv_2d_section_t, then one of 0 lines whose `first` leads back to the first one */
  /* Of each section three tables, right, main, left. Of each channel the bias, weights, multiplier, divider, zero point.
   * Weights are halfwords, twice as large; words of main: middle taps of rows 0 and 1; taps 0 and 2 of row 2; the middle tap
   * of row 2 and 0; taps 0 and 2 of row 0; of row 1. At the edges, and in lines of two rows: three words. */
  const int32_t *stream;
  int32_t in_size, images;
  int32_t in_w, out_c, stride, out_w;   /* C only */
} ek_conv_2d_threaded_dsp_t;

/* Bytes of a table of addresses: lines with and without padded columns; lines that begin with two windows, with one of stride 1;
 * those of stride 2 whose other windows are even or odd in number, or none; the first two without padded columns. */
enum {
  EK_THREADED_SAME = 0, EK_THREADED_VALID = 4, EK_THREADED_TWO = 8, EK_THREADED_ONE = 12, EK_THREADED_EVEN = 16,
  EK_THREADED_ODD = 20, EK_THREADED_NONE = 24, EK_THREADED_VALID_TWO = 28, EK_THREADED_VALID_ONE = 32
};

/* Stack: 28 bytes for every pixel of a line. */
void ek_conv_2d_threaded_dsp(const ek_conv_2d_threaded_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
