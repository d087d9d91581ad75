/* What `ek_conv_2d` computes for 1x1 kernels that take every second pixel of 8 channels into 8, of rows of eights, on Helium.
 *
 * Vectors: as in pointwise_strided_mve.c a pixel that counts and its neighbour that does not, of which 2 bytes become -128 and
 * 1, whose weights make the bias.
 *
 * Blocking: groups of 128 pixels. Addresses of their 16 runs are made four at a time; the runs are copied to scratch. Four
 * filters meet all pixels, four by four, the other four meet them from the last ones on; sums of two channels each go to a
 * place of their own, one of the two upwards, one downwards, so that then, from the lowest sums on, two channels of 8 pixels
 * are requantized together, forth and back in turns, with the addresses of outputs in registers for all channels.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, filters in q0-q3, pixels in q4-q7; r1 runs, r3 vectors, r5 and r7 sums, r9 stream,
 * r11 outputs. Before, r0 r2 r4 r6 r8 r10 r12 lr addresses of runs. After, r5 output zero point, r7 sums, outputs of 16 pixels
 * each at r11 r0 r2 r4 r6 r8 r10 r12, lr turns left; sums in q0-q3, places in q4 and q7, multipliers in q5 and q6. On the
 * stack: input, zero point, end of the outputs.
 *
 * Budget: four pixels and 4 channels 33; 85 more for 128 pixels, of which 32 copy and 20 bring biases; a call 11. */
#include "edgekit/pointwise_strided_eights_mve.h"

#define UNUSED __attribute__((unused))
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define TIMES(count, code) ".rept " #count "\n" code ".endr\n"
#define RUN(at) "vldmia " at ", {d0-d14}\n vstmia r3!, {d0-d15}\n" /* not the last neighbour, which may be beyond the input */
#define EIGHT_RUNS                                                                                \
  "ldm r7!, " SUMS RUN("r0") RUN("r2") RUN("r4") RUN("r6") RUN("r8") RUN("r10") RUN("r12") RUN("lr")
#define BESIDE(at, q) "vstrh.16 q0, [" at ", " q "]\n"
#define BESIDE_56(at)                                                                             \
  BESIDE(at, "q1") BESIDE(at, "q2") BESIDE(at, "q3") BESIDE(at, "q4") BESIDE(at, "q5") BESIDE(at, "q6") BESIDE(at, "q7")
#define M(a, w, x) "vmladav.s8 " a ", " w ", " x "\n"
#define TWO(f, g, to)                                                                             \
  M("r0", f, "q4") M("r2", g, "q4") M("r4", f, "q5") M("r6", g, "q5") M("r8", f, "q6") M("r10", g, "q6") \
  M("r12", f, "q7") M("lr", g, "q7") to ", " SUMS
#define FORTH TWO("q0", "q1", "stmdb r5!") TWO("q2", "q3", "stmia r7!")
#define BACK TWO("q0", "q1", "stmia r5!") TWO("q2", "q3", "stmdb r7!")
#define STORED(y, at)                                                                             \
  "vldmia r7!, {d0-d7}\n vqrdmulh.s32 q0, q0, q5\n vqrdmulh.s32 q1, q1, q5\n vqrdmulh.s32 q2, q2, q5\n" \
  "vqrdmulh.s32 q3, q3, q5\n vqrdmlash.s32 q0, q6, r5\n vqrdmlash.s32 q1, q6, r5\n"               \
  "vqrdmlash.s32 q2, q6, r5\n vqrdmlash.s32 q3, q6, r5\n vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n" \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n vstrb.8 q0, [" y ", " at "]\n"
#define UP(y) STORED(y, "q4") STORED(y, "q7")
#define DOWN(y) STORED(y, "q7") STORED(y, "q4")
#define CONSTANTS "vldmia r9!, {d8-d15}\n"

__attribute__((naked)) void ek_pointwise_strided_eights_mve(const ek_pointwise_strided_eights_mve_t *p UNUSED,
                                                            const int8_t *x UNUSED, int8_t *y UNUSED,
                                                            uint8_t *scratch UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n vpush {d8-d15}\n mov r6, r1\n ldm r0, {r1, r7, r8, r9}\n add r8, r2\n push {r6, r7, r8}\n"
      "mov r11, r2\n add r7, r3, #6144\n"
      ".Lgroup%=:\n"
      "ldr r0, [sp]\n vldmia r1!, {d0-d7}\n vadd.i32 q0, q0, r0\n vadd.i32 q1, q1, r0\n vadd.i32 q2, q2, r0\n"
      "vadd.i32 q3, q3, r0\n vstmdb r7!, {d0-d7}\n" EIGHT_RUNS EIGHT_RUNS
      "vldmia r9!, {d0-d15}\n sub r3, #2048\n" BESIDE_56("r3") "add r0, r3, #896\n" BESIDE_56("r0")
      "add r0, r0, #896\n" BESIDE("r0", "q1") BESIDE("r0", "q2")
      "mov r5, r7\n sub r7, #2048\n vldmia r9!, {d0-d7}\n"
      TIMES(31, "vldmia r3!, {d8-d15}\n" FORTH) "vldmia r3, {d8-d15}\n" FORTH
      "sub r5, #2048\n mov r7, r5\n vldmia r9!, {d0-d7}\n"
      BACK TIMES(31, "vldmdb r3!, {d8-d15}\n" BACK)
      "ldr r5, [sp, #4]\n add r0, r11, #128\n add r2, r0, #128\n add r4, r2, #128\n add r6, r4, #128\n add r8, r6, #128\n"
      "add r10, r8, #128\n add r12, r10, #128\n mov lr, #2\n"
      ".Loutputs%=:\n"
      CONSTANTS UP("r11") UP("r0") UP("r2") UP("r4") UP("r6") UP("r8") UP("r10") UP("r12")
      CONSTANTS DOWN("r12") DOWN("r10") DOWN("r8") DOWN("r6") DOWN("r4") DOWN("r2") DOWN("r0") DOWN("r11")
      "le lr, .Loutputs%=\n"
      "ldr r5, [sp, #8]\n add r11, r12, #128\n sub r9, #512\n cmp r11, r5\n bne.w .Lgroup%=\n"
      "add sp, #12\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");
}
