/* Addition and subtraction of int8 tensors of one shape with scales of their own: the Helium form. */
#ifndef EDGEKIT_ADD_MVE_H
#define EDGEKIT_ADD_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One input, the one with the larger scale, is exact in 19 fraction bits: it is multiplied by `plain`. The other is shifted
 * left by `bits` and multiplied by `first` and `second`, or by `first` and `sign` and shifted by `input_shift`. */
typedef struct {
  int32_t count, swapped;                  /* swapped: b is the plain one */
  int32_t plain, plain_offset;             /* +-2^19, times less the zero point */
  int32_t bits, offset, first, second;     /* offset: less the zero point, shifted */
  int32_t input_shift, sign;               /* 0: `second` is exact, with the sign in it */
  int32_t out_multiplier, out_second;      /* out_second: 2^(31-e) or one more, 0 where that is not exact */
  int32_t out_shift, out_zero, low, high;
} ek_add_mve_t;

void ek_add_mve(const ek_add_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
