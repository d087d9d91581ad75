/* 2-D convolution, int8, NHWC: the Helium form. A fully connected layer is a 1x1 convolution of `batches` pixels. */
#ifndef EDGEKIT_CONV_2D_MVE_H
#define EDGEKIT_CONV_2D_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t chunks, rest;                 /* a window is `chunks` times 64 bytes and `rest` times 16, zeros added */
  int32_t steps;                        /* of the requantization: 0 two multiplications, 1 and a clamp, 2 shifts and a clamp */
  int32_t paired;                       /* 1: loads and products in turn, more instructions in fewer cycles */
  int32_t half;                         /* 1: the last block is of up to 4 channels */
  int32_t passes;                       /* 1: all windows by block after block, none of them half; chunks 0, paired 0, steps < 2 */
  int32_t pixels;                       /* windows that scratch holds, or that are read from a copy there */
  const int8_t *weights;                /* 8 channels by 8, or 4 at the end: of every chunk 64 bytes a channel, of the rest
                                           16 * rest */
  const int32_t *table; /* 8 channels by 8: bias[8], then, even channels before odd ones, multiplier[8] and 2^(31-e)+1 [8], or,
                           for shifts, left shift[8], multiplier[8], right shift[8] as 0 or negative */
} ek_conv_2d_mve_t;

/* Kernel 1x1, no padding. Windows are read where they lie, up to a multiple of 16 bytes, all of which the input must have. */
void ek_conv_2d_mve(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y);

/* The same, but after the last `pixels` > 0 windows the input ends too early: they are read from a copy. scratch: the last pixels of
 * which that is so, windows or not, (64 * chunks + 16 * rest - 1) / in_c at most, and 15 bytes. */
void ek_conv_2d_mve_rest(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

/* Any window. scratch: pixels * (64 * chunks + 16 * rest) bytes. */
void ek_conv_2d_mve_gather(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

/* Windows that share columns: dilation_w 1, pad_left less than the columns, ((out_w - 1) * stride_w + kernel_w). Weights have
 * their rows and columns exchanged: (kernel_w, kernel_h, in_c). scratch: the columns, kernel_h * in_c bytes each, and 15. */
void ek_conv_2d_mve_strips(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
