/* Fully connected, int8, 64 inputs and more, a multiple of 4: Helium, sums of 1, 2, 3, 4 or 8 units at a time. */
#ifndef EDGEKIT_FULLY_CONNECTED_MVE_H
#define EDGEKIT_FULLY_CONNECTED_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *stream; /* block by block of units: its size (only where more than 4 units are; 0 at the end), biases, weights
                            in the order of use, constants: of one unit the multiplier and twice the second one; of 2 to 4
                            units multipliers and second multipliers of 4, of 8 of 8, even units before odd ones */
  int32_t chunks;        /* of 64 inputs, at least 1 */
  int32_t bytes;         /* of the stream */
  int32_t rest;          /* vectors of 16 after the chunks, 0 to 4 */
  int32_t out_zero;
  int32_t batches;
  int32_t back;          /* from the end of the rest's other vectors to its last one, which ends where the sample does: -15 to 0 */
  int32_t in_c;
} ek_fully_connected_mve_t;

/* 1, 2, 3 or 4 units. */
void ek_fully_connected_mve_1(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_mve_2(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_mve_3(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_mve_4(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);

/* Four samples into one unit, one chunk and a rest of 1, 2, 3 or 4; the bias, multiplier and second multiplier four times. */
void ek_fully_connected_mve_four_1(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_mve_four_2(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_mve_four_3(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_mve_four_4(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);

/* Any number of units. */
void ek_fully_connected_mve_blocks(const ek_fully_connected_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
