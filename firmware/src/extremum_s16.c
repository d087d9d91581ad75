/* y = max(a, b) or min(a, b). y may be the memory of an input that is not broadcast. */
#include "edgekit/extremum_s16.h"

#include "edgekit/walk.h"

void ek_extremum_s16(const ek_extremum_s16_t *p, const int16_t *a, const int16_t *b, int16_t *y) {
  int32_t index[EK_RANK] = {0};
  int32_t ia = 0, ib = 0;
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = (a[ia] > b[ib]) == (p->largest != 0) ? a[ia] : b[ib];
    ek_walk(index, p->dims, p->stride_a, p->stride_b, &ia, &ib);
  }
}
