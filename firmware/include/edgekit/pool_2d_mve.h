/* 2-D average and maximum pooling, int8, NHWC: the Helium form. */
#ifndef EDGEKIT_POOL_2D_MVE_H
#define EDGEKIT_POOL_2D_MVE_H

#include "edgekit/pool_2d.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_pool_2d_t ek_pool_2d_mve_t;

/* Averages of at most 255 values: their sums are halfwords. _two: windows of two; _four: 2x2 or 1x4; _nine: 3x3; _few: at most 7
 * channels, and those of the pixels that fill 16 bytes lie within 256; _words: 4 or 8 channels. */
void ek_average_pool_2d_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_average_pool_2d_two_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_average_pool_2d_four_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_average_pool_2d_nine_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_two_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_four_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_nine_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_two_few_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_two_words_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_four_few_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_four_words_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_nine_few_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);
void ek_max_pool_2d_nine_words_mve(const ek_pool_2d_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
