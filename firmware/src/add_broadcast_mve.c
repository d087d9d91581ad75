/* What `ek_add` computes where one input repeats over rows of the other, on Helium: a is [groups][rows][period], b
 * [groups][period]. y may be a. The arithmetic is that of add_mve.c where an input is rounded by two multiplications.
 *
 * Blocking: what b adds is made once a group, as words in scratch, and repeated there until they are `prepared` values; a
 * passes over them 4 values at a time, in a tail-predicated loop.
 * Registers: q0 sum, q1 a, q2 2^bits or `plain`, q3 `second`, q4 out_second, q5 low, q6 high, q7 multiplier.
 * Budget: 9 instructions for 4 values, 11 where b has the larger scale; 3 more where the output's rounding is a shift. */
#include "edgekit/add_broadcast_mve.h"

#include <arm_mve.h>

#include "edgekit/arch_mve.h"
#include "edgekit/repeat_mve.h"

#define A_IS_PLAIN "vmla.s32 q0, q1, %[plain]\n"
#define A_IS_SCALED "vmlas.s32 q1, q2, %[offset]\n vqrdmulh.s32 q1, q1, %[first]\n vqrdmlah.s32 q0, q1, %[second]\n"
#define MULTIPLIED "vqrdmlash.s32 q0, q4, %[zero]\n"
#define SHIFTED EK_MVE_TIES("q0", "%[tie]") "vrshl.s32 q0, %[shift]\n vadd.i32 q0, q0, %[zero]\n"
#define LOOP(scaled, rounded)                                                                              \
  __asm volatile(                                                                                          \
      "wlstp.32 lr, %[values], 2f\n"                                                                       \
      "1:\n"                                                                                               \
      "vldrb.s32 q1, [%[a]], #4\n vldrw.u32 q0, [%[b]], #16\n" scaled                                      \
      "vqrdmulh.s32 q0, q0, q7\n" rounded                                                                   \
      "vmax.s32 q0, q0, q5\n vmin.s32 q0, q0, q6\n vstrb.32 q0, [%[y]], #4\n"                              \
      "letp lr, 1b\n"                                                                                      \
      "2:\n"                                                                                               \
      : [a] "+l"(a), [b] "+r"(b), [y] "+l"(y)                                                              \
      : [values] "r"(values), [plain] "r"(p->plain), [offset] "r"(p->offset), [first] "r"(p->first),       \
        [second] "r"(p->second), [zero] "r"(p->out_zero), [shift] "r"(p->out_shift), [tie] "r"(tie),       \
        "w"(q2), "w"(q4), "w"(q5), "w"(q6), "w"(q7)                                                        \
      : "lr", "q0", "q1", "memory")
#define PREPARE(scaled)                                                                                    \
  __asm volatile(                                                                                          \
      "wlstp.32 lr, %[values], 2f\n"                                                                       \
      "1: vldrb.s32 q0, [%[b]], #4\n" scaled "vstrw.32 q0, [%[to]], #16\n letp lr, 1b\n"                   \
      "2:\n"                                                                                               \
      : [b] "+l"(b), [to] "+r"(to)                                                                         \
      : [values] "r"(p->period), [offset] "r"(p->offset), [first] "r"(p->first),                           \
        [plain_offset] "r"(p->plain_offset), "w"(q2), "w"(q3)                                              \
      : "lr", "q0", "memory")

static __attribute__((noinline)) void sums(
    const ek_add_broadcast_mve_t *p, const int8_t *a, const int32_t *b, int8_t *y, int32_t values) {
  register int32x4_t q2 __asm("q2") = vdupq_n_s32(1 << p->bits);
  register int32x4_t q4 __asm("q4") = vdupq_n_s32(p->out_second);
  register int32x4_t q5 __asm("q5") = vdupq_n_s32(p->low);
  register int32x4_t q6 __asm("q6") = vdupq_n_s32(p->high);
  register int32x4_t q7 __asm("q7") = vdupq_n_s32(p->out_multiplier);
  const int32_t tie = -1;
  if (p->swapped && p->out_second != 0) {
    LOOP(A_IS_SCALED, MULTIPLIED);
  } else if (p->swapped) {
    LOOP(A_IS_SCALED, SHIFTED);
  } else if (p->out_second != 0) {
    LOOP(A_IS_PLAIN, MULTIPLIED);
  } else {
    LOOP(A_IS_PLAIN, SHIFTED);
  }
}

static __attribute__((noinline)) void prepare(const ek_add_broadcast_mve_t *p, const int8_t *b, int32_t *to) {
  register int32x4_t q2 __asm("q2") = vdupq_n_s32(p->swapped ? p->plain : 1 << p->bits);
  register int32x4_t q3 __asm("q3") = vdupq_n_s32(p->second);
  if (p->swapped) {
    PREPARE("vmlas.s32 q0, q2, %[plain_offset]\n");
  } else {
    PREPARE("vmlas.s32 q0, q2, %[offset]\n vqrdmulh.s32 q0, q0, %[first]\n vqrdmlash.s32 q0, q3, %[plain_offset]\n");
  }
}

void ek_add_broadcast_mve(const ek_add_broadcast_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch) {
  for (int32_t g = 0; g < p->groups; ++g, b += p->period) {
    int32_t values = p->prepared;
    prepare(p, b, scratch);
    ek_repeat_mve(scratch, 2 * p->period, 2 * values); /* by halfwords */
    for (int32_t left = p->values; left > 0; left -= values, a += values, y += values) {
      values = left < values ? left : values;
      sums(p, a, scratch, y, values);
    }
  }
}
