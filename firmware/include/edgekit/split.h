/* Splitting a tensor into any number of parts along one axis. */
#ifndef EDGEKIT_SPLIT_H
#define EDGEKIT_SPLIT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t outputs, rows; /* rows: elements of the axes before the split one */
  const int32_t *blocks; /* (outputs): bytes of each output in one row */
} ek_split_t;

void ek_split(const ek_split_t *p, const void *x, void *const *y);

#ifdef __cplusplus
}
#endif
#endif
