/* Addition and subtraction of int8 tensors, one of which repeats over the other's rows, with the DSP instructions. */
#ifndef EDGEKIT_ADD_BROADCAST_DSP_H
#define EDGEKIT_ADD_BROADCAST_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EK_ADD_BROADCAST_DSP_BITS 21

typedef struct {
  int32_t groups;   /* of a and of b */
  int32_t values;   /* of a in a group: rows of `period` values */
  int32_t period;   /* values of b in a group */
  int32_t prepared; /* values of b as scratch has them: a multiple of 4 and of `period`, or `values` */
  int32_t a_slope, b_slope, offset; /* with EK_ADD_BROADCAST_DSP_BITS fraction bits; slopes 8 bits more */
  int32_t low, high;
} ek_add_broadcast_dsp_t;

/* y may be the memory of a; scratch: four bytes for each of `prepared`, up to a multiple of 4. */
void ek_add_broadcast_dsp(const ek_add_broadcast_dsp_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch);

#ifdef __cplusplus
}
#endif
#endif
