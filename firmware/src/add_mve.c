/* What `ek_add` computes where nothing is broadcast, on Helium: 8 values at a time, the last 8 to 15 and less usual
 * constants 4 at a time in a tail-predicated loop. y may be an input.
 *
 * Sum: x * plain + VQRDMULH(VQRDMULH(w * 2^bits + offset, first), second) + plain_offset; VQRDMLASH is VQRDMULH and the
 * addition of a scalar. The packer has tried all 256 w; where that is not exact, `input_shift` is a rounding shift in the
 * place of `second`. Requantization: VQRDMULH by the multiplier, then by `out_second` where the packer has found that exact
 * for all 65,536 pairs, else a rounding shift with ties turned from zero.
 *
 * 8 values: both inputs less their zero points are made in 16 bits, times 2^(bits-16) and 8; VSHLL by 16 then gives 32 bits, of
 * even and of odd values. VQRDMLAH adds one input's product to the other, and narrowing brings even and odd ones together.
 * A round multiplies the second half of 8 sums while it makes the next 8's inputs, so that products and the rest take turns:
 * it reads 8 values ahead, which the loop of 4 always has left.
 *
 * Registers of 8: q0 q1 weighted input, q2 q3 sums, q4 the next plain input, q5 2^(bits-16), q6 +-8, q7 out_second. Of 4: q0
 * sum, q1 input, q2 2^bits, q3 second or input shift, q4 out_second, q5 low, q6 high, q7 multiplier; scalars as the compiler
 * chooses. Budget: 21 instructions and 22 cycles for 8 values; 12 and 17 for 4, 14 and 18 instructions with one or two shifts. */
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
      : [count] "r"(count), [offset] "r"(p->offset), [first] "r"(p->first), [plain] "r"(p->plain), \
        [plain_offset] "r"(p->plain_offset), [zero] "r"(p->out_zero), [shift] "r"(p->out_shift),      \
        [tie] "r"(tie), [sign] "r"(p->sign), "w"(q2), "w"(q3), "w"(q4), "w"(q5), "w"(q6), "w"(q7)     \
      : "lr", "q0", "q1", "memory")

/* Inputs less zero points: 16 bits, then even values in `even`, which may be q, and odd ones in `odd`. */
#define WEIGHTED "vmlas.s16 q0, q5, %[w_offset]\n"
#define PLAIN "vmlas.s16 q4, q6, %[x_offset]\n"
#define LOADED(q, from) "vldrb.s16 " q ", [%[" from "]], #8\n"
#define ODD(odd, q) "vshllt.s16 " odd ", " q ", #16\n"
#define EVEN(even, q) "vshllb.s16 " even ", " q ", #16\n"
#define EIGHTS                                                                                        \
  LOADED("q0", "w") LOADED("q4", "x") WEIGHTED ODD("q1", "q0") PLAIN EVEN("q0", "q0")                 \
  "dls lr, %[rounds]\n"                                                                              \
  "1:\n"                                                                                             \
  "vqrdmulh.s32 q0, q0, %[first]\n" ODD("q3", "q4")                                                  \
  "vqrdmulh.s32 q1, q1, %[first]\n" EVEN("q2", "q4")                                                 \
  "vqrdmlah.s32 q2, q0, %[second]\n" LOADED("q0", "w")                                               \
  "vqrdmlah.s32 q3, q1, %[second]\n" LOADED("q4", "x")                                               \
  WEIGHTED ODD("q1", "q0")                                                                            \
  "vqrdmulh.s32 q2, q2, %[multiplier]\n" EVEN("q0", "q0")                                            \
  "vqrdmulh.s32 q3, q3, %[multiplier]\n"                                                             \
  "vqrdmlash.s32 q2, q7, %[zero]\n vqmovnb.s32 q2, q2\n"                                            \
  "vqrdmlash.s32 q3, q7, %[zero]\n vqmovnt.s32 q2, q3\n"                                            \
  PLAIN "vqmovnb.s16 q2, q2\n vstrb.16 q2, [%[y]], #8\n"                                            \
  "le lr, 1b\n"

static inline int32_t halfword(int32_t word) { return word >> 16; }

void ek_add_mve(const ek_add_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y) {
  const int8_t *x = p->swapped ? b : a, *w = p->swapped ? a : b;
  const int32_t tie = -1, rounds = p->count / 8 - 1; /* of 8, which leave 8 to 15 */
  int32_t count = p->count;
  if (p->input_shift == 0 && p->out_second != 0 && p->low == INT8_MIN && p->high == INT8_MAX && rounds > 0) {
    register int16x8_t q5 __asm("q5") = vdupq_n_s16(1 << (p->bits - 16));
    register int16x8_t q6 __asm("q6") = vdupq_n_s16((int16_t)halfword(p->plain));
    register int32x4_t q7 __asm("q7") = vdupq_n_s32(p->out_second);
    __asm volatile(EIGHTS
                   : [w] "+r"(w), [x] "+r"(x), [y] "+r"(y)
                   : [rounds] "r"(rounds), [w_offset] "r"(halfword(p->offset)), [first] "r"(p->first),
                     [second] "r"(p->second), [x_offset] "r"(halfword(p->plain_offset)),
                     [multiplier] "r"(p->out_multiplier), [zero] "r"(p->out_zero), "w"(q5), "w"(q6), "w"(q7)
                   : "lr", "q0", "q1", "q2", "q3", "q4", "memory");
    x -= 8, w -= 8;
    count -= 8 * rounds;
  }
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
