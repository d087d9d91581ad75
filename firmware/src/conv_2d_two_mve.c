/* What `ek_conv_2d` computes for 3x3 windows of 2 channels into up to 64, on Helium, by lines (`lines_mve.h`) of columns of
 * 6 bytes.
 *
 * A window is 18 bytes: VMLADAVA takes 16, the last two are multiplied by words of weights, four outputs at a time, when the
 * sums are in vectors. Pixel by pixel, all blocks of 8 outputs; weights of a block: biases, 7 vectors, the eighth, words
 * of both last taps of even and odd outputs, constants. Outputs are in the order 0 2 4 6 1 3 5 7.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr; q7 and r9, r11 the window, r3 where it is, r1 weights, r7 output, r5 output
 * zero point.
 *
 * Budget of 8 outputs: biases 1, weights 3, products 12, sums 2, requantization and store 8; a pixel 8, a row 8. */
#include "edgekit/conv_2d_two_mve.h"

#include <arm_mve.h>

#include "edgekit/assembly_mve.h"

#define BLOCK(at)                                                                                \
  ".L" at "%=:\n ldm r1!, " SUMS "vldmia r1!, {d0-d13}\n"                                        \
  EK_M("r0", "q0") EK_M("r2", "q1") EK_M("r4", "q2") EK_M("r6", "q3") EK_M("r8", "q4") EK_M("r10", "q5") \
  EK_M("r12", "q6") "vldmia r1!, {d4-d13}\n" EK_M("lr", "q2") TO_LANES                           \
  "vmla.s32 q0, q3, r9\n vmla.s32 q1, q4, r9\n vmla.s32 q0, q5, r11\n vmla.s32 q1, q6, r11\n"    \
  "vldmia r1!, {d4-d11}\n" SCALE("r5") SATURATE "vstrb.16 q0, [r7], #8\n"

/* A pixel, `step` bytes before the next one; on the stack from byte 112 on bytes from a row's end to the next row, then of a
 * line, end of the windows, addresses of this code and the first block's, end of the row, weights. */
#define PIXEL(name, step, first, second)                                                         \
  ".balign 4\n.L" name "%=:\n vldrb.8 q7, [r3], #" step "\n ldrsb r9, [r3, #" first "]\n ldrsb r11, [r3, #" second "]\n" \
  "ldr pc, [sp, #128]\n"

EK_LINES_BAND {
  __asm volatile(
      EK_LINES_MADE("2", "16", "vstrb.8", "48")
      "add r6, #8\n ldr r1, [r0, r6, lsl #2]\n add r1, r0\n str r1, [sp, #124]\n"
      "ldrd r7, r3, [sp, #112]\n lsr r0, r4, #16\n uxth r4, r4\n add r6, r0, r4\n strd r4, r6, [sp, #112]\n"
      "add r0, r3\n ldr r1, [sp, #136]\n str r0, [sp, #132]\n ldr pc, [sp, #124]\n"
      PIXEL("one", "6", "10", "11") PIXEL("two", "12", "4", "5")
      ".balign 4\n" BLOCK("b0") ".balign 4\n" BLOCK("b1") ".balign 4\n" BLOCK("b2") ".balign 4\n" BLOCK("b3")
      ".balign 4\n" BLOCK("b4") ".balign 4\n" BLOCK("b5") ".balign 4\n" BLOCK("b6") ".balign 4\n" BLOCK("b7")
      "ldrd r0, r1, [sp, #132]\n cmp r3, r0\n it ne\n ldrne pc, [sp, #124]\n"
      "ldrd r9, r11, [sp, #112]\n ldr r2, [sp, #120]\n add r3, r9\n add r0, r11\n str r0, [sp, #132]\n"
      "cmp r3, r2\n it ne\n ldrne pc, [sp, #124]\n"
      EK_LINES_DONE EK_CODE("b0") EK_CODE("b1") EK_CODE("b2") EK_CODE("b3") EK_CODE("b4") EK_CODE("b5") EK_CODE("b6")
      EK_CODE("b7") EK_CODE("one") EK_CODE("two") ::: "memory");
}

void ek_conv_2d_two_mve(const ek_conv_2d_two_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  ek_lines_mve(p, x, y, scratch, band);
}
