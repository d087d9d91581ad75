/* Fully connected, int8, few outputs in all: Helium, one function a shape, biases among the parameters. */
#ifndef EDGEKIT_FULLY_CONNECTED_FEW_MVE_H
#define EDGEKIT_FULLY_CONNECTED_FEW_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a function's LDM loads, in the order of the registers: biases, the output's zero point, multipliers. Assembly knows
 * the places. */
typedef struct {
  int32_t first[2];
  const int32_t *stream; /* weights (16 bytes by 16), multipliers, second multipliers, places of outputs, in the order of use */
  int32_t more[9];
} ek_fully_connected_few_mve_t;

#define EK_FULLY_CONNECTED_FEW_MVE(name) \
  void ek_fully_connected_few_mve_##name(const ek_fully_connected_few_mve_t *p, const int8_t *x, int8_t *y)

/* four_<inputs>x<units>: four samples; 1 for up to 16 inputs of two to four. */
EK_FULLY_CONNECTED_FEW_MVE(four_1x1);
EK_FULLY_CONNECTED_FEW_MVE(four_1x2);
EK_FULLY_CONNECTED_FEW_MVE(four_16x1);
EK_FULLY_CONNECTED_FEW_MVE(four_16x2);
EK_FULLY_CONNECTED_FEW_MVE(four_16x3);
EK_FULLY_CONNECTED_FEW_MVE(four_20x1);
EK_FULLY_CONNECTED_FEW_MVE(four_24x1);
EK_FULLY_CONNECTED_FEW_MVE(four_28x1);
EK_FULLY_CONNECTED_FEW_MVE(four_30x1);
EK_FULLY_CONNECTED_FEW_MVE(four_32x1);
EK_FULLY_CONNECTED_FEW_MVE(four_20x2);
EK_FULLY_CONNECTED_FEW_MVE(four_24x2);
EK_FULLY_CONNECTED_FEW_MVE(four_28x2);
EK_FULLY_CONNECTED_FEW_MVE(four_30x2);
EK_FULLY_CONNECTED_FEW_MVE(four_32x2);
EK_FULLY_CONNECTED_FEW_MVE(four_33x1);
EK_FULLY_CONNECTED_FEW_MVE(four_33x2);

/* one_<inputs>x<units>: one sample; 1 for up to 15 inputs (of 7, which is 5 to 7, 8 and 16 units up to 16), 2 for 17 to 32. */
EK_FULLY_CONNECTED_FEW_MVE(one_1x1);
EK_FULLY_CONNECTED_FEW_MVE(one_1x2);
EK_FULLY_CONNECTED_FEW_MVE(one_1x3);
EK_FULLY_CONNECTED_FEW_MVE(one_1x4);
EK_FULLY_CONNECTED_FEW_MVE(one_1x7);
EK_FULLY_CONNECTED_FEW_MVE(one_1x8);
EK_FULLY_CONNECTED_FEW_MVE(one_1x16);
EK_FULLY_CONNECTED_FEW_MVE(one_16x16);
EK_FULLY_CONNECTED_FEW_MVE(one_16x1);
EK_FULLY_CONNECTED_FEW_MVE(one_16x2);
EK_FULLY_CONNECTED_FEW_MVE(one_16x3);
EK_FULLY_CONNECTED_FEW_MVE(one_16x4);
EK_FULLY_CONNECTED_FEW_MVE(one_2x1);
EK_FULLY_CONNECTED_FEW_MVE(one_2x2);
EK_FULLY_CONNECTED_FEW_MVE(one_2x3);
EK_FULLY_CONNECTED_FEW_MVE(one_2x4);
EK_FULLY_CONNECTED_FEW_MVE(one_33x1);
EK_FULLY_CONNECTED_FEW_MVE(one_33x2);
EK_FULLY_CONNECTED_FEW_MVE(one_33x3);
EK_FULLY_CONNECTED_FEW_MVE(one_33x4);
EK_FULLY_CONNECTED_FEW_MVE(one_64x2);

/* One sample of so many inputs, or up to 12 fewer, a multiple of 4. */
EK_FULLY_CONNECTED_FEW_MVE(one_80x1);
EK_FULLY_CONNECTED_FEW_MVE(one_96x1);
EK_FULLY_CONNECTED_FEW_MVE(one_112x1);
EK_FULLY_CONNECTED_FEW_MVE(one_128x1);
EK_FULLY_CONNECTED_FEW_MVE(one_80x2);
EK_FULLY_CONNECTED_FEW_MVE(one_96x2);
EK_FULLY_CONNECTED_FEW_MVE(one_112x2);
EK_FULLY_CONNECTED_FEW_MVE(one_128x2);

#undef EK_FULLY_CONNECTED_FEW_MVE

#ifdef __cplusplus
}
#endif
#endif
