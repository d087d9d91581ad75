/* Softmax over the last axis, int8 to int8. */
#ifndef EDGEKIT_SOFTMAX_H
#define EDGEKIT_SOFTMAX_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t rows, count;          /* row length */
  int32_t radius;               /* exponentials of larger distances from the row's maximum are 0 */
  const int32_t *exponentials;  /* (radius + 1), Q0: exp(-distance * beta * scale) */
} ek_softmax_t;

void ek_softmax(const ek_softmax_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
