/* 2-D depthwise convolution of windows of up to 64 taps, int8, NHWC: Helium, one channel's plane at a time. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_PLANE_CHUNKS_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_PLANE_CHUNKS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads the members in this order. A row of the picture comes to the plane by units of 8 pixels, the last of which
 * ends with the row; one of less than 8 pixels is one unit. */
typedef struct {
  const uint16_t *windows;  /* (vectors, 4): where their first gathers begin, in the order of use, bytes of the plane */
  int32_t vectors;
  const uint16_t *places;   /* (iterations, 8): where outputs go, bytes from the band's first of a channel */
  int32_t out_zero;
  const int8_t *filters;    /* an output channel: words bias, multiplier, 2^(31-e)+1, then the taps, vector by vector; by one
                               multiplication a slope as multiplier, the zero point in the bias (forms/mve/_once.py) */
  int32_t iterations;
  int32_t kind;             /* 0 two multiplications an output, 1 clamped, 2 one multiplication */
  const int32_t *bands;     /* (samples and bands, 6): whether there are more; the first pixel in the image, bytes; its first
                               units, bytes of these, and pairs of them; that pixel in the plane; outputs, bytes */
  int32_t channels, depth_multiplier;
  int32_t filled, in_zero;  /* vectors of the plane, and what they are but for the picture */
  int32_t narrow;           /* predicate of a row's pixels where they are less than 8, else 0 */
  const uint16_t *units;    /* where each begins, in pixels of x and of the plane, from those of the band; the first one twice:
                               where they are odd they begin with both */
  int32_t next;             /* from where a gather begins to where the next one does that has the same taps, bytes */
  uint16_t pixels[8];       /* of a unit in x, bytes */
  uint8_t taps[32];         /* two gathers, bytes from where they begin */
  int16_t limits[16];       /* low, high: 8 of each */
} ek_depthwise_conv_2d_plane_chunks_mve_t;

/* Windows of one output each, by one to four gathers, and of two by two gathers.
 * scratch: 16 * vectors (three, pairs: 32, four: 64), 16 * filled, and 8 for each unit of the most rows of a band and for one more.
 * y may be x where there is one band, one filter a channel and the shapes are equal. */
void ek_depthwise_conv_2d_plane_chunks_one_mve(const ek_depthwise_conv_2d_plane_chunks_mve_t *p, const int8_t *x,
                                               int8_t *y, uint8_t *scratch);
void ek_depthwise_conv_2d_plane_chunks_two_mve(const ek_depthwise_conv_2d_plane_chunks_mve_t *p, const int8_t *x,
                                               int8_t *y, uint8_t *scratch);
void ek_depthwise_conv_2d_plane_chunks_three_mve(const ek_depthwise_conv_2d_plane_chunks_mve_t *p, const int8_t *x,
                                                 int8_t *y, uint8_t *scratch);
void ek_depthwise_conv_2d_plane_chunks_four_mve(const ek_depthwise_conv_2d_plane_chunks_mve_t *p, const int8_t *x,
                                                int8_t *y, uint8_t *scratch);
void ek_depthwise_conv_2d_plane_chunks_pairs_mve(const ek_depthwise_conv_2d_plane_chunks_mve_t *p, const int8_t *x,
                                                 int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
