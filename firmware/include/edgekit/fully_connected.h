/* Fully connected, int8. */
#ifndef EDGEKIT_FULLY_CONNECTED_H
#define EDGEKIT_FULLY_CONNECTED_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_c, out_c;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t per_channel;                  /* 1: one multiplier a channel, 0: one for all */
  const int8_t *weights;                /* (out_c, in_c) */
  const int32_t *bias;                  /* (out_c) */
  const int32_t *multiplier;            /* Q31 */
  const int8_t *shift;
} ek_fully_connected_t;

void ek_fully_connected(const ek_fully_connected_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
