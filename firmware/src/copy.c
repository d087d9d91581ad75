/* y = the blocks of x in the order of a row-major walk over `dims` with `strides`. What is moved is bytes, so one kernel
 * serves every type; the inner axes that stay together are one block. */
#include "edgekit/copy.h"

#include <string.h>

#include "edgekit/walk.h"

void ek_copy(const ek_copy_t *p, const void *x, void *y) {
  const uint8_t *from = x;
  uint8_t *to = y;
  int32_t index[EK_RANK] = {0};
  int32_t at = p->start, unused = 0;
  for (int32_t i = 0; i < p->count; ++i, to += p->block) {
    if (p->block == 1) {
      *to = from[at];
    } else {
      memcpy(to, from + at, (size_t)p->block);
    }
    ek_walk(index, p->dims, p->strides, p->strides, &at, &unused);
  }
}
