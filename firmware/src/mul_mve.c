/* What `ek_mul` computes where nothing is broadcast, on Helium: 4 values at a time in a tail-predicated loop. y may be an input.
 * The second VQRDMULH of the requantization is exact: products are below 2^16. VQRDMLASH adds the zero point too.
 * Registers: q0 value, q1 input, q2 second, q3 low, q4 high. Budget: 11 instructions for 4. */
#include "edgekit/mul_mve.h"

#include <arm_mve.h>

void ek_mul_mve(const ek_mul_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y) {
  register int32x4_t q2 __asm("q2") = vdupq_n_s32(p->second);
  register int32x4_t q3 __asm("q3") = vdupq_n_s32(p->low);
  register int32x4_t q4 __asm("q4") = vdupq_n_s32(p->high);
  __asm volatile(
      "wlstp.32 lr, %[count], 2f\n"
      "1:\n"
      "vldrb.s32 q0, [%[a]], #4\n vldrb.s32 q1, [%[b]], #4\n"
      "vadd.i32 q0, q0, %[a_offset]\n vadd.i32 q1, q1, %[b_offset]\n vmul.i32 q0, q0, q1\n"
      "vqrdmulh.s32 q0, q0, %[multiplier]\n vqrdmlash.s32 q0, q2, %[zero]\n"
      "vmax.s32 q0, q0, q3\n vmin.s32 q0, q0, q4\n vstrb.32 q0, [%[y]], #4\n"
      "letp lr, 1b\n"
      "2:\n"
      : [a] "+r"(a), [b] "+r"(b), [y] "+r"(y)
      : [count] "r"(p->count), [a_offset] "r"(-p->a_zero), [b_offset] "r"(-p->b_zero),
        [multiplier] "r"(p->multiplier), [zero] "r"(p->out_zero), "w"(q2), "w"(q3), "w"(q4)
      : "lr", "q0", "q1", "memory");
}
