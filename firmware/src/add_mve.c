/* What `ek_add` computes where nothing is broadcast, on Helium: 4 values at a time in a tail-predicated loop. y may be an input.
 *
 * Sum: x * plain + VQRDMULH(VQRDMULH(w * 2^bits + offset, first), second) + plain_offset; VQRDMLASH is VQRDMULH and the
 * addition of a scalar. The packer has tried all 256 w; where that is not exact, `input_shift` is a rounding shift in the
 * place of `second`. Requantization: VQRDMULH by the multiplier, then by `out_second` where the packer has found that exact
 * for all 65,536 pairs, else a rounding shift with ties turned from zero.
 *
 * Registers: q0 sum, q1 input, q2 2^bits, q3 second or input shift, q4 out_second, q5 low, q6 high, q7 multiplier; scalars as
 * the compiler chooses. Budget: 12 instructions for 4 values, 14 with one shift, 18 with two. */
#include "edgekit/add_mve.h"

#include <arm_mve.h>

#include "edgekit/arch_mve.h"

#define SCALED_INPUT "vqrdmlash.s32 q0, q3, %[plain_offset]\n"
#define SHIFTED_INPUT \
  EK_MVE_TIES("q0", "%[tie]") "vrshl.s32 q0, q0, q3\n vmul.i32 q0, q0, %[sign]\n vadd.i32 q0, q0, %[plain_offset]\n"
#define SCALED "vqrdmlash.s32 q0, q4, %[zero]\n"
#define SHIFTED EK_MVE_TIES("q0", "%[tie]") "vrshl.s32 q0, %[shift]\n vadd.i32 q0, q0, %[zero]\n"
#define LOOP(weighted, rounded)                                                                       \
  __asm volatile(                                                                                     \
      "wlstp.32 lr, %[count], 2f\n"                                                                   \
      "1:\n"                                                                                          \
      "vldrb.s32 q0, [%[w]], #4\n vmlas.s32 q0, q2, %[offset]\n vqrdmulh.s32 q0, q0, %[first]\n"      \
      weighted "vldrb.s32 q1, [%[x]], #4\n vmla.s32 q0, q1, %[plain]\n"                               \
      "vqrdmulh.s32 q0, q0, q7\n" rounded                                                             \
      "vmax.s32 q0, q0, q5\n vmin.s32 q0, q0, q6\n vstrb.32 q0, [%[y]], #4\n"                         \
      "letp lr, 1b\n"                                                                                 \
      "2:\n"                                                                                          \
      : [w] "+r"(w), [x] "+r"(x), [y] "+r"(y)                                                         \
      : [count] "r"(p->count), [offset] "r"(p->offset), [first] "r"(p->first), [plain] "r"(p->plain), \
        [plain_offset] "r"(p->plain_offset), [zero] "r"(p->out_zero), [shift] "r"(p->out_shift),      \
        [tie] "r"(tie), [sign] "r"(p->sign), "w"(q2), "w"(q3), "w"(q4), "w"(q5), "w"(q6), "w"(q7)     \
      : "lr", "q0", "q1", "memory")

void ek_add_mve(const ek_add_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y) {
  const int8_t *x = p->swapped ? b : a, *w = p->swapped ? a : b;
  const int32_t tie = -1;
  register int32x4_t q2 __asm("q2") = vdupq_n_s32(1 << p->bits);
  register int32x4_t q3 __asm("q3") = vdupq_n_s32(p->input_shift != 0 ? p->input_shift : p->second);
  register int32x4_t q4 __asm("q4") = vdupq_n_s32(p->out_second);
  register int32x4_t q5 __asm("q5") = vdupq_n_s32(p->low);
  register int32x4_t q6 __asm("q6") = vdupq_n_s32(p->high);
  register int32x4_t q7 __asm("q7") = vdupq_n_s32(p->out_multiplier);
  if (p->input_shift != 0) {
    LOOP(SHIFTED_INPUT, SHIFTED);
  } else if (p->out_second != 0) {
    LOOP(SCALED_INPUT, SCALED);
  } else {
    LOOP(SCALED_INPUT, SHIFTED);
  }
}
