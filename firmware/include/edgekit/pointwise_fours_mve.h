/* 1x1 convolution, int8, NHWC, 8, 16 or 32 input channels, a multiple of 8 output ones: Helium, 16 pixels at a time, in few
 * cycles. */
#ifndef EDGEKIT_POINTWISE_FOURS_MVE_H
#define EDGEKIT_POINTWISE_FOURS_MVE_H

#include "edgekit/pointwise_groups_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `stream`: for every 4 channels 4 filters, as of groups, of 32 channels first halves before second
 * ones; of 16 and 32 channels 4 biases; multipliers, second multipliers and the
 * places of 16 outputs. */
typedef ek_pointwise_groups_mve_t ek_pointwise_fours_mve_t;

/* `scratch`: of 8 channels 256 bytes. `apart`: every second pixel of a row; `scratch`: all of these. */
void ek_pointwise_fours_mve_8(const ek_pointwise_fours_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_fours_mve_16(const ek_pointwise_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_fours_mve_16_apart(const ek_pointwise_fours_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_fours_mve_32(const ek_pointwise_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_fours_mve_32_apart(const ek_pointwise_fours_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
