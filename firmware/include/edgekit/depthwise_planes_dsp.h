/* Planes of the input of depthwise_conv_2d_planes_dsp.c: of each of four channels words of two lines, column by column. */
#ifndef EDGEKIT_DEPTHWISE_PLANES_DSP_H
#define EDGEKIT_DEPTHWISE_PLANES_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PLANES = 4, PARTS = 3 };

/* Rows of words, in the order in which the assembly has it in registers. */
typedef struct {
  uint32_t *to;            /* the first channel's */
  const int8_t *lines[2];  /* of the first row; what stands for one outside has a step of 0 */
  ptrdiff_t steps[2];      /* from column to column */
  int32_t rows;
} part_t;

/* Parts of the input, one after another. */
typedef struct {
  int32_t plane;           /* bytes from channel to channel */
  int32_t columns;         /* 4 */
  int32_t gap;             /* 8: bytes from the end of a row to the next */
  ptrdiff_t down;          /* from the end of a line to the second next */
  int32_t count;           /* 16: of the parts */
  part_t parts[PARTS];     /* 20 */
} planes_t;

#if EK_DSP_INSTRUCTIONS
_Static_assert(offsetof(planes_t, gap) == 8 && offsetof(planes_t, parts) == 20 && offsetof(part_t, rows) == 20, "planes_t");

/* A column of two lines to four channels; two columns. */
#define COLUMN                                           \
  "  ldr r7, [r1]\n"                                     \
  "  ldr.w r8, [r2]\n"                                   \
  "  add r1, r1, r3\n"                                   \
  "  add r2, r2, r12\n"                                  \
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
#define HALVES(A, B, X, Y, ROTATED) "  sxtb16 " A ", " X ROTATED "\n  sxtb16 " B ", " Y ROTATED "\n"
#define COLUMNS                                    \
  "  ldr r7, [r1]\n"                               \
  "  ldr.w r8, [r2]\n"                             \
  "  ldr.w r9, [r1, r3]\n"                         \
  "  ldr.w r10, [r2, r12]\n"                       \
  "  add r1, r1, r3, lsl #1\n"                     \
  "  add r2, r2, r12, lsl #1\n"                    \
  "  pkhtb r11, r8, r7, asr #16\n"                 \
  "  pkhbt r7, r7, r8, lsl #16\n"                  \
  "  pkhbt r8, r9, r10, lsl #16\n"                 \
  "  pkhtb r9, r10, r9, asr #16\n"                 \
  "  sxtb16 r10, r7, ror #8\n"                     \
  "  str r10, [r4], #4\n"                          \
  "  sxtb16 r10, r8, ror #8\n"                     \
  "  str r10, [r4], #4\n"                          \
  HALVES("r7", "r8", "r7", "r8", "")               \
  "  strd r7, r8, [r0], #8\n"                      \
  HALVES("r7", "r8", "r11", "r9", ", ror #8")      \
  "  strd r7, r8, [r6], #8\n"                      \
  HALVES("r11", "r9", "r11", "r9", "")             \
  "  strd r11, r9, [r5], #8\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
/* Of four channels from `channel` on. r0, r4, r5, r6 planes, r1, r2 lines, r3, r12 steps, lr end of the row; the stack: the next
 * part, channel, parts and rows left, at 48 `planes`. */
__attribute__((naked, noinline)) static void transpose(const planes_t *planes, int32_t channel) {
  __asm__ volatile(
      "  push {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  str r0, [sp, #48]\n"
      "  ldr r8, [r0, #16]\n"
      "  add r9, r0, #20\n"
      "1:\n"
      "  ldr r10, [sp, #4]\n"
      "  ldr r11, [sp, #48]\n"
      "  ldmia.w r9!, {r0, r1, r2, r3, r12, lr}\n"
      "  strd r8, lr, [sp, #8]\n"
      "  str.w r9, [sp]\n"
      "  ldr.w r7, [r11]\n"
      "  cmp r3, #0\n"
      "  it ne\n"
      "  addne r1, r1, r10\n"
      "  cmp r12, #0\n"
      "  it ne\n"
      "  addne r2, r2, r10\n"
      "  add r4, r0, r7\n"
      "  add r5, r4, r7\n"
      "  add r6, r5, r7\n"
      "2:\n"
      "  ldr.w r7, [r11, #4]\n"
      "  add lr, r0, r7, lsl #2\n"
      "  lsls r7, r7, #31\n" /* an odd column alone; then pairs, by twos: there is one at the least */
      "  beq 6f\n"
      COLUMN
      "6:\n"
      "  bcs 4f\n"
      "3:\n" COLUMNS
      "4:\n" COLUMNS
      "  cmp r0, lr\n"
      "  bne 3b\n"
      "  ldr r10, [sp, #12]\n"
      "  ldr r11, [sp, #48]\n"
      "  ldrd r7, r8, [r11, #8]\n"
      "  subs.w r10, r10, #1\n"
      "  beq 5f\n"
      "  str.w r10, [sp, #12]\n"
      "  add r0, r0, r7\n"
      "  add r4, r4, r7\n"
      "  add r5, r5, r7\n"
      "  add r6, r6, r7\n"
      "  add r1, r1, r8\n"
      "  add r2, r2, r8\n"
      "  b 2b\n"
      "5:\n"
      "  ldr r8, [sp, #8]\n"
      "  ldr r9, [sp]\n"
      "  subs.w r8, r8, #1\n"
      "  bne 1b\n"
      "  add sp, sp, #16\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n");
}
#pragma GCC diagnostic pop
#undef COLUMN
#undef HALVES
#undef COLUMNS

#else

static void transpose(const planes_t *s, int32_t channel) {
  for (const part_t *part = s->parts; part != s->parts + s->count; ++part) {
    for (int32_t row = 0; row < part->rows; ++row) {
      for (int32_t column = 0; column < s->columns; ++column) {
        uint32_t x[2];
        for (int i = 0; i < 2; ++i) {
          const ptrdiff_t step = part->steps[i], below = row * (s->columns * step + s->down);
          memcpy(&x[i], part->lines[i] + (step != 0 ? channel + below + column * step : 0), sizeof x[i]);
        }
        uint32_t *const to = part->to + row * (s->columns + s->gap / 4) + column;
        to[0] = ek_sxtb16(ek_pack_low(x[0], x[1]));
        to[s->plane / 4] = ek_sxtb16_odd(ek_pack_low(x[0], x[1]));
        to[2 * (s->plane / 4)] = ek_sxtb16(ek_pack_high(x[0], x[1]));
        to[3 * (s->plane / 4)] = ek_sxtb16_odd(ek_pack_high(x[0], x[1]));
      }
    }
  }
}

#endif

#ifdef __cplusplus
}
#endif
#endif
