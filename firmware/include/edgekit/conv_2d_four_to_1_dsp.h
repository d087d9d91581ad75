/* 2-D convolution of 3x3 taps of four channels into one, stride 2, padded on all sides, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_FOUR_TO_1_DSP_H
#define EDGEKIT_CONV_2D_FOUR_TO_1_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Lines of outputs of whose windows the same rows are inside. */
typedef struct {
  int32_t lines, first; /* first: bytes to the first row that is read */
  int32_t hop;          /* bytes from behind a line's inputs to the next line's */
  int32_t width;        /* outputs of a line, but the last one */
  int32_t rows;         /* 2 or 3 */
  /* The bias of windows inside. Of each row words of two halfwords, channels (0,2) and (1,3) of column 1, of column 2, of column
   * 0; bytes to the next row, of the last row to the next two columns of the first. Multiplier, divider, zero point, what the
   * bias of the last window is more, bias of the first window. Weights and biases are twice as large. */
  int32_t stream[27];
} ek_conv_2d_four_to_1_dsp_section_t;

typedef struct {
  int32_t batches, in_size, count;
  const int32_t *sections; /* `count` ones */
} ek_conv_2d_four_to_1_dsp_t;

/* x is at a multiple of 4; an odd number of columns, at least 3. */
void ek_conv_2d_four_to_1_dsp(const ek_conv_2d_four_to_1_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
