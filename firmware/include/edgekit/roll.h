/* Rows of a buffer, moved to its beginning. */
#ifndef EDGEKIT_ROLL_H
#define EDGEKIT_ROLL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* buffer[i] = buffer[start + i] for 0 <= i < count, in this order; start > 0. */
void ek_roll(uint8_t *buffer, int32_t start, int32_t count);

#ifdef __cplusplus
}
#endif
#endif
