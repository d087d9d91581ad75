/* 2-D depthwise convolution of windows of few taps, int8, NHWC: Helium, one channel's plane at a time. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_PLANE_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_PLANE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads the members in this order. A row of the plane is `full` vectors of 16 pixels and one of `rest` pixels,
 * which zero points follow. A group is 2 or 4 outputs whose windows one gather of 16 bytes reads. */
typedef struct {
  const uint16_t *windows;  /* (vectors, 4): where groups' windows begin, bytes of scratch */
  int32_t vectors, iterations;
  int32_t kind;             /* 0 groups of 2, 1 also clamped, 2 groups of 4, 3 also clamped */
  const uint16_t *places;   /* (iterations, 8): where outputs go, bytes from the band's first of a channel */
  int32_t out_zero;
  int32_t lanes;            /* predicate of `rest` pixels */
  uint8_t taps[16];         /* from a window's begin; up to 255 */
  int32_t full, pitch, depth_multiplier; /* pitch: of rows of the input, bytes */
  int32_t channels;
  const int8_t *filters;    /* an output channel: words bias, multiplier, 2^(31-e)+1, then the taps of each of the group */
  const int32_t *bands;     /* (samples and bands, 7): whether there are more; to behind the channels of the first pixel in the
                               image, bytes; vectors of zero points above; rows; zero points below begin after so many bytes,
                               and their vectors; to the outputs, bytes */
  int32_t rest, step;       /* step: 16 pixels of the input, bytes */
  int16_t limits[16];       /* low, high: 8 of each */
  uint8_t columns[32];      /* of 16 pixels in a row of the input, those from `rest` on the last one's; then of any 16 */
  int8_t zeros[16];         /* zero points of the input */
} ek_depthwise_conv_2d_plane_mve_t;

/* scratch: 16 * vectors, and the plane. y may be x where there is one band, one filter a channel and the shapes are equal. */
void ek_depthwise_conv_2d_plane_mve(const ek_depthwise_conv_2d_plane_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
