/* y[oy,ox] = requantize(bias + sum over ky,kx of (x + 128) * w), as conv_2d.c, of one picture of one channel of 13x13 pixels into
 * one, 3x3 taps, stride 2, padded with -128, with the DSP instructions: two sums share a register. A function for this one size.
 *
 * Idea: SXTAB16 adds 128 to the inputs it expands, two columns apart, so that X = x0 + 65536 x1 is a number without borrows. Then
 *   MLA   X * w                  is x0 w, x1 w: tap 1 of two neighbouring windows;
 *   SMLAL X * (w2 + 65536 w0)    is x0 w2, x1 w2 + x0 w0, x1 w0 at bits 0, 16 and 32: all four products of two odd columns, the
 *                                last one for the lower half of the next register, which is the upper word.
 * All sums in halves stay within 0 to 65535: they begin high enough, and a window's first row of weights has another register than
 * the other two, complete when that row is read. Nothing is multiplied for what lies outside.
 * Blocking: all columns of a row at once. An even row is the middle of windows; an odd one the last of some and the first of the
 * next ones. Registers with sums go to the stack, then their outputs are made from the last to the first.
 * Registers: r0 128 twice, r1 x, r3, r4 weights of a row (at first r5, r6), r12, r11, r10 sums of columns 0 to 5, lr that of
 * column 6, the others inputs. Of outputs: r0, r1 multiplier and divider, r2 bias, r3 y, others sums.
 * Budget: an even row 17 or 19 instructions, an odd one 30, together 301 for 361 products; two outputs 4 to be taken apart, four 14
 * and half a store; 25 for the call: 586. Cycles by LDR 2, LDRD and STRD 3, LDM and PUSH 1 + n, the others 1: 1.9 a MAC. */
#include "edgekit/conv_2d_thirteen_pairs_dsp.h"

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* Of four columns the even ones to EVEN, the odd ones to WORD. */
#define EXPAND(EVEN, WORD)                     \
  "  sxtab16 " EVEN ", r0, " WORD "\n"         \
  "  sxtab16 " WORD ", r0, " WORD ", ror #8\n"
/* r1 is at column 12 of the last row that began with a whole word; AT: inputs from there to the row's first one. */
#define WORD_OF(WORD, AT, COLUMN) "  ldr.w " WORD ", [r1, #((" #AT ") + " #COLUMN ")]\n"
#define LAST_COLUMN(A, AT, W) "  ldrsb.w " A ", [r1, #((" #AT ") + 12)]\n  smlabb lr, " A ", " W ", lr\n"
/* Four columns: sums from FROM on to A, and to the next register's. */
#define FOUR_COLUMNS(A, NEXT, EVEN, ODD, FROM, MIDDLE, OUTER) \
  "  mla " A ", " EVEN ", " MIDDLE ", " FROM "\n"             \
  "  smlal " A ", " NEXT ", " ODD ", " OUTER "\n"
/* From the right to the left, since the next register must have begun. */
#define EVEN_ROW(P0, P1, P2, EVEN, MIDDLE, OUTER)                                                                             \
  EXPAND(EVEN, "r9") FOUR_COLUMNS(P2, "lr", EVEN, "r9", P0, MIDDLE, OUTER)                                                    \
  EXPAND(EVEN, "r8") FOUR_COLUMNS(P1, P2, EVEN, "r8", P0, MIDDLE, OUTER)                                                      \
  EXPAND(EVEN, "r7") FOUR_COLUMNS(P0, P1, EVEN, "r7", P0, MIDDLE, OUTER)
#define ODD_ROW(FROM_2, FROM_1, FROM_0)                                                                                       \
  FOUR_COLUMNS("r10", "lr", "r8", "r9", FROM_2, "r3", "r4") FOUR_COLUMNS("r11", "r10", "r6", "r7", FROM_1, "r3", "r4")         \
  FOUR_COLUMNS("r12", "r11", "r2", "r5", FROM_0, "r3", "r4")
/* The inputs of a row that begins with a whole word; r1 moves to its column 12. */
#define WORDS(AT, W) \
  "  ldrsb.w r2, [r1, #((" #AT ") + 12)]!\n  smlabb lr, r2, " W ", lr\n  ldmdb r1, {r7, r8, r9}\n"
/* On the stack behind what PUSHED bytes are: 0 constants, 4 y, 8 words. */
#define WEIGHTS(ROW, PUSHED) "  ldrd r3, r4, [sp, #(8 + 8 * (2 - " #ROW ") + " #PUSHED ")]\n"
#define BEGIN(A, PUSHED) "  ldr.w " A ", [sp, #(44 + " #PUSHED ")]\n"
#define EVEN_ROW_ON(PUSHED) WEIGHTS(1, PUSHED) BEGIN("r12", PUSHED)
#define BETWEEN_WORDS(AT, PUSHED)                                                                                             \
  EVEN_ROW_ON(PUSHED) LAST_COLUMN("r2", AT, "r3") WORD_OF("r7", AT, 0) WORD_OF("r8", AT, 4) WORD_OF("r9", AT, 8)              \
  EVEN_ROW("r12", "r11", "r10", "r2", "r3", "r4")
#define AT_WORDS(AT, PUSHED) EVEN_ROW_ON(PUSHED) WORDS(AT, "r3") EVEN_ROW("r12", "r11", "r10", "r2", "r3", "r4")
#define ODD(AT, PUSHED, FIRST)                                                                                                \
  LAST_COLUMN("r9", AT, "r3") WORD_OF("r5", AT, 0) WORD_OF("r7", AT, 4) WORD_OF("r9", AT, 8)                                  \
  EXPAND("r2", "r5") EXPAND("r6", "r7") EXPAND("r8", "r9") ODD_ROW("r10", "r11", "r12")                                       \
  "  push.w {r10, r11, r12, lr}\n" WEIGHTS(0, 16 + PUSHED) "  ldrd " FIRST " + 16 + " #PUSHED ")]\n"                          \
  LAST_COLUMN("r11", AT, "r3") ODD_ROW("r12", "r12", "r12")
#define ODD_ON(AT, PUSHED) WEIGHTS(2, PUSHED) ODD(AT, PUSHED, "lr, r12, [sp, #(32") "  push.w {r10, r11, r12}\n"

/* Two sums of registers P and Q to LOW and P; those of the first line have no Q. */
#define APART(LOW, P, Q)                      \
  "  uxtah " LOW ", r2, " P "\n"              \
  "  uxtah " LOW ", " LOW ", " Q "\n"         \
  "  add.w " P ", r2, " P ", lsr #16\n"       \
  "  add.w " P ", " P ", " Q ", lsr #16\n"
#define FIRST_APART(LOW, P) "  uxtah " LOW ", r2, " P "\n  add.w " P ", r2, " P ", lsr #16\n"
/* A + round(A (2 m - 2^32) / 2^32) is what SMMULR gives of 2 A and m. */
#define SCALE(A) "  smmlar " A ", " A ", r0, " A "\n" EK_DIVIDE_PACKED(A, "r1")
#define TWO(A, B) SCALE(A) SCALE(B) EK_PACK_2(A, B)
#define FOUR(A, B, C, D) TWO(A, C) TWO(B, D) EK_PACK_4(A, B)
#define STORE_ONE(A, OFFSET) "  str.w " A ", [r3, #" #OFFSET "]\n"
#define STORE_TWO(A, B, OFFSET) "  strd " A ", " B ", [r3, #" #OFFSET "]\n"

__attribute__((naked)) void ek_conv_2d_thirteen_pairs_dsp(const ek_conv_2d_thirteen_pairs_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push.w {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0!, {r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  push.w {r0, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  mov.w r0, #0x00800080\n"
      WORDS(0, "r5") EVEN_ROW("r12", "r11", "r10", "r2", "r5", "r6")
      ODD(1, 0, "lr, r12, [sp, #(32") "  push.w {r10, r11, r12}\n"
      BETWEEN_WORDS(14, 28) ODD_ON(27, 28) AT_WORDS(40, 56) ODD_ON(1, 56)
      BETWEEN_WORDS(14, 84) ODD_ON(27, 84) AT_WORDS(40, 112) ODD_ON(1, 112)
      BETWEEN_WORDS(14, 140) WEIGHTS(2, 140) ODD(27, 140, "r12, lr, [sp, #(36")
      WEIGHTS(1, 156) BEGIN("r5", 156) WORDS(40, "r3") EVEN_ROW("r5", "r9", "r6", "r2", "r3", "r4")
      "  ldrd r1, r3, [sp, #156]\n"
      "  ldmia.w r1, {r0, r1, r2}\n"
      APART("r4", "r6", "r10") APART("r10", "r9", "r11") APART("r11", "r5", "r12")
      SCALE("lr")
      "  usat16 lr, #8, lr\n"
      "  eor lr, lr, #0x80\n"
      "  strb.w lr, [r3, #48]\n"
      FOUR("r10", "r9", "r4", "r6") STORE_ONE("r10", 44)
      /* Outputs 42 and 43 in r11, r5. */
      "  pop.w {r4, r6, r7, r8, r9, r10, r12}\n"
      APART("lr", "r4", "r9") FOUR("r4", "r8", "r11", "r5")
      APART("r5", "r6", "r10") APART("r8", "r7", "r12") FOUR("r7", "r5", "r6", "lr") STORE_TWO("r7", "r4", 36)
      /* 35 in r8. */
      "  pop.w {r4, r5, r6, r7, r9, r10, r11}\n"
      APART("r12", "r4", "r9") FOUR("r12", "r4", "r7", "r8")
      APART("r8", "r5", "r10") APART("r7", "r6", "r11") FOUR("r7", "r6", "r8", "r5") STORE_TWO("r7", "r12", 28)
      "  pop.w {r4, r5, r6, r7, r8, r9, r10}\n"
      APART("r11", "r4", "r8") APART("r8", "r5", "r9") FOUR("r5", "r11", "r4", "r7") STORE_ONE("r5", 24)
      APART("r9", "r6", "r10") TWO("r9", "r8") SCALE("r6")
      /* 21 and 23 in r9, 22 in r6. */
      "  pop.w {r4, r5, r7, r8, r10, r11, r12}\n"
      SCALE("r8") EK_PACK_2("r8", "r6") EK_PACK_4("r8", "r9")
      APART("lr", "r4", "r10") APART("r6", "r5", "r11") FOUR("r6", "r5", "lr", "r4") STORE_TWO("r6", "r8", 16)
      APART("r10", "r7", "r12")
      /* 14 and 15 in r10, r7. */
      "  pop.w {r4, r5, r6, r8, r9, r11, r12}\n"
      APART("lr", "r4", "r9") FOUR("r4", "r8", "r10", "r7")
      APART("r7", "r5", "r11") APART("r8", "r6", "r12") FOUR("r6", "r7", "r5", "lr") STORE_TWO("r6", "r4", 8)
      /* 7 in r8; the first line has only the sums of two rows. */
      "  pop.w {r4, r5, r6, r7}\n"
      "  ldr.w r9, [sp, #36]\n"
      "  uxtah r2, r2, r9\n"
      FIRST_APART("r9", "r4") FOUR("r9", "r4", "r7", "r8")
      FIRST_APART("r10", "r5") FIRST_APART("r11", "r6") FOUR("r11", "r6", "r10", "r5") STORE_TWO("r11", "r9", 0)
      "  add sp, #52\n"
      "  pop.w {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

enum { IN = 13, OUT = 7, LOWEST = -128 };

/* The sum of one window. */
static int32_t window(const int8_t *x, int32_t row, int32_t column, const int32_t *words) {
  int32_t sum = words[13] + (words[7] & 0xFFFF) + (words[9] & 0xFFFF);
  for (int32_t k = row == 0; k < 3 - (row == OUT - 1); ++k) {
    const int8_t *from = x + (2 * row + k - 1) * IN + 2 * column;
    const int32_t *of_row = words + 2 * (2 - k);
    const int32_t right = ek_low_half((uint32_t)of_row[1]), left = (of_row[1] - right) / 65536;
    sum += (from[0] - LOWEST) * of_row[0];
    sum += column > 0 ? (from[-1] - LOWEST) * left : 0;
    sum += column < OUT - 1 ? (from[1] - LOWEST) * right : 0;
  }
  return sum;
}

void ek_conv_2d_thirteen_pairs_dsp(const ek_conv_2d_thirteen_pairs_dsp_t *p, const int8_t *x, int8_t *y) {
  for (int32_t i = 0; i < OUT * OUT; ++i) {
    const int32_t sum = window(x, i / OUT, i % OUT, p->words);
    y[i] = ek_divide_packed(ek_smmlar((uint32_t)sum, p->words[11], sum), p->words[12]);
  }
}

#endif
