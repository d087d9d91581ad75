/* Depthwise 2-D convolution of more than 3x3 and at most 5x5 taps, stride 1 or 2, int8, NHWC, four channels at a time, with the DSP
 * instructions. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_PLANES_FIVE_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_PLANES_FIVE_DSP_H

#include "edgekit/depthwise_conv_2d_planes_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* As for 3x3 taps but for `constants`: of each channel the weights of 5x5 taps, zeros where a window has less, as the heads of
 * depthwise_blocks_large_dsp.h and depthwise_blocks_large_two_dsp.h say; multiplier, divider (or start: relu_dsp.h), 2 * bias. */
typedef ek_depthwise_conv_2d_planes_dsp_t ek_depthwise_conv_2d_planes_five_dsp_t;

/* channels: a multiple of four. y may be x where both have the same shape and `band` is all strips.
 * scratch: 16 * (band + 2) bytes, of an odd number of lines 16 * (band + 3), for each column of the padded input that a line of
 * outputs reads; aligned to 4. */
void ek_depthwise_conv_2d_planes_five_dsp(const ek_depthwise_conv_2d_planes_five_dsp_t *p, const int8_t *x, int8_t *y,
                                          uint8_t *scratch);
/* The same where no output is below its zero point. */
void ek_depthwise_conv_2d_planes_five_relu_dsp(const ek_depthwise_conv_2d_planes_five_dsp_t *p, const int8_t *x, int8_t *y,
                                               uint8_t *scratch);

/* With stride 2, `band` in lines. scratch: 16 * (band + 2) bytes for each such column. */
void ek_depthwise_conv_2d_planes_five_two_dsp(const ek_depthwise_conv_2d_planes_five_dsp_t *p, const int8_t *x, int8_t *y,
                                              uint8_t *scratch);
void ek_depthwise_conv_2d_planes_five_two_relu_dsp(const ek_depthwise_conv_2d_planes_five_dsp_t *p, const int8_t *x, int8_t *y,
                                                   uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
