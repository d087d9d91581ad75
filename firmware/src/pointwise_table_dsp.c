/* y[n,oy,ox,co] = requantize(bias[co] + (x - in_zero) * w[co]), as conv_2d.c with 1x1 taps, of one input: by a table of all its 256
 * values, which has the reference's own integers, of whatever multipliers and clamps. No product is left.
 *
 * Blocking: a pixel after the other; its outputs are a row of the table, and go to y as they are, in words. Three outputs are stored
 * as four, of which the next pixel overwrites one; the last pixel of a turn stores a half and a byte. Pixels are next to each other,
 * or any bytes apart, eight a turn, the first one of which begins where the rest is done; or every second one in lines of up to 16, a
 * line a turn; or, of any number of channels, wherever they are.
 * Registers: r0 table, r1 x, r2 y, r7 bytes from pixel to pixel, r12 where a turn or an image ends, r3 and others what is on its way; in the function for any
 * number of channels lr the end of a line.
 * Budget: 3 for a pixel of up to four outputs, 4 of 8 and 16, one more where they are apart; 2 for eight pixels, 4 for a line, 6 to 9 for the call. Else, by words,
 * 9 and 2 for each four outputs, 4 for a line, 25 for the call. Flash: 256 bytes a channel. */
#include "edgekit/pointwise_table_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_table_dsp_t, step) == 28, "the step where the assembly reads it");
_Static_assert(offsetof(ek_pointwise_table_dsp_t, lines) == 40, "eleven words in the assembly's order");

#define SEVEN(CODE) CODE CODE CODE CODE CODE CODE CODE
/* A pixel's byte, the next one 1 or 2 on, or as many as r7 says. */
#define NEXT(A) "  ldrb.w " A ", [r1], #1\n"
#define SECOND(A) "  ldrb.w " A ", [r1], #2\n"
#define APART(A) "  ldrb.w " A ", [r1]\n  add.w r1, r1, r7\n"
/* A pixel, in registers whose first is its byte and address. */
#define TO_1(X, A, ...) X(A) "  ldrb.w " A ", [r0, " A "]\n  strb.w " A ", [r2], #1\n"
#define TO_2(X, A, ...) X(A) "  ldrh.w " A ", [r0, " A ", lsl #1]\n  strh.w " A ", [r2], #2\n"
#define WORD(X, A) X(A) "  ldr.w " A ", [r0, " A ", lsl #2]\n"
#define TO_3(X, A, ...) WORD(X, A) "  str.w " A ", [r2], #3\n"
#define LAST_3(X, A, ...) WORD(X, A) "  strh.w " A ", [r2], #2\n  lsr.w " A ", " A ", #16\n  strb.w " A ", [r2], #1\n"
#define TO_4(X, A, ...) WORD(X, A) "  str.w " A ", [r2], #4\n"
#define ROW(X, A, SHIFT) X(A) "  add.w " A ", r0, " A ", lsl #" SHIFT "\n"
#define TO_8(X, A, B, ...) ROW(X, A, "3") "  ldrd " A ", " B ", [" A "]\n  strd " A ", " B ", [r2], #8\n"
#define ALL_16(A, B, C, D) "{" A ", " B ", " C ", " D "}\n"
#define TO_16(X, A, B, C, D) ROW(X, A, "4") "  ldmia.w " A ", " ALL_16(A, B, C, D) "  stmia.w r2!, " ALL_16(A, B, C, D)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define TURNS(NAME, STEP, X, PIXEL, LAST)                                                                    \
  __attribute__((naked)) void NAME(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y) {          \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, lr}\n" STEP                                                             \
        "  ldmia.w r0, {r0, r3, r12}\n"                                                                      \
        "  add r12, r2\n"                                                                                    \
        "  add pc, r3\n"                                                                                     \
        "  nop\n"                                                                                            \
        "1:\n" SEVEN(PIXEL(X, "r3", "r4", "r5", "r6")) LAST(X, "r3", "r4", "r5", "r6")                       \
        "  cmp r2, r12\n"                                                                                    \
        "  bne.w 1b\n"                                                                                       \
        "  pop {r4, r5, r6, r7, r8, pc}\n");                                                                 \
  }
#define TABLE(CHANNELS, PIXEL, LAST)                                                                         \
  TURNS(ek_pointwise_table_to_##CHANNELS##_dsp, , NEXT, PIXEL, LAST)                                         \
  TURNS(ek_pointwise_table_to_##CHANNELS##_apart_dsp, "  ldr r7, [r0, #28]\n", APART, PIXEL, LAST)
TABLE(1, TO_1, TO_1)
TABLE(2, TO_2, TO_2)
TABLE(3, TO_3, LAST_3)
TABLE(4, TO_4, TO_4)
TABLE(8, TO_8, TO_8)
TABLE(16, TO_16, TO_16)

#define BY_2(PIXEL) PIXEL(SECOND, "r8", "r9", "r10", "lr")
/* r3 skip, r4 outputs of an image, r5 gap, r6 images left, r7 gap after an image. */
#define LINES(NAME, PIXEL, LAST)                                                                             \
  __attribute__((naked)) void NAME(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y) {          \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, lr}\n"                                                         \
        "  ldmia.w r0, {r0, r3, r4, r5, r6, r7}\n"                                                           \
        "  add.w r12, r2, r4\n"                                                                              \
        "1:\n"                                                                                               \
        "  add pc, r3\n"                                                                                     \
        "  nop\n" SEVEN(BY_2(PIXEL) BY_2(PIXEL)) BY_2(PIXEL) BY_2(LAST)                                      \
        "  cmp r2, r12\n"                                                                                    \
        "  add r1, r5\n"                                                                                     \
        "  bne.w 1b\n"                                                                                       \
        "  subs r6, #1\n"                                                                                    \
        "  add r1, r7\n"                                                                                     \
        "  add r12, r4\n"                                                                                    \
        "  bne.w 1b\n"                                                                                       \
        "  pop {r4, r5, r6, r7, r8, r9, r10, pc}\n");                                                        \
  }
LINES(ek_pointwise_table_to_1_by_2_dsp, TO_1, TO_1)
LINES(ek_pointwise_table_to_2_by_2_dsp, TO_2, TO_2)
LINES(ek_pointwise_table_to_3_by_2_dsp, TO_3, LAST_3)
LINES(ek_pointwise_table_to_4_by_2_dsp, TO_4, TO_4)
LINES(ek_pointwise_table_to_8_by_2_dsp, TO_8, TO_8)
LINES(ek_pointwise_table_to_16_by_2_dsp, TO_16, TO_16)

#define COPY "  ldr.w r12, [r3], #4\n  str.w r12, [r2], #4\n"
/* r4 skip, r5 channels, r6 step, r7 the rest of them, r11 that less four, r8 outputs of a line, r9 gap, r10 lines left. The last
 * word ends where the outputs do. On the stack: 0 images left, 4 gap after an image, 8 lines. */
__attribute__((naked)) void ek_pointwise_table_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldrd r9, r4, [r0, #12]\n"
      "  ldr r5, [r0, #20]\n"
      "  ldr r6, [r0, #40]\n"
      "  push {r4, r5, r6}\n"
      "  add r12, r0, #24\n"
      "  ldmia.w r12, {r5, r6, r7, r8, r10}\n"
      "  ldrd r0, r4, [r0]\n"
      "  sub r11, r7, #4\n"
      "1:\n"
      "  add.w lr, r2, r8\n"
      "2:\n"
      "  ldrb.w r3, [r1]\n"
      "  add r1, r6\n"
      "  mla r3, r3, r5, r0\n"
      "  add pc, r4\n"
      "  nop\n" SEVEN(COPY COPY) COPY COPY
      "  ldr.w r12, [r3, r11]\n"
      "  str.w r12, [r2, r11]\n"
      "  add r2, r7\n"
      "  cmp r2, lr\n"
      "  bne.w 2b\n"
      "  subs r10, #1\n"
      "  add r1, r9\n"
      "  bne.w 1b\n"
      "  ldmia.w sp, {r3, r10, r12}\n"
      "  subs r3, #1\n"
      "  beq 3f\n"
      "  str r3, [sp]\n"
      "  add r1, r10\n"
      "  mov r10, r12\n"
      "  b.w 1b\n"
      "3:\n"
      "  add sp, #12\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

static void images_of(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y, int32_t row) {
  const int8_t *const table = (const int8_t *)p->table;
  for (int32_t image = 0; image < p->images; ++image, x += p->image_gap) {
    for (int32_t line = 0; line < p->lines; ++line, x += p->gap) {
      for (const int8_t *const end = y + p->line; y != end; x += p->step, y += p->channels) {
        memcpy(y, table + row * (uint8_t)*x, (size_t)p->channels);
      }
    }
  }
}
#define TABLE(NAME, ROW)                                                                   \
  void NAME(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y) {               \
    images_of(p, x, y, ROW);                                                               \
  }
TABLE(ek_pointwise_table_to_1_dsp, 1)
TABLE(ek_pointwise_table_to_2_dsp, 2)
TABLE(ek_pointwise_table_to_3_dsp, 4)
TABLE(ek_pointwise_table_to_4_dsp, 4)
TABLE(ek_pointwise_table_to_8_dsp, 8)
TABLE(ek_pointwise_table_to_16_dsp, 16)
TABLE(ek_pointwise_table_to_1_by_2_dsp, 1)
TABLE(ek_pointwise_table_to_1_apart_dsp, 1)
TABLE(ek_pointwise_table_to_2_by_2_dsp, 2)
TABLE(ek_pointwise_table_to_2_apart_dsp, 2)
TABLE(ek_pointwise_table_to_3_by_2_dsp, 4)
TABLE(ek_pointwise_table_to_3_apart_dsp, 4)
TABLE(ek_pointwise_table_to_4_by_2_dsp, 4)
TABLE(ek_pointwise_table_to_4_apart_dsp, 4)
TABLE(ek_pointwise_table_to_8_by_2_dsp, 8)
TABLE(ek_pointwise_table_to_8_apart_dsp, 8)
TABLE(ek_pointwise_table_to_16_by_2_dsp, 16)
TABLE(ek_pointwise_table_to_16_apart_dsp, 16)
TABLE(ek_pointwise_table_dsp, p->channels)

#endif
