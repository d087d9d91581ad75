/* Convolution along one axis, windows of 5 inputs of one channel, outputs stored by words, int8, NHWC, DSP instructions. */
#ifndef EDGEKIT_CONV_1D_FIVE_DSP_H
#define EDGEKIT_CONV_1D_FIVE_DSP_H

#include "edgekit/conv_1d_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The stream is that of ek_pointwise_packed_dsp_t; skip, last and bytes are not read. */
typedef ek_conv_1d_dsp_t ek_conv_1d_five_dsp_t;

/* Steps of 1 and 2; y lies in whole words. */
#define EK_CONV_1D_FIVE(CHANNELS)                                                                                               \
  void ek_conv_1d_five_to_##CHANNELS##_dsp(const ek_conv_1d_five_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);       \
  void ek_conv_1d_five_to_##CHANNELS##_by_2_dsp(const ek_conv_1d_five_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
EK_CONV_1D_FIVE(4)
EK_CONV_1D_FIVE(8)
EK_CONV_1D_FIVE(16)
EK_CONV_1D_FIVE(32)
EK_CONV_1D_FIVE(64)
#undef EK_CONV_1D_FIVE

#ifdef __cplusplus
}
#endif
#endif
