/* What `ek_conv_2d` computes for 3x3 windows of three channels into ten, on Helium.
 *
 * The picture is copied between two rows of zero points, its rows one behind the other: windows of the first and of the last
 * column read a neighbouring row's pixels, where their weights are 0. All sums go to scratch, then 16 outputs at a time are
 * requantized and go where they belong.
 *
 * Blocking: windows of two rows, one below the other, by two gathers each from one address; of their outputs four, four and
 * two. Sums of each have a place of their own, so that vectors of one place have the same multipliers.
 *
 * Registers: sums of the upper window in r0 r2 r4 r6, of the lower one in r8 r10 r12 lr; q0 q1 inputs of the upper window, q2 q3
 * of the lower one, q4 to q7 offsets, then weights of two outputs; r3 window, r1 constants, r5 columns left, r7 r9 r11 sums.
 *
 * Budget: two windows 60, requantization 19 for 16 outputs. */
#include "edgekit/conv_2d_tens_mve.h"

#include "edgekit/assembly_mve.h"

#define FEW "{r0, r2, r4, r6}\n"
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
/* Two outputs, whose upper and lower sums these are. */
#define TWO(upper, lower, next_upper, next_lower)                                                \
  "vldmia r1!, {d8-d15}\n" M(upper, "q4", "q0") M(upper, "q5", "q1") M(lower, "q4", "q2") M(lower, "q5", "q3") \
  M(next_upper, "q6", "q0") M(next_upper, "q7", "q1") M(next_lower, "q6", "q2") M(next_lower, "q7", "q3")
#define FOUR(to) "ldm r1!, " SUMS TWO("r0", "r8", "r2", "r10") TWO("r4", "r12", "r6", "lr") "stm " to "!, " SUMS
#define COLUMN                                                                                   \
  "vldmia r1!, {d8-d15}\n vldrb.u8 q0, [r3, q4]\n vldrb.u8 q1, [r3, q5]\n vldrb.u8 q2, [r3, q6]\n vldrb.u8 q3, [r3, q7]\n" \
  FOUR("r7") FOUR("r9") "ldm r1!, " FEW TWO("r0", "r4", "r2", "r6") "stm r11!, " FEW
#define BLOCK "464" /* bytes of constants of a column */

/* From constants in r11 and sums in r3: r4 zero point, r7 offsets of outputs, r10 outputs. */
#define OUTPUTS(step)                                                                            \
  "ldm r11!, {r5, r6, lr}\n vldmia r11!, {d8-d11}\n add r5, r10\n"                               \
  "1:\n vldmia r3!, {d0-d7}\n vldrb.8 q6, [r7], #16\n"                                           \
  "vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q4\n vqrdmulh.s32 q2, q2, q4\n vqrdmulh.s32 q3, q3, q4\n" \
  "vqrdmlash.s32 q0, q5, r4\n vqrdmlash.s32 q1, q5, r4\n vqrdmlash.s32 q2, q5, r4\n vqrdmlash.s32 q3, q5, r4\n" \
  EK_NARROWED "vstrb.8 q0, [r5, q6]\n adds r5, #" step "\n le lr, 1b\n"                          \
  "cbz r6, 2f\n subs r3, r6\n movs r6, #0\n mov lr, #1\n b 1b\n 2:\n"

/* On the stack: from byte 64 on parameters, columns between, outputs, sums; steps at 112. */
#define KERNEL(name, step)                                                                       \
  __attribute__((naked, noinline)) static void picture_##name(const ek_conv_2d_tens_mve_t *p UNUSED, \
                                                              const int8_t *x UNUSED,            \
                                                              int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile(                                                                              \
        "push {r0-r12, lr}\n vpush {d8-d15}\n" EK_PICTURE                                        \
        "add r3, r12, r8\n add r7, r12, r9\n strd r10, r2, [sp, #68]\n str r7, [sp, #76]\n"      \
        "ldrd r9, r11, [r0, #-8]\n str r11, [sp, #112]\n ldrd r9, r5, [r9]\n add r9, r7\n add r11, r7, r5\n" \
        ".Lrow%=:\n ldr r0, [sp, #64]\n ldr r1, [r0, #8]\n ldr r5, [sp, #68]\n"                  \
        COLUMN "adds r3, #" step "\n"                                                            \
        "1:\n" COLUMN "adds r3, #" step "\n subw r1, r1, #" BLOCK "\n subs r5, #1\n bne 1b\n"    \
        "addw r1, r1, #" BLOCK "\n" COLUMN                                                       \
        "ldr r2, [sp, #112]\n ldr r0, [r2], #4\n str r2, [sp, #112]\n cbz r0, 2f\n add r3, r0\n b.w .Lrow%=\n" \
        "2:\n ldr r0, [sp, #64]\n ldr r4, [r0, #4]\n ldr r11, [r0, #12]\n ldrd r10, r3, [sp, #72]\n" \
        "adds r11, #8\n add r7, r11, #132\n" OUTPUTS("40") "add r7, r11, #88\n" OUTPUTS("40") OUTPUTS("80") \
        "vpop {d8-d15}\n add sp, #16\n pop {r4-r12, pc}\n" ::: "memory");                        \
  }                                                                                              \
  void ek_conv_2d_tens_mve_##name(const ek_conv_2d_tens_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) { \
    for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_size) {                \
      picture_##name(p, x, y, scratch);                                                          \
    }                                                                                            \
  }

KERNEL(by_1, "3")
KERNEL(by_2, "6")
