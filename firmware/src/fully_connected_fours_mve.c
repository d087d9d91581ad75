/* What `ek_fully_connected` computes for four samples of 4 to 12 inputs into 32 or 64 units, on Helium.
 *
 * Vectors: a sample's are its inputs, and in the free lanes -128 and at last 1, whose weights make the bias, so that VMLADAV
 * begins every sum and is all of it. The samples are copied to the stack, with these two bytes behind them, so that a gather
 * makes each vector and nothing is read beyond the input. 64 bytes on the stack keep the four vectors.
 *
 * Blocking: 32 units, four by four; each four meet the four samples. All sums, 512 bytes, lie on the stack before the first
 * ones are requantized, so that samples are loaded once a block. Then four units of the four samples together, the last ones
 * first, as in pointwise_groups_mve.c: outputs fit into 16 bits before their clamp.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, samples in q0-q3, filters in q4-q7; r3 stream, r5 output zero point, r7
 * output, r9 blocks left. Then sums in q0-q3, places in q4, multipliers in q5 and q6.
 *
 * Budget: 275 a block, 14 a call: of 256 outputs 256 products, 32 PUSH, 208 to requantize, 32 loads of sums and constants,
 * 16 of filters. */
#include "edgekit/fully_connected_fours_mve.h"

#define UNUSED __attribute__((unused))
#define M(a, w, x) "vmladav.s8 " a ", " w ", " x "\n"
#define TWO(x, z)                                                                                 \
  M("r0", "q4", x) M("r2", "q5", x) M("r4", "q6", x) M("r6", "q7", x)                             \
  M("r8", "q4", z) M("r10", "q5", z) M("r12", "q6", z) M("lr", "q7", z) "push {r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define FOUR_UNITS "vldmia r3!, {d8-d15}\n" TWO("q0", "q1") TWO("q2", "q3")
#define STORED                                                                                    \
  "vldmia r3!, {d8-d13}\n vpop {d0-d7}\n vqrdmulh.s32 q0, q0, q5\n vqrdmulh.s32 q1, q1, q5\n"     \
  "vqrdmulh.s32 q2, q2, q5\n vqrdmulh.s32 q3, q3, q5\n vqrdmlash.s32 q0, q6, r5\n"                \
  "vqrdmlash.s32 q1, q6, r5\n vqrdmlash.s32 q2, q6, r5\n vqrdmlash.s32 q3, q6, r5\n"              \
  "vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n vstrb.8 q0, [r7, q4]\n"
#define EIGHT(code) code code code code code code code code

/* `rest` are the vectors' halves from the first one on that has no input, and the places. */
#define KERNEL(inputs, sample, rest)                                                              \
  __attribute__((naked)) void ek_fully_connected_fours_mve_##inputs(                              \
      const ek_fully_connected_fours_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED) { \
    __asm volatile(                                                                               \
        "push {r4-r11, lr}\n vpush {d8-d15}\n mov r7, r2\n ldm r0, {r3, r5, r9}\n"                \
        "vldmia r1, {" sample "}\n vldmia r3!, {" rest "}\n vpush {d0-d7}\n"                      \
        "vldrb.u8 q0, [sp, q4]\n vldrb.u8 q1, [sp, q5]\n vldrb.u8 q2, [sp, q6]\n vldrb.u8 q3, [sp, q7]\n" \
        "vstmia sp, {d0-d7}\n"                                                                    \
        ".Lblock%=:\n vldmia sp, {d0-d7}\n" EIGHT(FOUR_UNITS) EIGHT(STORED)                       \
        "subs r9, #1\n bne.w .Lblock%=\n"                                                         \
        "vpop {d0-d15}\n pop {r4-r11, pc}\n" ::: "memory"); /* the samples, and what was saved */ \
  }

KERNEL(4, "d0-d1", "d2-d15")
KERNEL(5, "s0-s4", "d3-d15")
KERNEL(6, "d0-d2", "d3-d15")
KERNEL(7, "s0-s6", "d4-d15")
KERNEL(8, "d0-d3", "d4-d15")
KERNEL(9, "s0-s8", "d5-d15")
KERNEL(10, "d0-d4", "d5-d15")
KERNEL(11, "s0-s10", "d6-d15")
KERNEL(12, "d0-d5", "d6-d15")
