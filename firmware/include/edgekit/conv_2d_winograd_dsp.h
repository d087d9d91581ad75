/* 3x3 convolution of stride 1, int8, NHWC, by Winograd's algorithm with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_WINOGRAD_DSP_H
#define EDGEKIT_CONV_2D_WINOGRAD_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c; /* in_c is a multiple of 16, out_c of 2 */
  int32_t pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  /* (out_c / 2, 16 * in_c + 6): of 16 positions and each 4 inputs, as 0, 2, 1, 3, the halfwords of both channels; then twice
   * the biases, multiplier and divider of the first, multiplier and divider of the second. */
  const int32_t *stream;
} ek_conv_2d_winograd_dsp_t;

/* scratch, aligned to 4: 65 * in_c bytes and out_c. */
void ek_conv_2d_winograd_dsp(const ek_conv_2d_winograd_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
