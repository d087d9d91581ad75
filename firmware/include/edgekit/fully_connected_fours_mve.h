/* Fully connected, int8, four samples of 4 to 12 inputs into 32 or 64 units: Helium. */
#ifndef EDGEKIT_FULLY_CONNECTED_FOURS_MVE_H
#define EDGEKIT_FULLY_CONNECTED_FOURS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *stream; /* What the samples lack to 64 bytes, with -128 and 1 first; four vectors of places in these 64 bytes.
                            Then for every 32 units 32 filters, and of four units each, the last ones first: places of 16
                            outputs, multipliers, second multipliers. A filter's free lanes make the bias with -128 and 1. */
  int32_t out_zero;
  int32_t blocks;        /* of 32 units */
} ek_fully_connected_fours_mve_t;

/* By the number of inputs. */
void ek_fully_connected_fours_mve_4(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_5(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_6(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_7(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_8(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_9(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_10(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_11(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_fours_mve_12(const ek_fully_connected_fours_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
