/* What `ek_conv_2d` computes for 3x3 windows of 4 channels, on Helium, by lines (`lines_mve.h`) of columns of 12 bytes.
 *
 * A window is 36 bytes, three vectors; what they read beyond meets weights of 0. Weights of 8 outputs are 24 vectors, the
 * third ones of all outputs, then the second, then the first: r1 the first 7 of them and the third 7, [sp] the second 7, r9
 * the last 3 and the constants; before them the biases. Outputs are in the order 0 2 4 6 1 3 5 7, constants of even ones
 * before odd ones.
 *
 * Budget of 8 outputs: biases 1, window 3, weights 5, products 24, sums 2, requantization and store 8, rounds 0.5; 1 more
 * where other blocks' outputs lie between. */
#include "edgekit/conv_2d_rgba_mve.h"

#include <arm_mve.h>

#define PIXEL(step)                                                                              \
  "ldmdb r9, " EK_SUMS "vldrb.8 q7, [r3, #32]\n vldmia r1!, {d0-d13}\n"                          \
  EK_M("r0", "q0") EK_M("r2", "q1") EK_M("r4", "q2") EK_M("r6", "q3") EK_M("r8", "q4") EK_M("r10", "q5") \
  EK_M("r12", "q6") "vldmia sp, {d0-d13}\n" EK_M("lr", "q0") "vldrb.8 q7, [r3, #16]\n"           \
  EK_M("r0", "q1") EK_M("r2", "q2") EK_M("r4", "q3") EK_M("r6", "q4") EK_M("r8", "q5") EK_M("r10", "q6") \
  "vldmia r1, {d0-d13}\n sub r1, #112\n" EK_M("r12", "q0") EK_M("lr", "q1") "vldrb.8 q7, [r3], #" step "\n" \
  EK_M("r0", "q2") EK_M("r2", "q3") EK_M("r4", "q4") EK_M("r6", "q5") EK_M("r8", "q6")           \
  "vldmia r9, {d0-d13}\n" EK_M("r10", "q0") EK_M("r12", "q1") EK_M("lr", "q2") EK_OUTPUTS

EK_LINES_BAND { EK_LINES("8", "16", "vstrw.32", "48", "144", "368", PIXEL, "12", "24"); }

void ek_conv_2d_rgba_mve(const ek_conv_2d_rgba_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  ek_lines_mve(p, x, y, scratch, band);
}
