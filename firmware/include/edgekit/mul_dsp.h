/* Multiplication of int8 tensors of one shape, with the DSP instructions. */
#ifndef EDGEKIT_MUL_DSP_H
#define EDGEKIT_MUL_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, a_zero, b_zero;
  int32_t multiplier, divider; /* of the product, as ek_requantize takes them */
  int32_t out_zero, low, high; /* zero point; clamp of the fused activation */
} ek_mul_dsp_t;

/* y may be the memory of a or of b. */
void ek_mul_dsp(const ek_mul_dsp_t *p, const int8_t *a, const int8_t *b, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
