/* Average and maximum of the windows' values: pool_windows.h. */
#include "edgekit/pool_2d_s16.h"

#define VALUE int16_t
#define LEAST INT16_MIN
#include "edgekit/pool_windows.h"

void ek_average_pool_2d_s16(const ek_pool_2d_s16_t *p, const int16_t *x, int16_t *y) { pool(p, x, y, average); }

void ek_max_pool_2d_s16(const ek_pool_2d_s16_t *p, const int16_t *x, int16_t *y) { pool(p, x, y, maximum); }
