/* Addition and subtraction of int8 tensors of one shape, with the DSP instructions. */
#ifndef EDGEKIT_ADD_DSP_H
#define EDGEKIT_ADD_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EK_ADD_DSP_BITS 21 /* fraction bits of a sum */

typedef struct {
  int32_t count;
  int32_t a_slope, b_slope, offset; /* 2^29 * scale / output scale, nearly; 2^21 * (zero points and a half), nearly */
  int32_t low, high;                /* clamp of the fused activation */
} ek_add_dsp_t;

/* y may be the memory of a or of b. */
void ek_add_dsp(const ek_add_dsp_t *p, const int8_t *a, const int8_t *b, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
