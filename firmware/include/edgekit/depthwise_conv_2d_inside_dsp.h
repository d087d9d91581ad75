/* Depthwise 2-D convolution of at most 3x3 taps, any stride and dilation, int8, NHWC, with the DSP instructions: only the
 * taps inside the input. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_INSIDE_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_INSIDE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A run is four words: the number of neighbouring windows that have the same taps inside the input; where the first of
 * these taps is, in bytes from the image; how many they are, 1 to 3; the kernel's tap that is the first of them. */
typedef struct {
  int32_t batches, channels, in_size;   /* channels: a multiple of 4; in_size: bytes of an image */
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t tap_row, tap_column;          /* bytes from tap to tap */
  int32_t stride_row, stride_column;    /* bytes from window to window */
  int32_t row_count, column_count;      /* runs down and across */
  const int32_t *rows, *columns;        /* the runs */
  const int32_t *weights;               /* (channels / 4, 3, 3, 2): halfwords of channels 0 and 2, 1 and 3, times their factors */
  const int32_t *constants;             /* (channels / 4, 12): starts of the sums, multiplier and divider of each channel */
} ek_depthwise_conv_2d_inside_dsp_t;

void ek_depthwise_conv_2d_inside_dsp(const ek_depthwise_conv_2d_inside_dsp_t *p, const int8_t *x, int8_t *y);
/* The same where no output is below its zero point: starts of relu_dsp.h instead of dividers. */
void ek_depthwise_conv_2d_inside_relu_dsp(const ek_depthwise_conv_2d_inside_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
