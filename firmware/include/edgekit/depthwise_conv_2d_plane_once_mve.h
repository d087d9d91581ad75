/* 2-D depthwise convolution of windows of few taps, int8, NHWC: Helium, one channel's plane at a time, by one multiplication an
 * output. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_PLANE_ONCE_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_PLANE_ONCE_MVE_H

#include "edgekit/depthwise_conv_2d_plane_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filters have a slope as multiplier and the zero point in the bias (forms/mve/_once.py); `kind` is 0 or 2. */
typedef ek_depthwise_conv_2d_plane_mve_t ek_depthwise_conv_2d_plane_once_mve_t;

/* As `ek_depthwise_conv_2d_plane_mve`. */
void ek_depthwise_conv_2d_plane_once_mve(const ek_depthwise_conv_2d_plane_once_mve_t *p, const int8_t *x, int8_t *y,
                                         uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
