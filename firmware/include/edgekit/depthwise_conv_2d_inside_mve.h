/* 2-D depthwise convolution of very small pictures, any window, int8, NHWC: Helium, only the taps inside. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_INSIDE_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_INSIDE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_size, out_zero; /* in_size: bytes of a sample */
  /* Of each 8 outputs, in words: pairs of taps; bias of the even ones, of the odd ones; of each pair twice (8 halfwords: bytes
   * from the sample's first input; 8 weights); multiplier and 2^(31-e)+1 of the even ones, both of the odd ones. */
  const int32_t *units;
  int32_t unit_count;                 /* of a sample */
  int32_t low, high;                  /* clamp of the fused activation */
} ek_depthwise_conv_2d_inside_mve_t;

/* Sums of two products fit 16 bits, outputs before saturation too. Not clamped; clamped. */
void ek_depthwise_conv_2d_inside_mve(const ek_depthwise_conv_2d_inside_mve_t *p, const int8_t *x, int8_t *y);
void ek_depthwise_conv_2d_inside_mve_clamped(const ek_depthwise_conv_2d_inside_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
