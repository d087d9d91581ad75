/* 1x1 convolution, int8, NHWC, 8 input channels of every second pixel, so many runs of outputs, into 8 or 10 channels: Helium. */
#ifndef EDGEKIT_POINTWISE_STRIDED_ONCE_MVE_H
#define EDGEKIT_POINTWISE_STRIDED_ONCE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  int32_t beside[2];     /* -128 and 1 four times */
  const int32_t *stream; /* filters of channels 0 to 3, 2 weights that make the bias with -128 and 1, 6 zeros, 8 weights; -128
                            and 1 eight times; the places of 24 of these beside pixels; filters of 4 to 7; of channels 4 to 7,
                            then of 0 to 3: places of four pixels' outputs, multipliers, second multipliers, places of the
                            next four pixels. Of 10 channels also filters of the last two, after the others; first of
                            these two: places of 8 pixels' outputs, from the last one on, multipliers, second ones */
  int32_t out_zero;
  int32_t at[24]; /* Bytes from the input to each run, the last two first, or by one the last first; of nine to their ends. By
                     fours; then from the first output to where r0 r1 r2 r4 r6 r7 r8 r10 are, 64 bytes each: r7 r0
                     r2 r4 r6 r8 r1 r10. Of 10 channels the first run first; r1 has the first pixel's outputs, others
                     those of 8 pixels. */
} ek_pointwise_strided_once_mve_t;

/* <runs>x<outputs of one>, and channels. `scratch`: addresses, 4 bytes for each output, 16 for each pixel. */
#define EK_POINTWISE_STRIDED_ONCE_MVE(name)                                                       \
  void ek_pointwise_strided_once_mve_##name(const ek_pointwise_strided_once_mve_t *p, const int8_t *x, int8_t *y, \
                                            uint8_t *scratch);
EK_POINTWISE_STRIDED_ONCE_MVE(16x4)
EK_POINTWISE_STRIDED_ONCE_MVE(12x3)
EK_POINTWISE_STRIDED_ONCE_MVE(4x9)
EK_POINTWISE_STRIDED_ONCE_MVE(7x7)
EK_POINTWISE_STRIDED_ONCE_MVE(7x7_10)

#ifdef __cplusplus
}
#endif
#endif
