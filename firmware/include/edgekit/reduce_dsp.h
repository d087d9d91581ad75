/* Mean and sum over axes next to each other, int8, with the DSP instructions. */
#ifndef EDGEKIT_REDUCE_DSP_H
#define EDGEKIT_REDUCE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t outer, terms, inner; /* of x; y is [outer][inner] */
  int32_t offset;              /* -terms * in_zero */
  int32_t multiplier, divider; /* as ek_requantize takes them; a mean has 1 / terms in it */
  int32_t out_zero;
} ek_reduce_dsp_t;

/* inner is at least 4. */
void ek_reduce_dsp(const ek_reduce_dsp_t *p, const int8_t *x, int8_t *y);

/* Where `inner` is 1. */
void ek_reduce_lines_dsp(const ek_reduce_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
