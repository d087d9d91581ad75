/* Depthwise 2-D convolution of at most 3x3 taps, stride 1 or 2, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Lines and columns are the rows and columns of the tensors, or the other way round. */
typedef struct {
  int32_t batches, channels, stride, depth_multiplier;
  int32_t lines, columns, line_step, column_step; /* of the input; bytes from one to the next */
  int32_t out_lines, out_columns, out_line_step, out_column_step;
  int32_t pad_line, pad_column;         /* padding before the first */
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t words;                        /* pairs of columns of a line of the padded input */
  const int32_t *weights;               /* (outputs, 3): bytes w0, w1, w1, w2 of each line of the kernel */
  const int32_t *constants;             /* (outputs, 3): multiplier, divider (or start: relu_dsp.h), 2 * bias */
} ek_depthwise_conv_2d_dsp_t;

/* y may be x where the stride is 1 and both have the same shape.
 * scratch: 64 * words bytes of columns, 160 * depth_multiplier of weights; aligned to 4. */
void ek_depthwise_conv_2d_dsp(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* The same where no output is below its zero point. */
void ek_depthwise_conv_2d_relu_dsp(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
