/* Any function of one int8 value, by a table of 256, with the DSP instructions. */
#ifndef EDGEKIT_LOOKUP_DSP_H
#define EDGEKIT_LOOKUP_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const int8_t *table; /* indexed by the value as a number without a sign */
  int32_t count;
} ek_lookup_dsp_t;

/* x and y begin at words; y may be x. */
void ek_lookup_dsp(const ek_lookup_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
