/* Mean and sum over axes next to each other, int8: the Helium form. */
#ifndef EDGEKIT_REDUCE_MVE_H
#define EDGEKIT_REDUCE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t outer, terms, inner; /* of x; y is [outer][inner] */
  int32_t offset;              /* -terms * in_zero */
  int32_t multiplier;          /* a mean has 1 / terms in it */
  int32_t second;              /* 2^(31-e) or one more */
  int32_t out_zero;
} ek_reduce_mve_t;

void ek_reduce_mve(const ek_reduce_mve_t *p, const int8_t *x, int8_t *y);

/* Where `inner` is 1. */
void ek_reduce_lines_mve(const ek_reduce_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
