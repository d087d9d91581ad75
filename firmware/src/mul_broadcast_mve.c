/* What `ek_mul` computes where one input repeats over rows of the other, on Helium: a is [groups][rows][period], b
 * [groups][period]. y may be a.
 *
 * Blocking: b's differences from its zero point are made once a group, as halfwords in scratch, and repeated there until they
 * are `prepared` values; a passes over them in the turns of `mul_turns_mve.h`.
 * Budget: 25 instructions for 16 values. */
#include "edgekit/mul_broadcast_mve.h"

#include "edgekit/mul_turns_mve.h"
#include "edgekit/repeat_mve.h"

static void differences(const ek_mul_broadcast_mve_t *p, const int8_t *b, int16_t *to) {
  __asm volatile(
      "wlstp.16 lr, %[count], 2f\n"
      "1: vldrb.s16 q0, [%[b]], #8\n vadd.i16 q0, q0, %[b_offset]\n vstrh.16 q0, [%[to]], #16\n letp lr, 1b\n"
      "2:\n"
      : [b] "+l"(b), [to] "+r"(to) : [count] "r"(p->period), [b_offset] "r"(-p->b_zero) : "lr", "q0", "memory");
}

static __attribute__((noinline)) void products(
    const ek_mul_broadcast_mve_t *p, const int8_t *a, const int16_t *b, int8_t *y, int32_t values) {
  EK_MUL_TURNS(p, a, b, y, values, HALVES, LESS_HALVES);
}

void ek_mul_broadcast_mve(const ek_mul_broadcast_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch) {
  for (int32_t g = 0; g < p->groups; ++g, b += p->period) {
    differences(p, b, scratch);
    ek_repeat_mve(scratch, p->period, p->prepared);
    int32_t values = p->prepared;
    for (int32_t left = p->values; left > 0; left -= values, a += values, y += values) {
      values = left < values ? left : values;
      products(p, a, scratch, y, values);
    }
  }
}
