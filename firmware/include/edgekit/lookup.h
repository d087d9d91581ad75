/* Any function of one int8 value, by a table of 256. */
#ifndef EDGEKIT_LOOKUP_H
#define EDGEKIT_LOOKUP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count;
  const int8_t *table; /* indexed by the value plus 128 */
} ek_lookup_t;

void ek_lookup(const ek_lookup_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
