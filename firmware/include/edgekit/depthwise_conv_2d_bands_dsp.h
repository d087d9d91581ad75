/* Depthwise 2-D convolution of any window, not dilated across, int8, NHWC, with the DSP instructions: one stream for all windows
 * of a band, which is copied with its padding. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_BANDS_DSP_H
#define EDGEKIT_DEPTHWISE_CONV_2D_BANDS_DSP_H

#include "edgekit/conv_2d_bands_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `copied` is 1. stream: the runs of all lines of a band as in depthwise_conv_2d_stream_dsp.h, `groups` words; then the stream. */
typedef ek_conv_2d_bands_t ek_depthwise_conv_2d_bands_dsp_t;

/* scratch, aligned to 4: a band's rows of `pitch` bytes, and 4 bytes. */
void ek_depthwise_conv_2d_bands_dsp(const ek_depthwise_conv_2d_bands_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
