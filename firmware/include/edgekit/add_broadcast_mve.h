/* Sum or difference of int8 tensors, one of which repeats over the other's rows: the Helium form. */
#ifndef EDGEKIT_ADD_BROADCAST_MVE_H
#define EDGEKIT_ADD_BROADCAST_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The constants are those of `ek_add_mve_t`. */
typedef struct {
  int32_t groups;   /* of a and of b */
  int32_t values;   /* of a in a group: rows of `period` values */
  int32_t period;   /* values of b in a group */
  int32_t prepared; /* values of b as scratch has them: a multiple of `period`, at most `values` */
  int32_t swapped;  /* the input with the larger scale is b */
  int32_t plain, plain_offset;
  int32_t bits, offset, first, second;
  int32_t out_multiplier, out_second, out_shift, out_zero, low, high;
} ek_add_broadcast_mve_t;

/* y may be the memory of a; scratch: four bytes for each of `prepared`. */
void ek_add_broadcast_mve(const ek_add_broadcast_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
