/* Any function of one int8 value, by a table of 256: the Helium form. */
#ifndef EDGEKIT_LOOKUP_MVE_H
#define EDGEKIT_LOOKUP_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count;
  const int8_t *table; /* indexed by the value as a number without a sign */
} ek_lookup_mve_t;

/* y may be x. */
void ek_lookup_mve(const ek_lookup_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
