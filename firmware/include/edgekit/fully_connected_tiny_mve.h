/* Fully connected, int8, up to 16 inputs: Helium. */
#ifndef EDGEKIT_FULLY_CONNECTED_TINY_MVE_H
#define EDGEKIT_FULLY_CONNECTED_TINY_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *stream; /* one_*: places of the inputs; by blocks biases, weights (16 bytes a unit), multipliers, second
                            multipliers. eights_1, four*: places of the inputs of four samples. eights_1: weights, second
                            multiplier four times, bias eight times, multiplier. four*: by blocks of four units, or two at
                            the end, weights, biases, multipliers, second multipliers, places of outputs. */
  int32_t blocks;        /* one_from_*: after the first one; four*: whole ones of a group of samples */
  int32_t step;          /* one_from_*: from the first block's outputs to the next; eights_1: to the fifth sample;
                            four*: groups */
  int32_t out_zero;
  int32_t x_step, y_step; /* of a group of samples */
} ek_fully_connected_tiny_mve_t;

#define EK_FULLY_CONNECTED_TINY_MVE(name) \
  void ek_fully_connected_tiny_mve_##name(const ek_fully_connected_tiny_mve_t *p, const int8_t *x, int8_t *y)

/* One sample, a first block of 8 or 4 units and others of 8. */
EK_FULLY_CONNECTED_TINY_MVE(one_from_8);
EK_FULLY_CONNECTED_TINY_MVE(one_from_4);
/* Eight samples at a time into one unit. */
EK_FULLY_CONNECTED_TINY_MVE(eights_1);
/* Up to four samples into up to four units; any units, groups of four samples; one or two units more than whole blocks. */
EK_FULLY_CONNECTED_TINY_MVE(four_4);
EK_FULLY_CONNECTED_TINY_MVE(fours);
EK_FULLY_CONNECTED_TINY_MVE(fours_and_2);

#undef EK_FULLY_CONNECTED_TINY_MVE

#ifdef __cplusplus
}
#endif
#endif
