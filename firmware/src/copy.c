/* y = the blocks of x in the order of a row-major walk over `dims` with `strides`. What is moved is bytes, so one kernel
 * serves every type; the inner axes that stay together are one block. */
#include "edgekit/copy.h"

#include <string.h>

#include "edgekit/walk.h"

void ek_copy(const ek_copy_t *restrict p, const void *x, void *y) {
  const uint8_t *from = x;
  uint8_t *to = y;
  int32_t index[EK_RANK] = {0};
  int32_t at = p->start, unused = 0;
  const int32_t width = p->dims[EK_RANK - 1], step = p->strides[EK_RANK - 1], block = p->block;
  for (int32_t left = p->count; left > 0; left -= width) {
    const uint8_t *next = from + at;
    for (int32_t i = width; i > 0; --i, next += step, to += block) {
      if (block == 1) {
        *to = *next;
      } else {
        memcpy(to, next, (size_t)block);
      }
    }
    ek_walk_from(EK_RANK - 2, index, p->dims, p->strides, p->strides, &at, &unused);
  }
}
