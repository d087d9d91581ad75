/* Depthwise 2-D convolution of at most 3x3 taps, stride 1 or 2, int8, NHWC, four channels at a time, with the DSP instructions. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_PLANES_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_PLANES_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lines and columns are the rows and columns of the tensors, or the other way round. */
typedef struct {
  int32_t batches, channels;
  int32_t lines, columns, line_step, column_step; /* of the input; bytes from one to the next */
  int32_t out_lines, out_line_step, out_column_step;
  int32_t threes, twos;                 /* a line of outputs is so many times three (stride 2: once at the most), then two */
  int32_t pad_line, pad_column;         /* padding before the first */
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t band;                         /* strips of two lines of outputs at a time; stride 2: lines, all bands of two or more */
  const int32_t *constants;             /* (channels, 6): of each column of the kernel bytes w0, w1, w1, w2; multiplier, */
} ek_depthwise_conv_2d_planes_dsp_t;    /* divider (or start: relu_dsp.h), 2 * bias */

/* channels: a multiple of four. y may be x where both have the same shape.
 * scratch: 16 * (band + 1) bytes, of an odd number of lines 16 * (band + 2), for each column of the padded input that a line
 * of outputs reads; aligned to 4. */
void ek_depthwise_conv_2d_planes_dsp(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* The same where no output is below its zero point. */
void ek_depthwise_conv_2d_planes_relu_dsp(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y,
                                          uint8_t *scratch);

/* The same with stride 2. scratch: 16 * (band + 1) bytes for each such column. */
void ek_depthwise_conv_2d_planes_two_dsp(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_depthwise_conv_2d_planes_two_relu_dsp(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y,
                                              uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
