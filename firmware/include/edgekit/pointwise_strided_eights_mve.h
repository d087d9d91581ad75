/* 1x1 convolution, int8, NHWC, 8 input channels of every second pixel, 8 output channels: Helium, 128 pixels at a time. */
#ifndef EDGEKIT_POINTWISE_STRIDED_EIGHTS_MVE_H
#define EDGEKIT_POINTWISE_STRIDED_EIGHTS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *runs;             /* where 8 pixels of a row begin, 16 such places for each group */
  int32_t out_zero;
  int32_t size;                    /* bytes of the outputs */
  const int32_t *stream;           /* -128 and 1, where these go beside pixels; 8 filters of 8 weights, 2 that make the bias with
                                      those, 6 zeros; of the last two channels, then of the two before, ...: places of 8
                                      pixels' outputs, multipliers, second multipliers, places of the next 8 */
} ek_pointwise_strided_eights_mve_t;

/* `scratch`: vectors and sums of a group, 6144 bytes. */
void ek_pointwise_strided_eights_mve(const ek_pointwise_strided_eights_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
