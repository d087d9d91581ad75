/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of two input channels and 3x3
 * taps, with the DSP instructions.
 *
 * Blocking: 1 pixel x all channels, by records as in conv_2d_threaded_dsp.c: windows are expanded from the right to the left and
 * pushed, with where their weights are and the code that takes them; one POP per pixel loads that and jumps there. A window's
 * first two columns are two words of each row; its third column is a column of the window on its right, which is still in
 * registers. At an edge the two columns inside are six words, in a line with a row outside the two rows inside.
 * Registers: r0 y; of a pixel r1 stream, r2-r10 words, r11, r12 and lr what was loaded. Of a line r0 turns, r1 stream, r2-r10
 * words (r2, r4, r6 channel 0 of rows 0 to 2, r3, r5, r7 channel 1, r8-r10 column 2), r11 windows, r12 from row to row, lr the code.
 * Budget: 19 instructions for an output (18 MACs), 12 for one of six words, 1 for a pixel; 15 to expand a window, 11 of two rows;
 * 34 for a line, 25 for a section, 60 for the call. Cycles by LDR 2, LDM 1 + n, branch 2: 38 for an output, 2.1 a MAC. */
#include "edgekit/conv_2d_threaded_two_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/assembly_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_conv_2d_threaded_two_dsp_t, images) == 24, "the assembly's order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define FOUR_TIMES(CODE) CODE CODE CODE CODE
#define TWELVE_TIMES(CODE) FOUR_TIMES(CODE CODE CODE)
/* 76 bytes */
#define CHANNEL                                           \
  "  ldmia.w r1!, {r11, r12, lr}\n" TAP("r11", "r2", "r12") TAP("r11", "r3", "lr") \
  "  ldmia.w r1!, {r12, lr}\n" TAP("r11", "r4", "r12") TAP("r11", "r5", "lr") \
  "  ldmia.w r1!, {r12, lr}\n" TAP("r11", "r6", "r12") TAP("r11", "r7", "lr") \
  "  ldmia.w r1!, {r12, lr}\n" TAP("r11", "r8", "r12") TAP("r11", "r9", "lr") \
  "  ldmia.w r1!, {r12, lr}\n" TAP("r11", "r10", "r12")   \
  "  smmulr r11, r11, lr\n"                               \
  "  ldmia.w r1!, {r12, lr}\n"                            \
  "  smmlar r11, r11, r12, lr\n"                          \
  "  ssat r11, #8, r11\n"                                 \
  "  strb r11, [r0], #1\n"
/* 48 bytes; r8 is the sum. */
#define CHANNEL_OF_SIX                                    \
  "  ldmia.w r1!, {r8, r9, r10, r11, r12, lr}\n"          \
  TAP("r8", "r2", "r9")                                   \
  TAP("r8", "r3", "r10")                                  \
  TAP("r8", "r4", "r11")                                  \
  TAP("r8", "r5", "r12")                                  \
  TAP("r8", "r6", "lr")                                   \
  "  ldmia.w r1!, {r9, r10, r11, r12}\n"                  \
  TAP("r8", "r7", "r9")                                   \
  REQUANTIZE("r8", "r10", "r11", "r12")                   \
  "  strb r8, [r0], #1\n"
#define EXPAND(EVEN, ODD)                                 \
  "  sxtb16 " ODD ", " EVEN ", ror #8\n"                  \
  "  sxtb16 " EVEN ", " EVEN "\n"
#define LOAD_2(STEP)                                      \
  "  ldr r4, [r11, r12]\n"                                \
  "  ldr r2, [r11], #-" STEP "\n" EXPAND("r2", "r3") EXPAND("r4", "r5")
#define LOAD_3(STEP) "  ldr r6, [r11, r12, lsl #1]\n" LOAD_2(STEP) EXPAND("r6", "r7")
#define POP "  pop.w {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, pc}\n"
#define PUSH "  push.w {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, lr}\n"
#define SECOND(D, EVEN, ODD) "  pkhtb " D ", " ODD ", " EVEN ", asr #16\n"
#define FIRST(D, EVEN, ODD) "  pkhbt " D ", " EVEN ", " ODD ", lsl #16\n"
#define WINDOWS_3(LABEL, COLUMN, STEP)                    \
  LABEL ":\n" COLUMN("r8", "r2", "r3") COLUMN("r9", "r4", "r5") COLUMN("r10", "r6", "r7") LOAD_3(STEP) PUSH \
  "  adds.w r0, r0, #0x1000000\n"                         \
  "  bcc.w " LABEL "b\n"
#define WINDOWS_2(LABEL, COLUMN, STEP)                    \
  LABEL ":\n" COLUMN("r6", "r2", "r3") COLUMN("r7", "r4", "r5") LOAD_2(STEP) PUSH \
  "  adds.w r0, r0, #0x1000000\n"                         \
  "  bcc.w " LABEL "b\n"
/* r1 lines, r2 row, r3, r4 tables, r5 code, r6 turns, r7 where to go on, r8 pitch, r9 step, r10 left table. */
#define NEXT_LINE                    \
  "  subs r1, #1\n"                  \
  "  beq.w 2b\n"                     \
  "  ldr.w lr, [sp, #12]\n"          \
  "  str r0, [sp, #4]\n"             \
  "  mov r11, r2\n"                  \
  "  mov r12, r8\n"                  \
  "  add r2, r9\n" PUSH
#define RIGHT(STEP)                  \
  "  mov r1, r3\n"                   \
  "  ldr.w lr, [sp, #44]\n" LOAD_3(STEP) PUSH \
  "  ldrd r1, lr, [sp, #56]\n"       \
  "  ldr r0, [sp, #64]\n"            \
  "  ldr.w pc, [sp, #68]\n"

/* On the stack: 0 the code of six words, 4 y, 8 where a line ends, 12 begins, 16 section, 20 x, 24 stream, 28 code, 32 in_size,
 * 36 images, 40 table of addresses. */
__attribute__((naked)) void ek_conv_2d_threaded_two_dsp(const ek_conv_2d_threaded_two_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r3, r5, r6, r7, r9, r11, r12}\n"
      "  mov r0, r2\n"
      "  mov r4, r2\n"
      "  mov r8, r1\n"
      "  adr.w lr, 1f\n"
      "  ldr.w r5, [lr, r5]\n"
      "  ldr.w r6, [lr, r6]\n"
      "  add r10, lr, #(3f - 1f + 1)\n"
      "  add r5, lr\n"
      "  add r6, lr\n"
      "  add r3, r10\n"
      "  push.w {r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  mov r11, r7\n"
      "  b.w 4f\n"
      "  .p2align 2\n"
      "1:\n"
      "  .word 10f - 1b + 1, 11f - 1b + 1, 12f - 1b + 1, 13f - 1b + 1, 14f - 1b + 1, 15f - 1b + 1, 16f - 1b + 1, 17f - 1b + 1\n"
      "  .word 18f - 1b + 1, 19f - 1b + 1, 20f - 1b + 1\n"
      /* All channels, entered where out_c of them are left. */
      "3:\n" TWELVE_TIMES(CHANNEL) POP TWELVE_TIMES(CHANNEL_OF_SIX) POP /* the second ones 916 bytes after 3 */
      "2:\n" /* the next section */
      "  ldr.w r11, [sp, #16]\n"
      "4:\n"
      "  ldmia.w r11!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"
      "  cbz r1, 5f\n"
      "  str.w r11, [sp, #16]\n"
      "  ldrd r11, r12, [sp, #20]\n"
      "  add r2, r11\n"
      "  add r3, r12\n"
      "  add r4, r12\n"
      "  add r10, r12\n"
      "  ldr.w r11, [sp, #28]\n"
      "  ldr.w r12, [sp, #40]\n"
      "  ldr.w lr, [sp, #12]\n"
      "  add r5, r11\n"
      "  ldr.w r7, [r12, r7]\n"
      "  add r7, r12\n"
      "  bx lr\n"
      "5:\n" /* the next image; r2: bytes back to the first section */
      "  ldrd r9, r10, [sp, #32]\n"
      "  subs.w r10, r10, #1\n"
      "  beq 6f\n"
      "  ldr.w r8, [sp, #20]\n"
      "  add r11, r2\n"
      "  add r8, r9\n"
      "  str.w r8, [sp, #20]\n"
      "  str.w r10, [sp, #36]\n"
      "  b 4b\n"
      "6:\n"
      "  add sp, #44\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
      "10:\n" NEXT_LINE RIGHT("2")
      "11:\n" NEXT_LINE RIGHT("4")
      "12:\n" NEXT_LINE
      "  mov r1, r4\n"
      "  mov lr, r5\n"
      "  mov r0, r6\n" LOAD_3("2")
      "  ldr.w pc, [sp, #24]\n"
      WINDOWS_3("13", SECOND, "2")
      "  b 17f\n"
      WINDOWS_2("14", SECOND, "2")
      "  b 17f\n"
      WINDOWS_3("15", FIRST, "4")
      "  b 17f\n"
      WINDOWS_2("16", FIRST, "4")
      "17:\n" /* r0: bytes to what was on the stack first */
      "  add r8, sp, r0\n"
      "  ldr.w pc, [r8, #8]\n"
      "18:\n"
      "  ldr.w r0, [r8, #4]\n" POP
      "20:\n"
      "  add.w r11, r11, #2\n" LOAD_3("2")
      "19:\n"
      "  ldr.w r1, [r8, #-8]\n"
      "  ldrd lr, r0, [r8]\n"
      "  bx lr\n");
}
#pragma GCC diagnostic pop

#else

static const uint8_t PAIRS[] = {0, 2, 1, 3, 4, 5}; /* of a row: the halfwords of its three words */

/* A pixel's channels; `few` words of them are of six. x is the first of two or three columns. */
static int8_t *channels(const int8_t *x, int32_t pitch, int32_t rows, int32_t columns, const int32_t *w, int32_t out_c, int8_t *y) {
  const int32_t words = rows * columns == 9 ? 9 : 6;
  uint32_t word[9] = {0};
  for (int32_t row = 0; row < rows; ++row) {
    const int8_t *from = x + row * pitch;
    for (int32_t i = 0; i < columns; ++i) {
      const int32_t at = i < 2 ? 2 * row + i : (rows == 3 ? 6 : 4) + row;
      word[at] = ek_pack_low((uint32_t)from[PAIRS[2 * i]], (uint32_t)from[PAIRS[2 * i + 1]]);
    }
  }
  for (int32_t c = 0; c < out_c; ++c, w += words + 4) {
    int32_t sum = w[0];
    for (int32_t i = 0; i < words; ++i) {
      sum = ek_smlad(word[i], (uint32_t)w[1 + i], sum);
    }
    *y++ = ek_requantize(sum, w[words + 1], w[words + 2], w[words + 3]);
  }
  return y;
}

void ek_conv_2d_threaded_two_dsp(const ek_conv_2d_threaded_two_dsp_t *p, const int8_t *x, int8_t *y) {
  for (int32_t n = 0; n < p->images; ++n, x += p->in_size) {
    for (const int32_t *s = p->sections; s[0] != 0; s += 10) {
      const int32_t rows = s[4] == p->edge ? 2 : 3, pitch = s[7];
      for (int32_t line = 0; line < s[0] - 1; ++line) {
        const int8_t *row = x + s[1] + 4 - 2 * p->in_w + line * s[8];
        for (int32_t ox = 0; ox < p->out_w; ++ox) {
          const int32_t at = ox * p->stride - (p->end != EK_THREADED_TWO_PLAIN);
          const int32_t table = at < 0 ? s[9] : at > p->in_w - 3 ? s[2] : s[3];
          const int32_t inside = at < 0 || at > p->in_w - 3 ? 2 : 3;
          y = channels(row + (at < 0 ? 0 : 2 * at), pitch, rows, inside, p->stream + table / 4, p->out_c, y);
        }
      }
    }
  }
}

#endif
