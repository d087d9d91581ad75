/* Leaky rectifier with slopes as a tensor, int8, broadcast. */
#ifndef EDGEKIT_PRELU_H
#define EDGEKIT_PRELU_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, dims[6], stride_a[6], stride_b[6]; /* of the output; a is x, b alpha; 0 where broadcast */
  int32_t in_zero, alpha_zero, out_zero;
  int32_t positive_multiplier, positive_shift, negative_multiplier, negative_shift;
} ek_prelu_t;

void ek_prelu(const ek_prelu_t *p, const int8_t *x, const int8_t *alpha, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
