/* 2-D convolution of one picture of one channel of 13x13 pixels into one, 3x3 taps, stride 2, padded with the lowest input, int8,
 * two sums in a register, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_THIRTEEN_PAIRS_DSP_H
#define EDGEKIT_CONV_2D_THIRTEEN_PAIRS_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of the last, the middle and the first row of weights each: tap 1; tap 2 + 65536 * tap 0. Where sums of a first row begin: in
   * column 6; two others; in column 6 where no row follows the middle one. Where sums of the other rows begin: two; in column 6 of
   * the first line. Twice the multiplier less 2^32; the divider, whose lower half is the output's zero point and 128; the bias less
   * where both other sums begin. */
  int32_t words[14];
} ek_conv_2d_thirteen_pairs_dsp_t;

/* x and y lie in whole words. Stack: 244 bytes. */
void ek_conv_2d_thirteen_pairs_dsp(const ek_conv_2d_thirteen_pairs_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
