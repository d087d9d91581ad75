/* The taps of both windows of a pair as halfwords: how conv_2d_halves_dsp.c fills its `columns`. */
#ifndef EDGEKIT_HALVES_COLUMNS_DSP_H
#define EDGEKIT_HALVES_COLUMNS_DSP_H

#include "edgekit/conv_2d_halves_dsp.h"
#include "edgekit/halves_rows_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_conv_2d_halves_dsp_t params_t;

#if EK_DSP_INSTRUCTIONS

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */

#define NEXT_WORD "  adds r1, #4\n  adds r2, #4\n"
/* A word of three rows: of any two windows; of those whose rows are shared but one. */
#define APART WORD("[r1]", "[r2]") WORD("[r1, r3]", "[r2, r3]") WORD("[r1, r3, lsl #1]", "[r2, r3, lsl #1]")
#define SHARED                                                                                           \
  "  ldr.w r5, [r1]\n"                                                                                   \
  "  ldr.w r7, [r1, r3]\n"                                                                               \
  "  ldr.w r9, [r1, r3, lsl #1]\n"                                                                       \
  "  ldr.w r11, [r2, r3, lsl #1]\n" BYTES("r4", "r5") BYTES("r6", "r7") BYTES("r8", "r9") BYTES("r10", "r11") \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"                                                                    \
  "  stmia.w r0!, {r6, r7, r8, r9}\n"                                                                    \
  "  stmia.w r0!, {r8, r9, r10, r11}\n"
/* One tap that is left of each of three rows. What is in the upper half of r5 and r7 meets weights of 0. */
#define ONES_APART                                     \
  "  ldrsb.w r4, [r1]\n"                               \
  "  ldrsb.w r5, [r1, r3]\n"                           \
  "  ldrsb.w r8, [r1, r3, lsl #1]\n"                   \
  "  ldrsb.w r6, [r2]\n"                               \
  "  ldrsb.w r7, [r2, r3]\n"                           \
  "  ldrsb.w r9, [r2, r3, lsl #1]\n"                   \
  "  pkhbt r4, r4, r8, lsl #16\n"                      \
  "  pkhbt r6, r6, r9, lsl #16\n"                      \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"
#define ONES_SHARED                                    \
  "  ldrsb.w r4, [r1]\n"                               \
  "  ldrsb.w r5, [r1, r3]\n"                           \
  "  ldrsb.w r7, [r1, r3, lsl #1]\n"                   \
  "  ldrsb.w r6, [r2, r3, lsl #1]\n"                   \
  "  pkhbt r4, r4, r7, lsl #16\n"                      \
  "  pkhbt r6, r5, r6, lsl #16\n"                      \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"
/* Two taps: those of two rows are one word, in r8 and r9; of the third row they are in r6 and r7. */
#define TWOS                                                                                     \
  BYTES("r10", "r11") "  mov r9, r8\n" BYTES("r8", "r9") "  stmia.w r0!, {r8, r9, r10, r11}\n"    \
  "  sxtb16 r4, r6\n"                                                                            \
  "  sxtb16 r5, r6, ror #8\n" BYTES("r6", "r7") "  stmia.w r0!, {r4, r5, r6, r7}\n"
#define TWOS_APART                                     \
  "  ldrh.w r4, [r1]\n"                                \
  "  ldrh.w r5, [r1, r3]\n"                            \
  "  ldrh.w r6, [r1, r3, lsl #1]\n"                    \
  "  ldrh.w r9, [r2]\n"                                \
  "  ldrh.w r10, [r2, r3]\n"                           \
  "  ldrh.w r7, [r2, r3, lsl #1]\n"                    \
  "  orr r8, r4, r5, lsl #16\n"                        \
  "  orr r11, r9, r10, lsl #16\n" TWOS
#define TWOS_SHARED                                    \
  "  ldrh.w r4, [r1]\n"                                \
  "  ldrh.w r5, [r1, r3]\n"                            \
  "  ldrh.w r6, [r1, r3, lsl #1]\n"                    \
  "  ldrh.w r7, [r2, r3, lsl #1]\n"                    \
  "  orr r8, r4, r5, lsl #16\n"                        \
  "  orr r11, r5, r6, lsl #16\n" TWOS

#define THREE(NAME, WORDS)          \
  EXPAND(NAME, "  ldr r12, [sp, #68]\n"         \
               "1:\n" WORDS NEXT_WORD           \
               "  subs r12, r12, #1\n"          \
               "  bne 1b\n"                     \
               "  ldr r12, [sp, #72]\n"         \
               "  cmp r12, #0\n"                \
               "  it eq\n"                      \
               "  bxeq lr\n"                    \
               "  add r1, r12\n"                \
               "  add r2, r12\n" WORDS)
EXPAND(three_9, APART NEXT_WORD APART NEXT_WORD ONES_APART)
EXPAND(three_9_shared, SHARED NEXT_WORD SHARED NEXT_WORD ONES_SHARED)
EXPAND(three_6, APART NEXT_WORD TWOS_APART)
EXPAND(three_6_shared, SHARED NEXT_WORD TWOS_SHARED)
THREE(three, APART)
THREE(three_shared, SHARED)
#pragma GCC diagnostic pop

#else

/* The word at `at` of three rows. */
static uint32_t *three_words(const pass_t *p, uint32_t *to, int32_t at) {
  for (int32_t row = 0; row < 3; ++row, at += p->pitch) {
    to = word(to, p->window[0] + at, p->window[1] + at);
  }
  return to;
}
static void three(const pass_t *p) {
  uint32_t *to = p->columns;
  for (int32_t i = 0; i < p->words; ++i) {
    to = three_words(p, to, 4 * i);
  }
  if (p->back != 0) {
    three_words(p, to, 4 * p->words + p->back);
  }
}
/* `left` taps at the ends of three rows. */
static void ends(const pass_t *p, int32_t left) {
  int8_t taps[2][8] = {{0}, {0}};
  for (int32_t row = 0; row < 3; ++row) {
    for (int32_t i = 0; i < left; ++i) {
      taps[0][row * left + i] = p->window[0][row * p->pitch + 4 * p->words + i];
      taps[1][row * left + i] = p->window[1][row * p->pitch + 4 * p->words + i];
    }
  }
  uint32_t *to = p->columns + 12 * p->words;
  for (int32_t i = 0; i < 3 * left; i += 4) {
    to = word(to, taps[0] + i, taps[1] + i);
  }
}
static void three_rest(const pass_t *p) {
  for (int32_t i = 0; i < p->words; ++i) {
    three_words(p, p->columns + 12 * i, 4 * i);
  }
  ends(p, 4 + p->back);
}
#define three_9 three_rest
#define three_9_shared three_rest
#define three_6 three_rest
#define three_6_shared three_rest
#define three_shared three

#endif

/* How pairs of windows are expanded: below each other, and others. */
static void choose(const params_t *p, pass_t *pass, expand_t *found[2]) {
  const int shared = p->stride_h == p->dilation_h;
  by_rows(pass, p->kernel_row);
  found[0] = found[1] = rows;
  if (p->kernel_h == 3) {
    found[1] = p->kernel_row == 9 ? three_9 : p->kernel_row == 6 ? three_6 : three;
    found[0] = !shared ? found[1] : p->kernel_row == 9 ? three_9_shared : p->kernel_row == 6 ? three_6_shared : three_shared;
  }
}

#ifdef __cplusplus
}
#endif
#endif
