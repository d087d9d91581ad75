/* Fully connected layer of int16 activations with int8 weights; zero points are 0. */
#ifndef EDGEKIT_FULLY_CONNECTED_S16_H
#define EDGEKIT_FULLY_CONNECTED_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_c, out_c, per_channel; /* per_channel 0: one multiplier and shift for all */
  int32_t low, high;                         /* clamp of the fused activation */
  const int8_t *weights;                     /* (out_c, in_c) */
  const int64_t *bias;                       /* (out_c) */
  const int16_t *multiplier;                 /* 15 bits */
  const int8_t *shift;                       /* to the right */
} ek_fully_connected_s16_t;

void ek_fully_connected_s16(const ek_fully_connected_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
