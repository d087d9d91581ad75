/* y = value everywhere, then the blocks of x where they belong. */
#include "edgekit/pad_s16.h"

#include <string.h>

#include "edgekit/walk.h"

void ek_pad_s16(const ek_pad_s16_t *p, const int16_t *x, int16_t *y) {
  const uint8_t *from = (const uint8_t *)x;
  uint8_t *to = (uint8_t *)y;
  int32_t index[EK_RANK] = {0};
  int32_t at = p->start, unused = 0;
  for (int32_t i = 0; i < p->elements; ++i) {
    y[i] = (int16_t)p->value;
  }
  for (int32_t i = 0; i < p->count; ++i, from += p->block) {
    memcpy(to + at, from, (size_t)p->block);
    ek_walk(index, p->dims, p->strides, p->strides, &at, &unused);
  }
}
