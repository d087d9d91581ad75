/* Concatenation of any number of tensors of one type along one axis. */
#ifndef EDGEKIT_CONCATENATION_H
#define EDGEKIT_CONCATENATION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t inputs, rows;  /* rows: elements of the axes before the joined one */
  const int32_t *blocks; /* (inputs): bytes of each input in one row */
} ek_concatenation_t;

void ek_concatenation(const ek_concatenation_t *p, const void *const *x, void *y);

#ifdef __cplusplus
}
#endif
#endif
