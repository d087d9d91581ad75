/* Depthwise 2-D convolution of any window, stride, dilation and depth multiplier, int8, NHWC, with the DSP instructions: a
 * stream of taps, weights and jumps for each kind of window. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_STREAM_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_STREAM_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first three in the order in which the assembly reads them. */
typedef struct {
  int32_t step; /* bytes from window to window */
  /* Three words for each run of neighbouring windows with one stream, line by line: bytes to the stream; bytes to its first
   * window from where the run before would go on; bytes of its outputs. The last run's stream is the end. */
  const int32_t *runs;
  /* Of each kind of window and its groups of channels: a jump, four starts of sums, what the code there takes. */
  const int32_t *streams;
  int32_t batches, in_size, out_size; /* bytes of an image */
  int32_t low, high;                  /* clamp of the fused activation */
} ek_depthwise_conv_2d_stream_dsp_t;

/* One image, not clamped; the other takes any. */
void ek_depthwise_conv_2d_stream_plain_dsp(const ek_depthwise_conv_2d_stream_dsp_t *p, const int8_t *x, int8_t *y);
void ek_depthwise_conv_2d_stream_dsp(const ek_depthwise_conv_2d_stream_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
