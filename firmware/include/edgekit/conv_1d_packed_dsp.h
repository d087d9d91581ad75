/* Convolution along one axis, windows of 3 or 4 inputs, outputs stored by eights or fours, int8, NHWC, DSP instructions. */
#ifndef EDGEKIT_CONV_1D_PACKED_DSP_H
#define EDGEKIT_CONV_1D_PACKED_DSP_H

#include "edgekit/conv_1d_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The stream is that of ek_pointwise_packed_four_dsp_t; skip, last and bytes are not read. */
typedef ek_conv_1d_dsp_t ek_conv_1d_packed_dsp_t;

#define EK_CONV_1D_PACKED(CHANNELS)                                                                              \
  void ek_conv_1d_packed_to_##CHANNELS##_dsp(                                                                    \
      const ek_conv_1d_packed_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
EK_CONV_1D_PACKED(4)
EK_CONV_1D_PACKED(8)
EK_CONV_1D_PACKED(12)
EK_CONV_1D_PACKED(16)
EK_CONV_1D_PACKED(24)
EK_CONV_1D_PACKED(32)
EK_CONV_1D_PACKED(64)

#ifdef __cplusplus
}
#endif
#endif
