/* What the assembly of kernels shares that keep up to four sums in r8 to r11, beside outputs described on the stack. */
#ifndef EDGEKIT_SUMS_DSP_H
#define EDGEKIT_SUMS_DSP_H

#include "edgekit/assembly_dsp.h"

#define A(X, W) TAP("r8", X, W)
#define B(X, W) TAP("r9", X, W)
#define C(X, W) TAP("r10", X, W)
#define D(X, W) TAP("r11", X, W)

/* Copies the 18 words at r0 to the stack; the first stays in r1, the last eight in r2 to r9. */
#define OUTPUTS_TO_STACK                                         \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"              \
  "  sub sp, sp, #72\n"                                          \
  "  mov r12, sp\n"                                              \
  "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"   \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"  \
  "  ldmia.w r0, {r2, r3, r4, r5, r6, r7, r8, r9}\n"             \
  "  stmia.w r12, {r2, r3, r4, r5, r6, r7, r8, r9}\n"

/* Outputs of three or four sums, at lr and `out_c` bytes apart; lr goes on. At r1 are multiplier and divider; TAKE brings in r4 the
 * zero point, in r5 and r2 out_c and -out_c, and what comes next in others but r3. */
#define THREE_SUMS(OF) OF("r8") OF("r9") OF("r10")
#define FOUR_SUMS(OF) THREE_SUMS(OF) OF("r11")
#define MULTIPLY(SUM) "  smmulr " SUM ", " SUM ", r2\n"
#define DIVIDE(SUM) "  smmlar " SUM ", " SUM ", r3, r4\n"
#define SATURATE(SUM) "  ssat " SUM ", #8, " SUM "\n"
#define OUTPUTS(SUMS, TAKE)                                      \
  "  ldmia.w r1, {r2, r3}\n" SUMS(MULTIPLY) TAKE SUMS(DIVIDE) SUMS(SATURATE) \
  "  strb.w r8, [lr]\n"                                         \
  "  strb.w r9, [lr, r5]\n"                                     \
  "  strb.w r10, [lr, r5, lsl #1]\n"
#define FOUR_OUTPUTS(TAKE) OUTPUTS(FOUR_SUMS, TAKE)              \
  "  add.w lr, lr, r5, lsl #2\n"                                \
  "  strb.w r11, [lr, r2]\n"
#define THREE_OUTPUTS(TAKE) OUTPUTS(THREE_SUMS, TAKE)            \
  "  add.w r2, r2, r5, lsl #2\n"                                \
  "  add lr, r2\n"

#endif
