/* 2-D convolution, int8, NHWC, 3x3 windows into few channels, rows of one or two spans: the Helium form that copies nothing. */
#ifndef EDGEKIT_CONV_2D_SPANS_MVE_H
#define EDGEKIT_CONV_2D_SPANS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stream of every channel: of the first row of outputs, of one between and of the last one what follows, and constants.
 *
 *   of rows of one span: the sums' begins, in the first also how many rows lie between; of each row of windows the weights
 *   of rows of two: first of all how many rows lie between; span by span the same
 *   constants: outputs beyond eights, multiplier, 2^(31-e)+1, zero point, 8 times the channels, eights; of several channels
 *   also 8 halfwords: where eight outputs lie */
typedef struct {
  const int32_t *stream;
  int32_t channels, batches, in_size, out_step; /* out_step: from the last channel's first output to the next picture's */
} ek_conv_2d_spans_mve_t;

/* Input channels and step.
 *
 * scratch: 4 bytes for each output of a channel, and what is read beyond up to a multiple of 8. */
void ek_conv_2d_spans_mve_4_by_2(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_spans_mve_5_by_2(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_spans_mve_8_by_2(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_spans_mve_16_by_2(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_spans_mve_24_by_2(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_spans_mve_4_by_1(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_spans_mve_5_by_1(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_spans_mve_8_by_1(const ek_conv_2d_spans_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
