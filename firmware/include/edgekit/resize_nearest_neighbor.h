/* Nearest-neighbour resizing, NHWC, any type. */
#ifndef EDGEKIT_RESIZE_NEAREST_NEIGHBOR_H
#define EDGEKIT_RESIZE_NEAREST_NEIGHBOR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, out_h, out_w, pixel; /* pixel: bytes of all channels */
  const int16_t *rows, *columns;                    /* (out_h), (out_w): the row and column that each one copies */
} ek_resize_nearest_neighbor_t;

void ek_resize_nearest_neighbor(const ek_resize_nearest_neighbor_t *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif
#endif
