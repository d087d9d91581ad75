/* Fully connected, int8, a multiple of 64 inputs, from 128 on, into a multiple of 8 units: the Helium form of few cycles. */
#ifndef EDGEKIT_FULLY_CONNECTED_TURNS_MVE_H
#define EDGEKIT_FULLY_CONNECTED_TURNS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The assembly reads the members in this order. */
typedef struct {
  const int8_t *stream; /* by 8 units: weights, 64 inputs of a unit after another; behind each of the first six vectors of all
                           blocks but the first, and behind the last block, one of the constants of the block before: biases,
                           multipliers, 2^(31-e)+1, of even units and of odd ones */
  int32_t size;         /* bytes of the stream but for the last constants */
  int32_t chunks;       /* of 64 inputs, less one */
  int32_t samples, inputs;
  int32_t out_zero;
} ek_fully_connected_turns_mve_t;

/* No clamp but saturation; outputs fit 16 bits before it. Of 128 inputs, and of more. */
void ek_fully_connected_turns_mve_128(const ek_fully_connected_turns_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_turns_mve(const ek_fully_connected_turns_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
