/* 2-D convolution of 3x3 taps of 2 to 5 channels into few, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_PLANES_DSP_H
#define EDGEKIT_CONV_2D_PLANES_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Planes, whose words are pairs of channels of a row's pixels, begin with a word of padding. Steps are bytes: plane: from one
 * to the next; pitch: from row to row; start: to a row's first window; advance: from what is loaded of a plane to the next one;
 * back_4, back_3: from the last plane to the next outputs' first; span_4, span: of the inputs from a line's first output to
 * behind those by fours, to behind all. wide: of the stream for a channel.
 * stream: of each channel for each plane of each row its weights, halfwords: of pairs of channels three words, of the middle
 * one of three channels (second column, first), (third, 0); behind the first three words the bias; multiplier, divider. Weights
 * and bias are twice as large. */
typedef struct {
  int32_t fours, ones, in_zero, plane; /* of pixels of a row: by fours, left; in_zero: two halfwords */
  int32_t batches, in_size, in_h, in_row;
  int32_t out_h, out_w, out_c, stride_h, pad_top;
  int32_t pitch, start, advance, back_4, back_3, span_4, span, wide;
  int32_t lines; /* of the output, whose rows are expanded at a time */
  int32_t out_zero, low, high;
  const int32_t *stream;
} ek_conv_2d_planes_dsp_t;

/* Of 2, 3, 4 and 5 channels; outputs next to each other or, `_apart`, one apart. x is at a multiple of 4 where it has 4 channels.
 * scratch, aligned to 4: the rows that `lines` lines read, `pitch` bytes each, and 20 bytes. */
void ek_conv_2d_planes_2_dsp(const ek_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_planes_3_dsp(const ek_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_planes_4_dsp(const ek_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_planes_5_dsp(const ek_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_planes_2_apart_dsp(const ek_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_planes_4_apart_dsp(const ek_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_planes_5_apart_dsp(const ek_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
