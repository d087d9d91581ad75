/* By words: the copies of small C libraries move byte by byte. Words are loaded before the bytes behind them
 * are overwritten, so places may overlap. Budget: 13 instructions for 16 bytes on a Cortex-M4, 3 on
 * a Cortex-M55, where gcc makes them vectors. */
#include "edgekit/roll.h"

#include <string.h>

void ek_roll(uint8_t *buffer, int32_t start, int32_t count) {
  const uint8_t *from = buffer + start;
  for (; count >= 16; count -= 16, from += 16, buffer += 16) {
    uint32_t a, b, c, d;
    memcpy(&a, from, 4);
    memcpy(&b, from + 4, 4);
    memcpy(&c, from + 8, 4);
    memcpy(&d, from + 12, 4);
    memcpy(buffer, &a, 4);
    memcpy(buffer + 4, &b, 4);
    memcpy(buffer + 8, &c, 4);
    memcpy(buffer + 12, &d, 4);
  }
  for (; count > 0; --count) {
    *buffer++ = *from++;
  }
}
