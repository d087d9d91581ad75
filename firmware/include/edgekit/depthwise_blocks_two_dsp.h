/* Blocks of 2x2 outputs two lines and two columns apart: the inner loops of depthwise_conv_2d_planes_dsp.c for stride 2. */
#ifndef EDGEKIT_DEPTHWISE_BLOCKS_TWO_DSP_H
#define EDGEKIT_DEPTHWISE_BLOCKS_TWO_DSP_H

#include "edgekit/depthwise_blocks_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS

/* All weights stay in registers: r1-r3 (w0, w1) by column, r4 (w2, w2) of the first two, r5 w2 of the last, and twice the pitch.
 * r0 row of words, lr y, r6-r8 columns, r9, r10 and r11, r12 the sums of two lines. */
#define WEIGHTS                     \
  "  ldr r5, [sp, #52]\n"           \
  "  pkhtb r4, r11, r10, asr #16\n" \
  "  lsls r5, r5, #17\n"            \
  "  pkhtb r5, r5, r12, asr #16\n"
#define NEXT_ROW "  add r0, r0, r5, asr #17\n"
#define BIAS(D) "  ldr " D ", [sp, #36]\n"
/* A row's first three columns to the line that it begins, of which B has the bias, and to the one that it ends; its last two. */
#define BEGUN(A, B) ADD(A, "r6", "r1", B) ADD(B, "r8", "r1", B) TAP(A, "r7", "r2") TAP(A, "r8", "r3")
#define BEGUN_2(B, C, D) TAP(B, C, "r2") TAP(B, D, "r3")
#define LAST(SUM, X, W, HALF) "  smlab" HALF " " SUM ", " X ", " W ", " SUM "\n"
#define ENDED(A, B) LAST(A, "r6", "r4", "b") LAST(A, "r7", "r4", "t") LAST(A, "r8", "r5", "b") LAST(B, "r8", "r4", "b")
#define ENDED_2(B) LAST(B, "r6", "r4", "t") LAST(B, "r7", "r5", "b")

#define BLOCK                                                                      \
  "2:\n" BIAS("r10") "  ldmia.w r0, {r6, r7, r8, r11, r12}\n"                      \
  BEGUN("r9", "r10") BEGUN_2("r10", "r11", "r12") BIAS("r12") NEXT_ROW             \
  "  ldmia.w r0, {r6, r7, r8}\n" ENDED("r9", "r10") BEGUN("r11", "r12")            \
  "  ldrd r6, r7, [r0, #12]\n" ENDED_2("r10") BEGUN_2("r12", "r6", "r7") NEXT_ROW  \
  "  ldmia.w r0!, {r6, r7, r8}\n" ENDED("r11", "r12")                              \
  "  ldrd r6, r7, [r0], #4\n" ENDED_2("r12")                                       \
  "  sub r0, r0, r5, asr #16\n"

#define ALL(OF) OF("r9") OF("r10") OF("r11") OF("r12")
#define OF_TWO(A) REQUANTIZE(A, "r6", "r7", "r8")
#define OF_ONE(A) EK_RELU_OF(A, "r6", "r7")
/* r8 column step; then r6 line step, r7 the last column. */
#define BY_TWO "  ldrd r6, r7, [sp]\n  ldr r8, [sp, #20]\n" ALL(OF_TWO) "  ldr r8, [sp, #8]\n"
#define BY_ONE "  ldmia.w sp, {r6, r7, r8}\n" ALL(OF_ONE) ALL(EK_RELU_SATURATE)
#define LINE(Y, A, B) "  strb " A ", [" Y "]\n  strb " B ", [" Y ", r8]\n"
#define STORE                                                                                    \
  "  ldrd r6, r7, [sp, #12]\n" LINE("lr", "r9", "r10") "  add r6, r6, lr\n" LINE("r6", "r11", "r12") \
  "  add lr, lr, r8, lsl #1\n"

/* Of an odd number of columns the last is computed with the one before it once more; so is the last line. */
#define ACROSS         \
  "  cmp r0, r7\n"     \
  "  blo 2b\n"         \
  "  bne 5f\n"         \
  "  subs r0, r0, #8\n" \
  "  sub lr, lr, r8\n" \
  "  b 2b\n"
#define DOWN                      \
  "5:\n"                          \
  "  ldr r7, [sp, #108]\n"        \
  "  subs r7, r7, #1\n"           \
  "  beq 4f\n"                    \
  "  cmp r7, #1\n"                \
  "  ldrd r8, r9, [sp, #60]\n"    \
  "  it eq\n"                     \
  "  ldrdeq r8, r9, [sp, #68]\n"  \
  "  ldr r6, [sp, #56]\n"         \
  "  add r0, r0, r8\n"            \
  "  add lr, lr, r9\n"            \
  "  add r6, r6, r0\n"            \
  "  b 3b\n"                      \
  "4:\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
#define OUTPUTS_TWO(NAME, FINISH)                                                       \
  __attribute__((naked, noinline)) static void NAME(const strips_t *strips) {            \
    __asm__ volatile(PROLOGUE WEIGHTS BEGIN("3") BLOCK FINISH STORE ACROSS DOWN EPILOGUE); \
  }
OUTPUTS_TWO(plain_outputs_two, BY_TWO)
OUTPUTS_TWO(relu_outputs_two, BY_ONE)
#pragma GCC diagnostic pop

#else

static void plain_outputs_two(const strips_t *strips) { outputs_of(strips, 2, 0); }
static void relu_outputs_two(const strips_t *strips) { outputs_of(strips, 2, 1); }

#endif

#ifdef __cplusplus
}
#endif
#endif
