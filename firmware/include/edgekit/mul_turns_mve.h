/* Products of 16-bit lanes on Helium, requantized: 16 values a turn, then 8 at a time, the last ones predicated.
 *
 * 8 values: differences from the zero points fit 16 bits, VMULLT and VMULLB give 32-bit products of odd and even ones. The
 * second VQRDMULH of the requantization is exact (the packer tries all products); VQRDMLASH adds the zero point too. What it
 * leaves fits 16 bits whatever the inputs are: at most 255 * 255 / 2 + 127. So VMOVNT alone puts odd ones between even ones.
 * A turn of 16 has two such blocks, the products of one beside loads, differences and narrowing of the other; it saturates at
 * int8, and other clamps are left to the blocks of 8.
 * Registers: q0 q1 q2 first block (a, b, odd products), q3 q4 q5 second one, q6 `second`, q7 low; q5 high in single blocks.
 * Budget: 24 instructions and the loop's for 16 values, 26 where b is bytes. */
#ifndef EDGEKIT_MUL_TURNS_MVE_H
#define EDGEKIT_MUL_TURNS_MVE_H

#include <arm_mve.h>

#define A(q, then) "vldrb" then ".s16 " q ", [%[a]], #8\n"
#define LESS_A(q) "vadd.i16 " q ", " q ", %[a_offset]\n"
/* b as halfwords from which the zero point has been taken, or as bytes. */
#define HALVES(q, then) "vldrh" then ".u16 " q ", [%[b]], #16\n"
#define LESS_HALVES(q) ""
#define BYTES(q, then) "vldrb" then ".s16 " q ", [%[b]], #8\n"
#define LESS_BYTES(q) "vadd.i16 " q ", " q ", %[b_offset]\n"
#define FIRST(q) "vqrdmulh.s32 " q ", " q ", %[multiplier]\n"
#define SECOND(q) "vqrdmlash.s32 " q ", q6, %[zero]\n"
#define TOGETHER(even, odd) "vmovnt.i32 " even ", " odd "\n"
#define INT8(q) "vqmovnb.s16 " q ", " q "\n"
#define STORE(q, then) "vstrb" then ".16 " q ", [%[y]], #8\n"

#define SIXTEEN(B, LESS_B)                                                                                 \
  A("q0", "") LESS_A("q0") B("q1", "") LESS_B("q1") "vmullt.s16 q2, q0, q1\n" A("q3", "")                \
  "vmullb.s16 q0, q0, q1\n" LESS_A("q3") FIRST("q2") B("q4", "") FIRST("q0") LESS_B("q4") SECOND("q2") \
  "vmullt.s16 q5, q3, q4\n" SECOND("q0") TOGETHER("q0", "q2") "vmullb.s16 q3, q3, q4\n" INT8("q0")      \
  FIRST("q5") STORE("q0", "") FIRST("q3") SECOND("q5") SECOND("q3") TOGETHER("q3", "q5") INT8("q3")   \
  STORE("q3", "")
#define EIGHT(B, LESS_B)                                                                                   \
  "vctp.16 %[count]\n vpstt\n" A("q0", "t") B("q1", "t") LESS_A("q0") LESS_B("q1")                        \
  "vmullt.s16 q2, q0, q1\n vmullb.s16 q0, q0, q1\n" FIRST("q2") FIRST("q0") SECOND("q2") SECOND("q0")   \
  TOGETHER("q0", "q2") "vmax.s16 q0, q0, q7\n vmin.s16 q0, q0, q5\n vpst\n" STORE("q0", "t")

/* `from`, `with` and `to` (a, b and y) stand behind them then. */
/* Of so many `values`; changes `from`, `with` and `to`, which are a, b and y. */
#define EK_MUL_TURNS(p, from, with, to, values, B, LESS_B)                                                      \
  do {                                                                                                     \
    const int32_t turns = (p)->low == INT8_MIN && (p)->high == INT8_MAX ? (values) >> 4 : 0;             \
    int32_t count = (values) - 16 * turns;                                                                 \
    register int32x4_t q6 __asm("q6") = vdupq_n_s32((p)->second);                                         \
    register int16x8_t q7 __asm("q7") = vdupq_n_s16((int16_t)(p)->low);                                   \
    __asm volatile(                                                                                        \
        "wls lr, %[turns], 2f\n"                                                                           \
        "1:\n" SIXTEEN(B, LESS_B) "le lr, 1b\n"                                                            \
        "2:\n cmp %[count], #0\n ble 4f\n vdup.16 q5, %[high]\n"                                           \
        "3:\n" EIGHT(B, LESS_B) "subs %[count], #8\n bgt 3b\n"                                             \
        "4:\n"                                                                                             \
        : [a] "+l"(from), [b] "+l"(with), [y] "+l"(to), [count] "+r"(count)                                       \
        : [turns] "r"(turns), [a_offset] "r"(-(p)->a_zero), [b_offset] "r"(-(p)->b_zero),                 \
          [multiplier] "r"((p)->multiplier), [zero] "r"((p)->out_zero), [high] "r"((p)->high), "w"(q6), "w"(q7) \
        : "lr", "q0", "q1", "q2", "q3", "q4", "q5", "cc", "memory");                                       \
  } while (0)

#endif
