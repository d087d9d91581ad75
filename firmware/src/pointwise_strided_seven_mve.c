/* What `ek_conv_2d` computes for 1x1 kernels that take every second pixel of 8 channels, one picture of 7x7 outputs, on Helium.
 *
 * Vectors: as in pointwise_strided_mve.c a pixel that counts and its neighbour that does not, of which 4 bytes become what
 * makes the bias.
 *
 * Blocking: four filters meet the first pixel, then the 48 others, four by four; four filters more meet them from the last ones
 * on. When all sums are in scratch, they are taken back from the lowest on, of each 4 channels the same way round, and addresses
 * of outputs stay in registers for all channels. Outputs of the first pixel are 4 bytes, of others 16 at their places. Into 16
 * channels nothing is a loop: all filters meet the first pixel, whose outputs then are 16 bytes next to each other, then four
 * after four meet the others, forth and back, so that four pixels stay at either end.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, filters in q0-q3, pixels in q4-q7; r9 filters, r1 their end, r3 vectors, r11 the
 * first one, r5 sums. Then sums in q0-q3, places in q4, multipliers in q5 and q6; r5 output zero point, r7 sums, r9 constants,
 * r4 outputs of the first pixel; of others, four by four, r0 r1 r2 r3 r11 r6 r8 r10, and r12, which moves over four of them;
 * lr turns left. On the stack: output, turns, zero point. Into 16 channels: r5 sums, r7 output, r9 stream, r11 zero point;
 * outputs, eight by eight, at r7 r0 r1 r2 r4 r6.
 *
 * Budget: 4 channels 413: 33 for four pixels, 11 for the first one; 88 a call, of which 37 copy pixels and bring biases. Into 16
 * channels 1677: 33 for four pixels and channels, 39 for the first one, 35 that copy pixels and bring biases, 19 more. */
#include "edgekit/pointwise_strided_seven_mve.h"

#define UNUSED __attribute__((unused))
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define TIMES(count, code) ".rept " #count "\n" code ".endr\n"
#define M(a, w, x) "vmladav.s8 " a ", " w ", " x "\n"
#define TWO(x, z)                                                                                 \
  M("r0", "q0", x) M("r2", "q1", x) M("r4", "q2", x) M("r6", "q3", x)                             \
  M("r8", "q0", z) M("r10", "q1", z) M("r12", "q2", z) M("lr", "q3", z) "stmdb r5!, " SUMS
#define FOUR TWO("q4", "q5") TWO("q6", "q7")
#define FIRST                                                                                     \
  "vldrw.u32 q4, [r11]\n" M("r0", "q0", "q4") M("r2", "q1", "q4") M("r4", "q2", "q4") M("r6", "q3", "q4") \
  "stmdb r5!, {r0, r2, r4, r6}\n"
#define FILTERS "vldmia r9!, {d0-d7}\n"
#define CONSTANTS "vldmia r9!, {d8-d13}\n"
#define STORED(y)                                                                                 \
  "vldmia r7!, {d0-d7}\n vqrdmulh.s32 q0, q0, q5\n vqrdmulh.s32 q1, q1, q5\n vqrdmulh.s32 q2, q2, q5\n" \
  "vqrdmulh.s32 q3, q3, q5\n vqrdmlash.s32 q0, q6, r5\n vqrdmlash.s32 q1, q6, r5\n"               \
  "vqrdmlash.s32 q2, q6, r5\n vqrdmlash.s32 q3, q6, r5\n vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n" \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n vstrb.8 q0, [" y ", q4]\n"
#define STORED_FIRST                                                                              \
  "vldrw.u32 q0, [r7], #16\n vqrdmulh.s32 q0, q0, q5\n vqrdmlash.s32 q0, q6, r5\n vqmovnb.s16 q0, q0\n" \
  "vstrb.32 q0, [r4], #-4\n"
#define NEXT(to, from, step) "add " to ", " from ", #" step "\n"

#define KERNEL(channels, step)                                                                    \
  __attribute__((naked)) void ek_pointwise_strided_seven_mve_##channels(                          \
      const ek_pointwise_strided_seven_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile(                                                                               \
        "push {r4-r11, lr}\n vpush {d8-d15}\n ldm r0, {r4, r5, r6, r8, r9, r10}\n push {r2, r8, r10}\n" \
        "add r5, r3\n mov r12, r3\n"                                                              \
        TIMES(7, "vldmia r1, {d0-d12}\n vstmia r12!, {d0-d13}\n add r1, r4\n")                    \
        "adr.w r0, .Lbegin%=\n vldmia r0, {d0-d3}\n vadd.i32 q1, q1, r3\n" TIMES(13, "vstrw.32 q0, [q1, #64]!\n") \
        "mov r11, r3\n add r3, #16\n add r1, r9, r6\n"                                            \
        ".Lsums%=:\n"                                                                             \
        FILTERS FIRST TIMES(11, "vldmia r3!, {d8-d15}\n" FOUR) "vldmia r3, {d8-d15}\n" FOUR       \
        FILTERS FOUR TIMES(11, "vldmdb r3!, {d8-d15}\n" FOUR) FIRST                               \
        "cmp r9, r1\n bne.w .Lsums%=\n"                                                           \
        "mov r7, r5\n ldr r0, [sp]\n ldr lr, [sp, #4]\n ldr r5, [sp, #8]\n"                       \
        "add r4, r0, #" #channels " - 4\n add r0, r0, #" #channels "\n"                          \
        NEXT("r1", "r0", step) NEXT("r2", "r1", step) NEXT("r3", "r2", step) NEXT("r11", "r3", step) \
        NEXT("r6", "r11", step) NEXT("r8", "r6", step) NEXT("r10", "r8", step) NEXT("r12", "r10", step) \
        ".Loutputs%=:\n" CONSTANTS STORED_FIRST                                                   \
        STORED("r0") STORED("r1") STORED("r2") STORED("r3") STORED("r11") STORED("r6") STORED("r8") STORED("r10") \
        TIMES(3, STORED("r12") NEXT("r12", "r12", step)) STORED("r12")                            \
        CONSTANTS TIMES(3, STORED("r12") "sub r12, #" step "\n") STORED("r12")                    \
        STORED("r10") STORED("r8") STORED("r6") STORED("r11") STORED("r3") STORED("r2") STORED("r1") STORED("r0") \
        STORED_FIRST "le lr, .Loutputs%=\n"                                                       \
        "add sp, #12\n vpop {d8-d15}\n pop {r4-r11, pc}\n"                                        \
        ".balign 4\n.Lbegin%=: .word 0x01808080, 0x01808080, 0x01808080, 0x01808080, -56, -40, -24, -8\n" ::: "memory"); \
  }

KERNEL(8, "32")
KERNEL(32, "128")
KERNEL(64, "256")

#define UP "vldmia r3!, {d8-d15}\n" FOUR
#define DOWN "vldmdb r3!, {d8-d15}\n" FOUR
#define TO_LAST "vldmia r3, {d8-d15}\n" FOUR
#define BESIDE(at, q) "vstrw.32 q0, [" at ", " q "]\n"
#define BESIDE_24(at) BESIDE(at, "q1") BESIDE(at, "q2") BESIDE(at, "q3") BESIDE(at, "q4") BESIDE(at, "q5") BESIDE(at, "q6")
#define REQUANTIZED(m0, m1, m2, m3, more, s0, s1, s2, s3)                                         \
  "vqrdmulh.s32 q0, q0, " m0 "\n vqrdmulh.s32 q1, q1, " m1 "\n vqrdmulh.s32 q2, q2, " m2 "\n vqrdmulh.s32 q3, q3, " m3 "\n" more \
  "vqrdmlash.s32 q0, " s0 ", r11\n vqrdmlash.s32 q1, " s1 ", r11\n vqrdmlash.s32 q2, " s2 ", r11\n" \
  "vqrdmlash.s32 q3, " s3 ", r11\n vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n"
#define PLACED(y, at)                                                                             \
  "vldmia r5!, {d0-d7}\n" REQUANTIZED("q5", "q5", "q5", "q5", "", "q6", "q6", "q6", "q6") "vstrb.8 q0, [" y ", " at "]\n"
#define EIGHT(y) PLACED(y, "q4") PLACED(y, "q7")
#define EIGHT_BACK(y) PLACED(y, "q7") PLACED(y, "q4")
#define FORTH "vldmia r9!, {d8-d15}\n" EIGHT("r7") EIGHT("r0") EIGHT("r1") EIGHT("r2") EIGHT("r4") EIGHT("r6")
#define BACK                                                                                      \
  "vldmia r9!, {d8-d15}\n" EIGHT_BACK("r6") EIGHT_BACK("r4") EIGHT_BACK("r2") EIGHT_BACK("r1") EIGHT_BACK("r0") EIGHT_BACK("r7")

__attribute__((naked)) void ek_pointwise_strided_seven_mve_16(const ek_pointwise_strided_seven_mve_t *p UNUSED,
                                                              const int8_t *x UNUSED, int8_t *y UNUSED,
                                                              uint8_t *scratch UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n vpush {d8-d15}\n ldm r0, {r4, r5, r6, r8, r9, r11}\n add r5, r3\n mov r7, r2\n mov r12, r3\n"
      TIMES(6, "vldmia r1, {d0-d12}\n vstmia r12!, {d0-d13}\n add r1, r4\n") "vldmia r1, {d0-d12}\n vstmia r12, {d0-d13}\n"
      "vldmia r9!, {d0-d15}\n add r12, r3, #448\n" BESIDE_24("r3") BESIDE("r3", "q7") BESIDE_24("r12")
      "vldrw.u32 q0, [r3], #16\n"
      "vldmia r9!, {d2-d15}\n" M("r0", "q1", "q0") M("r2", "q2", "q0") M("r4", "q3", "q0") M("r6", "q4", "q0")
      M("r8", "q5", "q0") M("r10", "q6", "q0") M("r12", "q7", "q0")
      "vldmia r9!, {d2-d15}\n" M("lr", "q1", "q0") "stmdb r5!, " SUMS M("r0", "q2", "q0") M("r2", "q3", "q0")
      M("r4", "q4", "q0") M("r6", "q5", "q0") M("r8", "q6", "q0") M("r10", "q7", "q0")
      "vldmia r9!, {d2-d5}\n" M("r12", "q1", "q0") M("lr", "q2", "q0") "stmdb r5!, " SUMS "sub r9, #256\n"
      FILTERS TIMES(11, UP) TO_LAST FILTERS FOUR TIMES(11, DOWN)
      "add r3, #64\n" FILTERS FOUR TIMES(10, UP) TO_LAST FILTERS FOUR TIMES(11, DOWN)
      NEXT("r0", "r7", "128") NEXT("r1", "r0", "128") NEXT("r2", "r1", "128") NEXT("r4", "r2", "128") NEXT("r6", "r4", "128")
      FORTH BACK FORTH BACK
      "vldmia r5, {d0-d7}\n vldmia r9!, {d8-d15}\n"
      REQUANTIZED("q4", "q5", "q6", "q7", "vldmia r9, {d8-d15}\n", "q4", "q5", "q6", "q7") "vstrb.8 q0, [r7]\n"
      "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");
}
