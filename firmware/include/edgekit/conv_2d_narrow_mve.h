/* 2-D convolution of few channels, kernel 1x1, stride 1, no padding, int8, NHWC: Helium, filters held in registers. */
#ifndef EDGEKIT_CONV_2D_NARROW_MVE_H
#define EDGEKIT_CONV_2D_NARROW_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t pixels, in_c, out_c; /* in_c: 64, 32, or up to 16; out_c: a multiple of `filters` */
  int32_t filters;             /* held at once: 1 of 64 bytes, 2 of 32, 4 of 16 */
  int32_t last;                /* pixels at the end that are read from scratch, as what follows them would be read too */
  int32_t out_zero, low, high;
  const int8_t *weights; /* (out_c, 16, 32 or 64) */
  const int32_t *table;  /* `filters` by `filters`, each repeated to 4: bias[4], multiplier[4], second multiplier[4] */
} ek_conv_2d_narrow_mve_t;

/* pixels >= last + 8 / filters. */
void ek_conv_2d_narrow_mve(const ek_conv_2d_narrow_mve_t *p, const int8_t *x, int8_t *y);

/* The same with last > 0; scratch: (last + 16 / filters) * in_c + 16 bytes. */
void ek_conv_2d_narrow_mve_last(const ek_conv_2d_narrow_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
