/* Walking two strided operands in the order of a row-major output: broadcasting, reductions, transposes. */
#ifndef EDGEKIT_WALK_H
#define EDGEKIT_WALK_H

#include <stdint.h>

#include "edgekit/inline.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EK_RANK 6

/* Advances the index of dimension `last`, carrying into those before, and moves both offsets by the strides (in elements; 0
 * repeats a broadcast dimension). */
EK_INLINE void ek_walk_from(int last, int32_t *index, const int32_t *dims, const int32_t *stride_a, const int32_t *stride_b,
                            int32_t *a, int32_t *b) {
  for (int d = last; d >= 0; --d) {
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

/* Element by element. */
EK_INLINE void ek_walk(int32_t *index, const int32_t *dims, const int32_t *stride_a, const int32_t *stride_b, int32_t *a,
                       int32_t *b) {
  ek_walk_from(EK_RANK - 1, index, dims, stride_a, stride_b, a, b);
}

/* *y = `value`, of *a and *b, for all elements of an output: row by row of its last dimension. Names are those of a kernel:
 * p with the dimensions, which y must not overlap, operands a and b, and y. */
#define EK_EACH_PAIR(value)                                                                        \
  do {                                                                                             \
    int32_t index[EK_RANK] = {0}, ia = 0, ib = 0;                                                  \
    const int32_t width = p->dims[EK_RANK - 1];                                                    \
    const int32_t step_a = p->stride_a[EK_RANK - 1], step_b = p->stride_b[EK_RANK - 1];            \
    const void *first_a = a, *first_b = b;                                                         \
    for (int32_t left = p->count; left > 0; left -= width) {                                       \
      for (int32_t i = width; i > 0; --i, a += step_a, b += step_b) {                              \
        *y++ = value;                                                                              \
      }                                                                                            \
      ek_walk_from(EK_RANK - 2, index, p->dims, p->stride_a, p->stride_b, &ia, &ib);               \
      a = first_a, b = first_b;                                                                    \
      a += ia, b += ib;                                                                            \
    }                                                                                              \
  } while (0)

#ifdef __cplusplus
}
#endif
#endif
