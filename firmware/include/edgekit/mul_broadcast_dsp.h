/* Multiplication of int8 tensors, one of which repeats over the other's rows, with the DSP instructions. */
#ifndef EDGEKIT_MUL_BROADCAST_DSP_H
#define EDGEKIT_MUL_BROADCAST_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t groups;   /* of a and of b */
  int32_t values;   /* of a in a group: rows of `period` values */
  int32_t period;   /* values of b in a group */
  int32_t prepared; /* values of b as scratch has them: a multiple of 4 and of `period`, or `values` */
  int32_t a_zero, b_zero;
  int32_t multiplier, divider; /* of the product, as ek_requantize takes them */
  int32_t out_zero, low, high; /* zero point; clamp of the fused activation */
} ek_mul_broadcast_dsp_t;

/* y may be the memory of a; scratch: two bytes for each of `prepared`, up to a multiple of 4. */
void ek_mul_broadcast_dsp(const ek_mul_broadcast_dsp_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
