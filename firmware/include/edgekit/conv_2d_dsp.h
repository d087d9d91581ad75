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
  int32_t blocks, pairs;                /* of 8 taps; of 2 channels: the weights are padded with zeros */
  const int16_t *weights;               /* (pairs, 8 * blocks): 256 * second + first channel, each 4 as 0, 2, 1, 3 */
  const int32_t *channels;              /* (pairs, 6): bias, 2 * second's bias, multiplier, divider, second's both */
} ek_conv_2d_dsp_t;

/* scratch: 32 * blocks bytes of columns, 8 * blocks of taps, 4 * pairs of outputs; aligned to 4. */
void ek_conv_2d_dsp(const ek_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
