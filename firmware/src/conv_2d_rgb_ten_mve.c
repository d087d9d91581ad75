/* What `ek_conv_2d` computes for 3x3 windows of 3 channels into 10, on Helium, by lines (`lines_mve.h`) of columns of 9 bytes,
 * rows of a multiple of 4 pixels.
 *
 * Blocking: 8 outputs as in `conv_2d_rgb_mve.c`, then the last two of 4 pixels at a time.
 *
 * Registers of these: sums of the first in r0 r2 r4 r6, of the second in r8 r10 r12 lr; q7 half a window, q0 to q3 weights; r9
 * weights, with the biases before them, r1 constants and where the outputs go; r3 window, r7 outputs, r5 output zero point,
 * r11 rounds left. Weights: biases, second vectors of both outputs, first ones; multipliers, 2^(31-e)+1, offsets.
 *
 * Budget: 8 outputs 33.5, 4 times two 38 and 2 a round. */
#include "edgekit/conv_2d_rgb_ten_mve.h"

#include <arm_mve.h>

#include "edgekit/assembly_mve.h"

#define TWO(a, b, step)                                                                          \
  "vldrb.8 q7, [r3, #16]\n" EK_M(a, "q0") EK_M(b, "q1") "vldrb.8 q7, [r3], #" step "\n" EK_M(a, "q2") EK_M(b, "q3")
#define TWOS(label, step, gap)                                                                   \
  ".L" label "%=:\n ldr r11, [sp, #124]\n"                                                       \
  "1:\n ldmdb r9, " SUMS "vldmia r9, {d0-d7}\n"                                                  \
  TWO("r0", "r8", step) TWO("r2", "r10", step) TWO("r4", "r12", step) TWO("r6", "lr", step)      \
  TO_LANES "vldmia r1, {d4-d13}\n"                                                               \
  SCALE("r5") SATURATE                                                                           \
  "vstrb.16 q0, [r7, q6]\n add r7, #40\n"                                                        \
  "subs r11, #1 << 16\n bhs 1b\n"                                                                \
  "ldr r0, [sp, #120]\n add r3, #" gap "\n cmp r3, r0\n bne .L" label "%=\n b.w .Ldone%=\n"

EK_LINES_BAND {
  __asm volatile(
      EK_LINES_MADE("2", "15", "vstrb.8", "45")
      EK_BLOCK_OF_LINES("128", "240")
      EK_PIXELS("one", EK_PIXEL_OF_THREE, "9", "18", EK_BLOCKS)
      EK_PIXELS("two", EK_PIXEL_OF_THREE, "18", "9", EK_BLOCKS)
      ".Lend%=:\n ldrd r0, r1, [sp, #132]\n add r9, r1, #32\n add r1, #96\n ldrd r7, r3, [sp, #112]\n"
      "cmp r0, #0\n bne.w .Ltwos%=\n"
      TWOS("ones", "9", "18") TWOS("twos", "18", "9")
      ".Ldone%=:\n" EK_LINES_DONE EK_CODES("one") EK_CODES("two") ::: "memory");
}

void ek_conv_2d_rgb_ten_mve(const ek_conv_2d_rgb_ten_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  ek_lines_mve(p, x, y, scratch, band);
}
