/* 2-D convolution, int8, NHWC, 3x3 windows of two channels into one, three or four, two columns apart, pictures of 13x13: the Helium
 * form that copies nothing. */
#ifndef EDGEKIT_CONV_2D_TWO_APART_MVE_H
#define EDGEKIT_CONV_2D_TWO_APART_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stream is all constants in the order of their use: `forms/mve/conv_2d_two_apart.py` writes it. */
typedef struct {
  const int32_t *stream;
  int32_t batches, in_size, out_size;
} ek_conv_2d_two_apart_mve_t;

/* Into one, three or four channels, of one picture or of several. x: at a multiple of 2. scratch: 784 bytes. */
void ek_conv_2d_two_apart_mve_1(const ek_conv_2d_two_apart_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_two_apart_mve_3(const ek_conv_2d_two_apart_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_conv_2d_two_apart_mve_4(const ek_conv_2d_two_apart_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
