/* Functions of one value between int16 and int8 that are linear on either side of zero, and a clamp. */
#ifndef EDGEKIT_RESCALE_S16_H
#define EDGEKIT_RESCALE_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, in_zero, out_zero, low, high;
  int32_t multiplier, shift;             /* from zero up */
  int32_t below_multiplier, below_shift; /* below zero */
  int32_t below_sign;                    /* of the result there, -1 where a negative slope turns it */
} ek_rescale_s16_t;

void ek_rescale_s16(const ek_rescale_s16_t *p, const int16_t *x, int16_t *y);
void ek_rescale_s16_s8(const ek_rescale_s16_t *p, const int16_t *x, int8_t *y);
void ek_rescale_s8_s16(const ek_rescale_s16_t *p, const int8_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
