/* What the assembly of kernels shares that leave the sums of one channel on the stack: r8, r9 multiplier and divider, r10 the zero
 * point, eight sums at a time in the others up to r12. */
#ifndef EDGEKIT_FOUR_OUTPUTS_DSP_H
#define EDGEKIT_FOUR_OUTPUTS_DSP_H

#define SCALE(A)                      \
  "  smmulr " A ", " A ", r8\n"       \
  "  smmlar " A ", " A ", r9, r10\n"
#define POP_SUMS "  pop.w {r2, r3, r4, r5, r6, r7, r11, r12}\n"
/* Four outputs as a word: the zero point is 128 more, since USAT16 makes bytes without a sign. */
#define FOUR(A, B, C, D)                          \
  SCALE(A) SCALE(B) SCALE(C) SCALE(D)             \
  "  pkhbt " A ", " A ", " C ", lsl #16\n"        \
  "  pkhbt " B ", " B ", " D ", lsl #16\n"        \
  "  usat16 " A ", #8, " A "\n"                   \
  "  usat16 " B ", #8, " B "\n"                   \
  "  orr " A ", " A ", " B ", lsl #8\n"           \
  "  eor " A ", " A ", #0x80808080\n"

#endif
