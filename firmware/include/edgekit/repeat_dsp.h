/* The smaller operand of a group as kernels of broadcast operators read it: repeated until a word spans no two rounds of it. */
#ifndef EDGEKIT_REPEAT_DSP_H
#define EDGEKIT_REPEAT_DSP_H

#include <stdint.h>
#include <string.h>

/* `period` bytes, repeated to `count`. */
static inline void ek_repeat_dsp(int8_t *to, const int8_t *from, int32_t period, int32_t count) {
  memcpy(to, from, (size_t)period);
  for (int32_t filled = period; filled < count; filled *= 2) {
    memcpy(to + filled, to, (size_t)(filled < count - filled ? filled : count - filled));
  }
}

#endif
