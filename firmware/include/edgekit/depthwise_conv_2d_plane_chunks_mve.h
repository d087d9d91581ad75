/* 2-D depthwise convolution of windows of up to 64 taps, int8, NHWC: Helium, one channel's plane at a time. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_PLANE_CHUNKS_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_PLANE_CHUNKS_MVE_H

#include "edgekit/depthwise_conv_2d_plane_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A group is one output, whose window 1 to 4 gathers read: chunks of as many rows, `chunk` bytes from one to the next, the last
 * perhaps with taps of zero. kind: twice the number of chunks beyond the first, 1 more where clamped. */
typedef ek_depthwise_conv_2d_plane_mve_t ek_depthwise_conv_2d_plane_chunks_mve_t;

/* As ek_depthwise_conv_2d_plane_mve; scratch also has what the last chunks read beyond the plane. */
void ek_depthwise_conv_2d_plane_chunks_mve(const ek_depthwise_conv_2d_plane_chunks_mve_t *p, const int8_t *x, int8_t *y,
                                           uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
