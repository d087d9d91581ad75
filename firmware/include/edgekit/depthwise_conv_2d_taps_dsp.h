/* Depthwise 2-D convolution of any window, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_TAPS_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_TAPS_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w; /* in_c at least 4 */
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t pairs;                        /* of taps: an odd number of them has one with weights of 0 */
  const int32_t *groups; /* of four channels, the last four at the end: 2 * bias (4), weights (pairs, 4 channels) of two
                            halfwords, doubled, multiplier and divider of each channel */
} ek_depthwise_conv_2d_taps_dsp_t;

/* scratch: 16 * pairs bytes of pointers' places, in_c of zero points, rounded up to 4; aligned to 4. */
void ek_depthwise_conv_2d_taps_dsp(const ek_depthwise_conv_2d_taps_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
