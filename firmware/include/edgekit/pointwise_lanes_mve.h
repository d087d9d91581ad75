/* 1x1 convolution, int8, NHWC, 1 to 8 input channels, few output channels, any stride: Helium, pixels in lanes. */
#ifndef EDGEKIT_POINTWISE_LANES_MVE_H
#define EDGEKIT_POINTWISE_LANES_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  int32_t channels; /* of the output */
  int32_t blocks;   /* of 8 pixels of a run */
  /* Of each block 8 halfwords of the input, its even pixels before its odd ones, and 8 of the output, in bytes from where a
   * run begins in either. */
  const uint16_t *places;
  const int32_t *starts; /* of every run: bytes from the first of the input, of the output */
  int32_t runs;
  const int32_t *stream; /* of every output channel: first weight, second multiplier, the other weights, multiplier, bias */
  int32_t out_zero;
  int32_t low, high; /* clamp of the fused activation */
} ek_pointwise_lanes_mve_t;

/* <inputs>, where saturation is the clamp or not; outputs before their clamp fit 16 bits. */
#define EK_POINTWISE_LANES(inputs)                                                                                 \
  void ek_pointwise_lanes_mve_##inputs(const ek_pointwise_lanes_mve_t *p, const int8_t *x, int8_t *y);             \
  void ek_pointwise_lanes_mve_##inputs##_clamped(const ek_pointwise_lanes_mve_t *p, const int8_t *x, int8_t *y);
EK_POINTWISE_LANES(1)
EK_POINTWISE_LANES(2)
EK_POINTWISE_LANES(3)
EK_POINTWISE_LANES(4)
EK_POINTWISE_LANES(5)
EK_POINTWISE_LANES(6)
EK_POINTWISE_LANES(7)
EK_POINTWISE_LANES(8)

#ifdef __cplusplus
}
#endif
#endif
