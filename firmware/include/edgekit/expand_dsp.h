/* What kernels share that expand rows of their input to halfwords, with the padding around them. */
#ifndef EDGEKIT_EXPAND_DSP_H
#define EDGEKIT_EXPAND_DSP_H

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
/* Fills so many times 16 bytes with a word; returns their end. */
__attribute__((naked, noinline, unused)) static uint32_t *ek_fill_sixteens(uint32_t *to, int32_t sixteens, int32_t word) {
  __asm__ volatile(
      "  cbz r1, 2f\n"
      "  mov r3, r2\n"
      "  mov r12, r2\n"
      "  push {r4}\n"
      "  mov r4, r2\n"
      "1:\n"
      "  stmia.w r0!, {r2, r3, r4, r12}\n"
      "  subs r1, #1\n"
      "  bne 1b\n"
      "  pop {r4}\n"
      "2:\n"
      "  bx lr\n");
}
#pragma GCC diagnostic pop
#else
static inline uint32_t *ek_fill_sixteens(uint32_t *to, int32_t sixteens, int32_t word) {
  for (int32_t i = 0; i < 4 * sixteens; ++i) {
    *to++ = (uint32_t)word;
  }
  return to;
}
#endif

/* Where `rows` rows from `row` on, of which some are outside of an input of `in_h` rows but never all, are inside. */
typedef struct {
  int32_t above, inside, below;
} ek_rows_t;

static inline ek_rows_t ek_rows(int32_t row, int32_t rows, int32_t in_h) {
  const int32_t above = row < 0 ? -row : 0, most = rows - above, left = in_h - row - above;
  const int32_t inside = left < most ? left : most;
  const ek_rows_t found = {above, inside, most - inside};
  return found;
}

#ifdef __cplusplus
}
#endif
#endif
