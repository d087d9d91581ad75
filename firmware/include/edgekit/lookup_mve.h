/* Any function of one int8 value, by a table of 256: the Helium form. */
#ifndef EDGEKIT_LOOKUP_MVE_H
#define EDGEKIT_LOOKUP_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of the fields. */
typedef struct {
  const int8_t *table;  /* indexed by the value as a number without a sign */
  int32_t rest, blocks; /* values: 48 times `blocks`, and `rest` */
} ek_lookup_mve_t;

/* x and y begin at words; y may be x. */
void ek_lookup_mve(const ek_lookup_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
