/* What `ek_conv_2d` computes for 1x1 kernels of 8 channels that take every second pixel, 64 outputs in runs of 8, into 8
 * channels, where of channels 0 to 2 two have one second multiplier (shift), and two of 4 to 6, on Helium.
 *
 * Vectors: the neighbour before a pixel, which does not count, and the pixel. Two bytes of the neighbour become -128 and 1,
 * whose weights make the bias: before the first pixel of a run by what is stored with it, elsewhere by stores of eight.
 *
 * Blocking: 8 runs are copied to scratch, the last one first. Four filters meet all pixels, four by four, the other four meet
 * them from the last ones on; a vector of sums is four pixels' of one channel. Sums go downwards from above the pixels, those
 * of the other four filters over pixels that are done with, so that the last ones end beside constants: one load brings
 * both. First multipliers are in core registers, second ones in three vectors. Four vectors become words of four channels
 * of four pixels, stored at addresses in a vector, to which each store adds its own constant.
 *
 * Registers: addresses of runs in r6-r12, lr, of constants beside pixels in r5 r2 r4; then sums in r0 r2 r4 r6 r8 r10 r12 lr,
 * filters in q0-q3, pixels in q4-q7; r5 pixels, r3 sums, r1 stream. Then second multipliers in q0-q2, addresses of outputs
 * in q3, sums at r5 in q4-q7, multipliers in r0 r2 r4 r6, r7 r8 r9 r10, output zero point in r11.
 *
 * Budget: four pixels and 4 channels 33: 16 products, 2 stores, a load; a load, 12 to requantize and narrow, a store. 37 more:
 * 24 copy pixels and bring biases, 6 bring addresses to registers. */
#include "edgekit/pointwise_strided_words_mve.h"

#define UNUSED __attribute__((unused))
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define TIMES(count, code) ".rept " #count "\n" code ".endr\n"
#define RUN(at) "vldmia " at ", {d1-d15}\n vstmdb r5!, {d0-d15}\n" /* d0 are constants */
#define BESIDE(at, q) "vstrh.16 q4, [" at ", " q "]\n"
#define BESIDE_24(at) BESIDE(at, "q5") BESIDE(at, "q6") BESIDE(at, "q7")
#define M(a, w, x) "vmladav.s8 " a ", " w ", " x "\n"
#define TWO(f, g, to)                                                                             \
  M("r0", f, "q4") M("r2", f, "q5") M("r4", f, "q6") M("r6", f, "q7") M("r8", g, "q4") M("r10", g, "q5") \
  M("r12", g, "q6") M("lr", g, "q7") to ", " SUMS
#define FOUR TWO("q2", "q3", "stmdb r3!") TWO("q0", "q1", "stmdb r3!")
#define LAST_FOUR TWO("q0", "q1", "stmia r5!") TWO("q2", "q3", "stmia r5!") /* r3 stays at their end */

/* A channel's first multiplier and the vector of its second one. */
#define SCALED(q, m, second) "vqrdmulh.s32 " q ", " q ", " m "\n vqrdmlash.s32 " q ", " second ", r11\n"
#define OUTPUTS(load, a, b, c, d, m, n, o, p, step)                                               \
  load SCALED("q4", m, a) SCALED("q5", n, b) SCALED("q6", o, c) SCALED("q7", p, d)                \
  "vmovnt.i32 q4, q5\n vmovnt.i32 q6, q7\n vqmovnb.s16 q4, q4\n vqmovnt.s16 q4, q6\n"            \
  "vstrw.32 q4, [q3, #place]\n.set place, place + " step "\n"
#define SET(...) OUTPUTS(__VA_ARGS__)
#define SUMS_AND_CONSTANTS "vldmdb r3!, {d0-d15}\n"
#define NEXT "vldmia r5!, {d8-d15}\n"
#define FIRST_SET "r0", "r2", "r4", "r6", "32"
#define SECOND_SET "r7", "r8", "r9", "r10", "-32"
#define OF_01 "q0", "q0", "q1", "q2"
#define OF_02 "q0", "q1", "q0", "q2"
#define OF_12 "q0", "q1", "q1", "q2"

#define KERNEL(last, first)                                                                       \
  __attribute__((naked)) void ek_pointwise_strided_words_mve_##last##_##first(                    \
      const ek_pointwise_strided_words_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile(                                                                               \
        "push {r4-r11, lr}\n vpush {d8-d15}\n vldmia r0, {d0-d15}\n vadd.i32 q1, q1, r3\n vadd.i32 q2, q2, r1\n" \
        "vadd.i32 q3, q3, r1\n vadd.i32 q7, q7, r2\n vstmia r3, {d1-d15}\n ldm r3, {r0-r12, lr}\n" \
        RUN("lr") RUN("r12") RUN("r11") RUN("r10") RUN("r9") RUN("r8") RUN("r7") RUN("r6")        \
        "vldmia r1!, {d0-d15}\n" BESIDE_24("r5") BESIDE_24("r2") BESIDE("r4", "q5") \
        TIMES(15, "vldmia r5!, {d8-d15}\n" FOUR) "vldmia r5, {d8-d15}\n" FOUR                     \
        "vldmia r1!, {d0-d7}\n" FOUR TIMES(14, "vldmdb r5!, {d8-d15}\n" FOUR) "vldmdb r5!, {d8-d15}\n" LAST_FOUR \
        "ldm r1!, {r0, r2, r4, r6, r7, r8, r9, r10, r11}\n"                                       \
        ".set place, 4\n" SET(SUMS_AND_CONSTANTS, OF_##last, FIRST_SET) TIMES(15, SET(NEXT, OF_##last, FIRST_SET)) \
        "vldmia r1, {d0-d5}\n.set place, 480\n" TIMES(16, SET(NEXT, OF_##first, SECOND_SET))      \
        "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                                      \
  }

KERNEL(01, 01)
KERNEL(01, 02)
KERNEL(01, 12)
KERNEL(02, 01)
KERNEL(02, 02)
KERNEL(02, 12)
KERNEL(12, 01)
KERNEL(12, 02)
KERNEL(12, 12)
