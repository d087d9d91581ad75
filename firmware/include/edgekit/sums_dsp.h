/* What the assembly of kernels shares that keep up to four sums in r8 to r11, beside outputs described on the stack. */
#ifndef EDGEKIT_SUMS_DSP_H
#define EDGEKIT_SUMS_DSP_H

#define ADD(D, X, W, TO) "  smlad " D ", " X ", " W ", " TO "\n"
#define A(X, W) ADD("r8", X, W, "r8")
#define B(X, W) ADD("r9", X, W, "r9")
#define C(X, W) ADD("r10", X, W, "r10")
#define D(X, W) ADD("r11", X, W, "r11")

/* Copies the 18 words at r0 to the stack; the first stays in r1, the last eight in r2 to r9. */
#define OUTPUTS_TO_STACK                                         \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"              \
  "  sub sp, sp, #72\n"                                          \
  "  mov r12, sp\n"                                              \
  "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"   \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"  \
  "  ldmia.w r0, {r2, r3, r4, r5, r6, r7, r8, r9}\n"             \
  "  stmia.w r12, {r2, r3, r4, r5, r6, r7, r8, r9}\n"

#endif
