/* y = value everywhere, then the blocks of x where they belong. */
#include "edgekit/pad.h"

#include <string.h>

#include "edgekit/walk.h"

void ek_pad(const ek_pad_t *p, const int8_t *x, int8_t *y) {
  int32_t index[EK_RANK] = {0};
  int32_t at = p->start, unused = 0;
  memset(y, p->value, (size_t)p->bytes);
  for (int32_t i = 0; i < p->count; ++i, x += p->block) {
    memcpy(y + at, x, (size_t)p->block);
    ek_walk(index, p->dims, p->strides, p->strides, &at, &unused);
  }
}
