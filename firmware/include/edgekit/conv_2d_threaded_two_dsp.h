/* 2-D convolution of two input channels, 3x3 taps, not dilated, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_THREADED_TWO_DSP_H
#define EDGEKIT_CONV_2D_THREADED_TWO_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  int32_t edge;                         /* bytes of code to what pixels of six words run */
  int32_t end;                          /* EK_THREADED_TWO_, where a line ends */
  int32_t start;                        /* where it begins */
  /* Ten words for lines of outputs whose windows lie alike: how many, and one; bytes from the image to the last 4 of the first
   * row; of `stream` before the table of the pixels on the right edge; before that of the others; bytes of code to what these
   * run; << 24: less turns, bytes of all records of a line; EK_THREADED_TWO_, where a line goes on; bytes from row to row of a
   * window; from line to line; of `stream` before the table of the left edge. Last 0 lines; then what leads back. */
  const int32_t *sections;
  /* Tables. Of each channel the bias, 9 or 6 words of weights, multiplier, divider, zero point. Weights are halfwords, twice as
   * large: of rows 0, 1, 2 channel 0 and channel 1 of the first two columns; both channels of column 2 of each row. Six words:
   * without column 2 or without row 2. */
  const int32_t *stream;
  int32_t in_size, images;
  int32_t in_w, out_c, stride, out_w;   /* C only */
} ek_conv_2d_threaded_two_dsp_t;

/* Bytes of a table of addresses: lines of stride 1, of stride 2, without padded columns; their windows of three rows, of two, of
 * stride 1, of stride 2; no window; line ends without, with a left edge, with one that is read. */
enum {
  EK_THREADED_TWO_SAME_1 = 0, EK_THREADED_TWO_SAME_2 = 4, EK_THREADED_TWO_VALID = 8, EK_THREADED_TWO_THREE_1 = 12,
  EK_THREADED_TWO_TWO_1 = 16, EK_THREADED_TWO_THREE_2 = 20, EK_THREADED_TWO_TWO_2 = 24, EK_THREADED_TWO_NO_WINDOW = 28,
  EK_THREADED_TWO_PLAIN = 32, EK_THREADED_TWO_LEFT = 36, EK_THREADED_TWO_LEFT_READ = 40
};

/* Stack: 44 bytes for every pixel of a line. */
void ek_conv_2d_threaded_two_dsp(const ek_conv_2d_threaded_two_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
