/* 1x1 convolution, int8, NHWC, 16 or 32 input channels, a multiple of 8 output ones: Helium, 16 pixels at a time, by one
 * multiplication an output. */
#ifndef EDGEKIT_POINTWISE_FOURS_ONCE_MVE_H
#define EDGEKIT_POINTWISE_FOURS_ONCE_MVE_H

#include "edgekit/pointwise_groups_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `stream`: for every 4 channels 4 filters, as of groups, of 32 channels first halves before second ones; 4 biases, 4 slopes and
 * the places of 16 outputs. `out_zero` is the c of forms/mve/_once.py. */
typedef ek_pointwise_groups_mve_t ek_pointwise_fours_once_mve_t;

/* `apart`: every second pixel of a row; `scratch`: all of these. */
void ek_pointwise_fours_once_mve_16(const ek_pointwise_fours_once_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_fours_once_mve_16_apart(const ek_pointwise_fours_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_fours_once_mve_32(const ek_pointwise_fours_once_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_fours_once_mve_32_apart(const ek_pointwise_fours_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
