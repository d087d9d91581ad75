/* Average and maximum of the windows' values: pool_windows.h. */
#include "edgekit/pool_2d.h"

#define VALUE int8_t
#define LEAST INT8_MIN
#include "edgekit/pool_windows.h"

void ek_average_pool_2d(const ek_pool_2d_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, average); }

void ek_max_pool_2d(const ek_pool_2d_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, maximum); }
