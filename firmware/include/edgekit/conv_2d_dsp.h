/* 2-D convolution, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_DSP_H
#define EDGEKIT_CONV_2D_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t blocks, pairs;                /* of 8 taps; of 2 channels: padded with zeros */
  /* (pairs, 4 * blocks + 6): 8 * blocks halfwords 256 * second + first channel, each 4 as 0, 2, 1, 3; then twice the biases,
   * multiplier and divider of the first, multiplier and divider of the second. Of the taps of a kernel row in_c * kernel_w / 4
   * * 4 come first, those that are left of all rows at the end. */
  const int32_t *stream;
  const int8_t *fixed;    /* (out_c,): values of the channels that are constants; null where `stream` has all channels */
  const int16_t *places; /* (2 * pairs,): channels of `stream`; `out_c` and more for padding */
} ek_conv_2d_dsp_t;

/* scratch, aligned to 4: 32 * blocks bytes of columns, 3 rows of taps and 2 * kernel_h times what is left of a row, each rounded
 * up to 4, 4 * pairs of outputs. */
void ek_conv_2d_dsp(const ek_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* The same where no output is below its zero point: starts of relu_dsp.h instead of dividers. */
void ek_conv_2d_relu_dsp(const ek_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
