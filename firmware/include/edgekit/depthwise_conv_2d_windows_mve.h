/* 2-D depthwise convolution of small pictures, up to 16 taps, int8, NHWC: Helium, windows gathered from a padded copy. */
#ifndef EDGEKIT_DEPTHWISE_CONV_2D_WINDOWS_MVE_H
#define EDGEKIT_DEPTHWISE_CONV_2D_WINDOWS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const uint8_t *offsets;      /* (columns, 16): taps of an output, from the first window of its row in scratch */
  int32_t columns, rows;       /* outputs; or all of them and one row, where scratch is no larger than offsets reach */
  int32_t row_step;            /* bytes of scratch between rows of outputs */
  const int32_t *blocks;       /* by 4 outputs: words bias[4], multiplier[4], 2^(31-e)+1 [4], places in scratch of
                                  three channels, in y of the outputs, in scratch of the fourth channel; weights (4, 16 taps) */
  int32_t groups, group_blocks; /* input channels that are copied at a time, and blocks of them */
  int32_t copied, line;        /* rows that are copied, values of one: bytes, or words where `step` is not 0 */
  int32_t x_pitch, pitch;      /* bytes from row to row, of the input and of scratch */
  int32_t step;                /* bytes of 4 pixels, where 4 channels are a group */
  int32_t first;               /* where scratch has the first pixel */
  int32_t filled, fill;        /* where zero points begin, 32 bytes of them at a time */
  int32_t out_c, out_zero;
  int32_t in_zero, batches;
  int32_t next_x, next_y;      /* bytes from after the last group to the next sample; of a sample's outputs */
  int32_t clamped, low, high;  /* bytes of all outputs, 0 without a clamp */
} ek_depthwise_conv_2d_windows_mve_t;

/* scratch: the padded copy of a group. x is aligned to words where `step` is not 0. */
void ek_depthwise_conv_2d_windows_mve(const ek_depthwise_conv_2d_windows_mve_t *p, const int8_t *x, int8_t *y,
                                      uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
