/* What `ek_conv_2d` computes for 3x3 windows of three channels into three, on Helium.
 *
 * The picture is copied between two rows of zero points, its rows one behind the other: windows of the first and of the last
 * column read a neighbouring row's pixels, where their weights are 0. All sums go to scratch, then 16 outputs at a time are
 * requantized and go where they belong.
 *
 * Blocking: windows of two rows, one below the other, by two gathers each from one address. Columns take the halves of their
 * filters in turn, so that one load of three vectors serves a column.
 *
 * Registers: sums of the upper window in r0 r2 r4, of the lower one in r6 r8 r10; q0 to q3 offsets, q4 to q6 weights, q7
 * inputs; r3 window, r7 sums in scratch; r5 constants, of the columns between r9 and r12 halves of filters, begins before r9;
 * r11 steps.
 *
 * Budget: two windows 20, and 0.5 between the first and the last; a pair of rows 48 more; requantization 20 for 16 outputs.
 * Of 13 columns a pair of rows takes 146, the last row 84. */
#include "edgekit/conv_2d_trios_mve.h"

#define UNUSED __attribute__((unused))
#define SUMS "{r0, r2, r4, r6, r8, r10}\n"
#define M(a, w) "vmladava.s8 " a ", " w ", q7\n"
#define THREE(offsets, a, b, c) "vldrb.u8 q7, [r3, " offsets "]\n" M(a, "q4") M(b, "q5") M(c, "q6")
#define FIRST_HALF THREE("q0", "r0", "r2", "r4") THREE("q1", "r6", "r8", "r10")
#define SECOND_HALF THREE("q2", "r0", "r2", "r4") THREE("q3", "r6", "r8", "r10")
#define WEIGHTS(from) "vldmia " from ", {d8-d13}\n"
/* The first or the last column; one between that begins with the first half, or with the second. */
#define OUTER "ldm r1!, " SUMS WEIGHTS("r1!") FIRST_HALF WEIGHTS("r1!") SECOND_HALF "stm r7!, " SUMS
#define FORTH(step) "ldmdb r9, " SUMS FIRST_HALF WEIGHTS("r12") SECOND_HALF "stm r7!, " SUMS "adds r3, #" step "\n"
#define BACK(step) "ldmdb r9, " SUMS SECOND_HALF WEIGHTS("r9") FIRST_HALF "stm r7!, " SUMS "adds r3, #" step "\n"
#define CONSTANTS "vldmia r5!, {d0-d7}\n add r9, r5, #144\n add r12, r9, #48\n"

/* r1 multipliers, r3 sums, r4 zero point, r5 outputs, r7 offsets of outputs. */
#define BATCH                                                                                    \
  "vldmia r3!, {d0-d7}\n vldmia r1!, {d8-d15}\n"                                                 \
  "vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q5\n vqrdmulh.s32 q2, q2, q6\n vqrdmulh.s32 q3, q3, q7\n" \
  "vldmia r1!, {d8-d15}\n"                                                                       \
  "vqrdmlash.s32 q0, q4, r4\n vqrdmlash.s32 q1, q5, r4\n vqrdmlash.s32 q2, q6, r4\n vqrdmlash.s32 q3, q7, r4\n" \
  EK_NARROWED "vldrb.8 q4, [r7], #16\n vstrb.8 q0, [r5, q4]\n"
#define ON BATCH "adds r5, #16\n"

/* On the stack: from byte 64 on parameters, columns between, outputs, sums. */
#define KERNEL(name, step)                                                                       \
  __attribute__((naked, noinline)) static void picture_##name(const ek_conv_2d_trios_mve_t *p UNUSED, const int8_t *x UNUSED, \
                                                              int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile(                                                                              \
        "push {r0-r12, lr}\n vpush {d8-d15}\n" EK_PICTURE                                        \
        "add r3, r12, r8\n add r7, r12, r9\n strd r10, r2, [sp, #68]\n str r7, [sp, #76]\n"      \
        "ldr r5, [r0, #-12]\n ldr r11, [r0, #-4]\n" CONSTANTS                                    \
        ".Lrow%=:\n mov r1, r5\n" OUTER "adds r3, #" step "\n" WEIGHTS("r9") "ldr r1, [sp, #68]\n lsr lr, r1, #1\n" \
        "1:\n" FORTH(step) BACK(step) "le lr, 1b\n lsls r1, r1, #31\n beq 2f\n" FORTH(step)      \
        "2:\n add r1, r12, #48\n" OUTER "ldr r0, [r11], #4\n cbz r0, 6f\n add r3, r0\n b.w .Lrow%=\n" \
        "6:\n ldm r11, {r6, r8, r10}\n ldr r0, [sp, #64]\n ldr r4, [r0, #4]\n ldr r11, [r0, #12]\n ldrd r5, r3, [sp, #72]\n" \
        "add r5, r8\n add r7, r11, #384\n mov lr, r10\n"                                         \
        "7:\n mov r1, r11\n" ON ON ON "le lr, 7b\n cbz r6, 8f\n subs r3, r6\n movs r6, #0\n mov lr, #1\n b.w 7b\n" \
        "8:\n vpop {d8-d15}\n add sp, #16\n pop {r4-r12, pc}\n" ::: "memory");                   \
  }                                                                                              \
  void ek_conv_2d_trios_mve_##name(const ek_conv_2d_trios_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) { \
    for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_size) {                \
      picture_##name(p, x, y, scratch);                                                          \
    }                                                                                            \
  }

KERNEL(by_1, "3")
KERNEL(by_2, "6")

/* Of the last row two columns, of which the first has its half of the filter; the last one between and the last one. */
#define UPPER(offsets) THREE(offsets, "r0", "r2", "r4")
#define NEXT(offsets) THREE(offsets, "r6", "r8", "r10")
#define TWO                                                                                      \
  "ldmdb r9, " SUMS UPPER("q0") WEIGHTS("r12") UPPER("q2") "adds r3, #6\n"                       \
  NEXT("q2") WEIGHTS("r9") NEXT("q0") "stm r7!, " SUMS "adds r3, #6\n"
#define COPY "vldmia r1!, {d0-d15}\n vstmia r3!, {d0-d15}\n"

__attribute__((naked)) void ek_conv_2d_trios_mve_13(const ek_conv_2d_trios_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                    int8_t *y UNUSED, uint8_t *scratch UNUSED) {
  __asm volatile(
      "push {r2, r4-r11, lr}\n vpush {d8-d15}\n ldm r0, {r0, r4, r5, r11}\n"
      "vdup.8 q0, r0\n vstrb.8 q0, [r3], #16\n vstrb.8 q0, [r3], #16\n vstrb.8 q0, [r3], #16\n"
      COPY COPY COPY "vldmia r1, {d0-d11}\n vstmia r3!, {d0-d11}\n vldrb.8 q0, [r1, #96]\n vldrb.8 q1, [r1, #107]\n"
      "vdup.8 q7, r0\n vstrb.8 q0, [r3]\n vstrb.8 q1, [r3, #11]\n"
      "vstrb.8 q7, [r3, #27]\n vstrb.8 q7, [r3, #43]\n vstrb.8 q7, [r3, #59]\n"
      "add r7, r3, #80\n subw r3, r3, #522\n mov lr, #3\n" CONSTANTS
      "1:\n mov r1, r5\n" OUTER "adds r3, #6\n" WEIGHTS("r9") FORTH("6") BACK("6") FORTH("6") BACK("6") FORTH("6")
      "add r1, r12, #48\n" OUTER "adds r3, #120\n le lr, 1b\n"
      "mov r1, r5\n ldm r1!, " SUMS WEIGHTS("r1!") UPPER("q0") WEIGHTS("r1!") UPPER("q2") "stm r7!, {r0, r2, r4}\n"
      "adds r3, #6\n" WEIGHTS("r9") TWO TWO "add r1, r12, #48\n ldm r1!, " SUMS "ldmdb r9, {r0, r2, r4}\n"
      UPPER("q0") WEIGHTS("r12") UPPER("q2") "adds r3, #6\n" WEIGHTS("r1!") NEXT("q0") WEIGHTS("r1!") NEXT("q2")
      "stm r7!, " SUMS
      "ldr r5, [sp, #64]\n sub r3, r7, #588\n mov lr, #3\n ldr r4, [r11], #4\n add r7, r11, #416\n"
      "2:\n mov r1, r11\n" BATCH BATCH BATCH "le lr, 2b\n"
      "vldrw.32 q0, [r3, #-4]\n vldmia r1, {d8-d11}\n vqrdmulh.s32 q0, q0, q4\n vqrdmlash.s32 q0, q5, r4\n"
      "vqmovnb.s32 q0, q0\n vqmovnb.s16 q0, q0\n adds r5, #143\n vstrb.32 q0, [r5]\n"
      "vpop {d8-d15}\n pop {r2, r4-r11, pc}\n" ::: "memory");
}
