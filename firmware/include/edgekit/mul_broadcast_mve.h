/* Product of int8 tensors, one of which repeats over the other's rows: the Helium form. */
#ifndef EDGEKIT_MUL_BROADCAST_MVE_H
#define EDGEKIT_MUL_BROADCAST_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t groups;   /* of a and of b */
  int32_t values;   /* of a in a group: rows of `period` values */
  int32_t period;   /* values of b in a group */
  int32_t prepared; /* values of b as scratch has them: a multiple of `period`, at most `values` */
  int32_t a_zero, b_zero, multiplier;
  int32_t second; /* 2^(31-e) or one more */
  int32_t out_zero, low, high;
} ek_mul_broadcast_mve_t;

/* y may be the memory of a; scratch: two bytes for each of `prepared`. */
void ek_mul_broadcast_mve(const ek_mul_broadcast_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
