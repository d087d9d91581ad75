/* The taps of both windows of a pair as halfwords, row by row of any kernel. */
#ifndef EDGEKIT_HALVES_ROWS_DSP_H
#define EDGEKIT_HALVES_ROWS_DSP_H

#include "edgekit/halves_pairs_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
EXPAND(rows, "  mov r8, r1\n"
             "  mov r9, r2\n"
             "  ldr r10, [sp, #60]\n"
             "  ldr r11, [sp, #72]\n"
             "1:\n"
             "  ldr r12, [sp, #68]\n"
             "2:\n" WORD("[r1], #4", "[r2], #4")
             "  subs r12, r12, #1\n"
             "  bne 2b\n"
             "  cmp r11, #0\n"
             "  beq 3f\n"
             "  add r1, r11\n"
             "  add r2, r11\n" WORD("[r1]", "[r2]")
             "3:\n"
             "  add r8, r3\n"
             "  add r9, r3\n"
             "  mov r1, r8\n"
             "  mov r2, r9\n"
             "  subs r10, r10, #1\n"
             "  bne 1b\n")
#pragma GCC diagnostic pop

#else

static void rows(const pass_t *p) {
  uint32_t *to = p->columns;
  for (int32_t row = 0; row < p->rows; ++row) {
    const int8_t *a = p->window[0] + row * p->pitch, *b = p->window[1] + row * p->pitch;
    for (int32_t i = 0; i < 4 * p->words; i += 4) {
      to = word(to, a + i, b + i);
    }
    if (p->back != 0) {
      to = word(to, a + 4 * p->words + p->back, b + 4 * p->words + p->back);
    }
  }
}

#endif

/* Rows of `taps` bytes, at least 4: whole words, then a rest's last word. */
static inline void by_rows(pass_t *pass, int32_t taps) {
  pass->words = taps / 4;
  pass->back = taps % 4 == 0 ? 0 : taps % 4 - 4;
}

#ifdef __cplusplus
}
#endif
#endif
