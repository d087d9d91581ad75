/* 2-D convolution of 3x3 taps, stride 1, int8, NHWC, by Winograd's F(2x2, 3x3) in integers, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_WINOGRAD_DSP_H
#define EDGEKIT_CONV_2D_WINOGRAD_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c; /* in_c a multiple of 4 up to 64, out_c even */
  int32_t pad_top, pad_left, in_zero, out_zero, low, high;
  const int16_t *weights;   /* (out_c / 2, 4, 4, in_c / 4, 2, 4): transformed, four times; columns 1, 2, 0, -3; channels 0, 2, 1, 3 */
  const int32_t *constants; /* (out_c, 3): 2 * bias, multiplier, divider */
} ek_conv_2d_winograd_dsp_t;

/* scratch: 64 * in_c + 80 bytes of transformed input, 24 * in_c of input, 8 * out_c of output; aligned to 4. */
void ek_conv_2d_winograd_dsp(const ek_conv_2d_winograd_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
