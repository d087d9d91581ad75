/* Walking two strided operands in the order of a row-major output: broadcasting, reductions, transposes. */
#ifndef EDGEKIT_WALK_H
#define EDGEKIT_WALK_H

#include <stdint.h>

#include "edgekit/inline.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EK_RANK 6

/* Advances the index of the last dimension, carrying into those before, and moves both offsets by the strides (in
 * elements; 0 repeats a broadcast dimension). */
EK_INLINE void ek_walk(int32_t *index, const int32_t *dims, const int32_t *stride_a, const int32_t *stride_b,
                           int32_t *a, int32_t *b) {
  for (int d = EK_RANK - 1; d >= 0; --d) {
    *a += stride_a[d];
    *b += stride_b[d];
    if (++index[d] < dims[d]) {
      return;
    }
    *a -= stride_a[d] * dims[d];
    *b -= stride_b[d] * dims[d];
    index[d] = 0;
  }
}

#ifdef __cplusplus
}
#endif
#endif
