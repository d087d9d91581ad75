/* 2-D convolution of one input channel, 3x3 taps, not dilated, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_PLANE_DSP_H
#define EDGEKIT_CONV_2D_PLANE_DSP_H

#include "edgekit/conv_2d_bands_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `copied` is 1, `groups` 0; one column more than all windows have is in `pitch`.
 * stream: of each channel 9 words: the bias; with weights as halfwords (0,0) (0,2), (1,0) (1,2), (2,0) (2,2), (0,1) (1,1), (1,1)
 * (2,1), all twice as large; multiplier, divider, the output's zero point. */
typedef ek_conv_2d_bands_t ek_conv_2d_plane_dsp_t;

/* scratch, aligned to 4: a band's rows of `pitch` bytes, and 4 bytes. */
void ek_conv_2d_plane_dsp(const ek_conv_2d_plane_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
