/* Planes of the input of depthwise_conv_2d_planes_dsp.c: of each of four channels words of two lines, column by column. */
#ifndef EDGEKIT_DEPTHWISE_PLANES_DSP_H
#define EDGEKIT_DEPTHWISE_PLANES_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PLANES = 4 };

/* Rows of words, each of two lines of the input, in the order in which the assembly has it in registers. */
typedef struct {
  uint32_t *to;            /* the first channel's */
  const int8_t *lines[2];
  ptrdiff_t steps[2];      /* 12: from column to column */
  int32_t plane;           /* 20: bytes from channel to channel */
  int32_t columns;         /* 24 */
  int32_t gap;             /* 28: from the end of a row to the next */
  ptrdiff_t down;          /* 32: from the end of a line to the second next */
  int32_t rows;            /* 36 */
} planes_t;

#if EK_DSP_INSTRUCTIONS
_Static_assert(offsetof(planes_t, plane) == 20 && offsetof(planes_t, rows) == 36, "planes_t");

/* A column of two lines, which are in r7 and r8, to four channels. */
#define COLUMN                                           \
  "  pkhtb r9, r8, r7, asr #16\n" /* channels 2 and 3 */ \
  "  pkhbt r7, r7, r8, lsl #16\n" /* channels 0 and 1 */ \
  "  sxtb16 r8, r7, ror #8\n"                            \
  "  sxtb16 r7, r7\n"                                    \
  "  sxtb16 r10, r9, ror #8\n"                           \
  "  sxtb16 r9, r9\n"                                    \
  "  str r7, [r0], #4\n"                                 \
  "  str r8, [r4], #4\n"                                 \
  "  str r9, [r5], #4\n"                                 \
  "  str r10, [r6], #4\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
/* r0, r4, r5, r6 channels, r1, r2 lines, r3, r12 steps, lr end of the row. */
__attribute__((naked, noinline)) static void transpose(const planes_t *planes) {
  __asm__ volatile(
      "  push {r0, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  mov r11, r0\n"
      "  ldmia.w r11, {r0, r1, r2, r3, r12, lr}\n"
      "  ldr.w r7, [r11, #36]\n"
      "  add r4, r0, lr\n"
      "  add r5, r4, lr\n"
      "  add r6, r5, lr\n"
      "1:\n"
      "  str r7, [sp]\n"
      "  ldr.w r7, [r11, #24]\n"
      "  add lr, r0, r7, lsl #2\n"
      "  lsls r7, r7, #31\n"
      "  beq 2f\n"
      "  sub r1, r1, r3\n" /* an odd number of columns begins with a second one */
      "  sub r2, r2, r12\n"
      "  b 3f\n"
      "2:\n"
      "  ldr r7, [r1]\n"
      "  ldr.w r8, [r2]\n"
      COLUMN
      "3:\n"
      "  ldr r7, [r1, r3]\n"
      "  ldr.w r8, [r2, r12]\n"
      "  add r1, r1, r3, lsl #1\n"
      "  add r2, r2, r12, lsl #1\n"
      COLUMN
      "  cmp r0, lr\n"
      "  bne 2b\n"
      "  ldrd r7, r8, [r11, #28]\n"
      "  add r0, r0, r7\n"
      "  add r4, r4, r7\n"
      "  add r5, r5, r7\n"
      "  add r6, r6, r7\n"
      "  add r1, r1, r8\n"
      "  add r2, r2, r8\n"
      "  ldr r7, [sp]\n"
      "  subs r7, r7, #1\n"
      "  bne 1b\n"
      "  pop {r0, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop
#undef COLUMN

#else

static void transpose(const planes_t *s) {
  const int8_t *lines[2] = {s->lines[0], s->lines[1]};
  for (int32_t row = 0, at = 0; row < s->rows; ++row, at += s->gap / 4) {
    for (int32_t column = 0; column < s->columns; ++column, ++at) {
      for (int32_t c = 0; c < PLANES; ++c) {
        s->to[c * s->plane / 4 + at] =
            ek_pack_low((uint32_t)lines[0][column * s->steps[0] + c], (uint32_t)lines[1][column * s->steps[1] + c]);
      }
    }
    for (int i = 0; i < 2; ++i) {
      lines[i] += row + 1 < s->rows ? s->columns * s->steps[i] + s->down : 0;
    }
  }
}

#endif

#ifdef __cplusplus
}
#endif
#endif
