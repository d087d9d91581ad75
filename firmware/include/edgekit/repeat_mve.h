/* The smaller operand of a group as kernels of broadcast operators read it: repeated until a turn of many values needs no new
 * start. */
#ifndef EDGEKIT_REPEAT_MVE_H
#define EDGEKIT_REPEAT_MVE_H

#include <stdint.h>

/* `count` halfwords to `to` + `filled`, from `to` on: the source may overlap what is written, 8 halfwords before it or more. */
static inline void ek_copied_mve(int16_t *to, int32_t filled, int32_t count) {
  const int16_t *from = to;
  to += filled;
  __asm volatile(
      "wlstp.16 lr, %[count], 2f\n"
      "1: vldrh.u16 q0, [%[from]], #16\n vstrh.16 q0, [%[to]], #16\n letp lr, 1b\n"
      "2:\n" : [from] "+r"(from), [to] "+r"(to) : [count] "r"(count) : "lr", "q0", "memory");
}

/* `to` has `period` halfwords; `count` in all then. */
static inline void ek_repeat_mve(int16_t *to, int32_t period, int32_t count) {
  int32_t filled = period;
  for (; filled < 8 && filled < count; filled *= 2) {
    ek_copied_mve(to, filled, filled < count - filled ? filled : count - filled);
  }
  if (filled < count) {
    ek_copied_mve(to, filled, count - filled);
  }
}

#endif
