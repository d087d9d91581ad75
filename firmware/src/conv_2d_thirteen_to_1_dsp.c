/* y[n,oy,ox] = requantize(bias + sum over ky,kx of (x - in_zero) * w), as conv_2d.c, of one channel of 13x13 pixels into one, 3x3
 * taps, stride 2, padded, with the DSP instructions. A function for this one size: rows, columns and the places of sums are
 * constants of the code.
 *
 * Blocking: first the sums of all pixels, which lie on the stack row by row, then their outputs, four in a word. The first four
 * columns of pixels go down together, then the other three. A word of four inputs is expanded in three instructions; an odd row is
 * the last of a pixel's window and the first of the one's below, whose sum takes the register. Nothing is padded: windows at an
 * edge have fewer taps and biases of their own.
 * Registers: r0 x, r1-r3 taps 0 and 2 of the rows, r4, r5 taps 1, r6 bias; of four columns r7-r10 sums, r11, r12, lr inputs, of
 * three r7-r9 sums, r10-r12, lr inputs. Of outputs: r0 turns, r8-r10 constants, lr y, the others sums.
 * Budget: of two rows of inputs 40 instructions for four pixels (36 MACs), 33 for three; outputs 3.9; 35 for the call. Cycles by
 * LDR 2, STRD 3, LDM 1 + n: 48 and 41 for seven pixels, 5.2 for an output: 2.0 a MAC. */
#include "edgekit/conv_2d_thirteen_to_1_dsp.h"

#include "edgekit/four_outputs_dsp.h"

enum { IN = 13, OUT = 7 };

#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define CALL(MACRO, ...) MACRO(__VA_ARGS__)
/* A row of the window: taps 0 and 2, tap 1, in which half. */
#define FIRST "r1", "r4", "b"
#define MIDDLE "r2", "r4", "t"
#define LAST "r3", "r5", "b"
/* Inputs 0 and 2 in LOW, 1 and 3 in HIGH. */
#define LOAD(LOW, HIGH, ROW, COLUMN)                                  \
  "  ldr.w " HIGH ", [r0, #(13 * (" #ROW ") + " #COLUMN ")]\n"        \
  "  sxtb16 " LOW ", " HIGH "\n"                                      \
  "  sxtb16 " HIGH ", " HIGH ", ror #8\n"
/* Of columns 0 to 3 in r11, r12 pixels 0 and 1. */
#define PIXEL_0_(A, FROM, OUTER, INNER, HALF) \
  "  smlab" HALF " " A ", r11, " INNER ", " FROM "\n  smlabt " A ", r12, " OUTER ", " A "\n"
#define PIXEL_1_(A, FROM, OUTER, INNER, HALF) \
  "  smlad " A ", r12, " OUTER ", " FROM "\n  smlat" HALF " " A ", r11, " INNER ", " A "\n"
/* Then of columns 4 to 7 in r11, lr and columns 5 and 3 in r12 pixels 2 and 3. */
#define LOAD_NEXT(ROW) LOAD("r11", "lr", ROW, 4) "  pkhbt r12, lr, r12\n"
#define PIXEL_2_(A, FROM, OUTER, INNER, HALF) \
  "  smladx " A ", r12, " OUTER ", " FROM "\n  smlab" HALF " " A ", r11, " INNER ", " A "\n"
#define PIXEL_3_(A, FROM, OUTER, INNER, HALF) \
  "  smlad " A ", lr, " OUTER ", " FROM "\n  smlat" HALF " " A ", r11, " INNER ", " A "\n"
/* Of columns 7 to 10 in r10, r11 and of 9 to 12 in r12, lr pixels 4 to 6. */
#define LOAD_LAST(ROW) LOAD("r10", "r11", ROW, 7) LOAD("r12", "lr", ROW, 9)
#define PIXEL_4_(A, FROM, OUTER, INNER, HALF) \
  "  smlad " A ", r10, " OUTER ", " FROM "\n  smlab" HALF " " A ", r11, " INNER ", " A "\n"
#define PIXEL_5_(A, FROM, OUTER, INNER, HALF) \
  "  smlad " A ", r12, " OUTER ", " FROM "\n  smlat" HALF " " A ", r11, " INNER ", " A "\n"
#define PIXEL_6_(A, FROM, OUTER, INNER, HALF) \
  "  smlatb " A ", r12, " OUTER ", " FROM "\n  smlat" HALF " " A ", lr, " INNER ", " A "\n"
#define ADD(PIXEL, A, ROW) CALL(PIXEL_##PIXEL##_, A, A, ROW)
#define BEGIN(PIXEL, A, BIAS) CALL(PIXEL_##PIXEL##_, A, BIAS, FIRST)
#define BEGIN_TOP(PIXEL, A, BIAS) CALL(PIXEL_##PIXEL##_, A, BIAS, MIDDLE)
/* On the stack: 0 sums, 196 biases, 228 y, 232 stream behind the biases, 236 x, 240 images. */
#define STORE_TWO(ROW, COLUMN, A, B) "  strd " A ", " B ", [sp, #(4 * (7 * (" #ROW ") + " #COLUMN "))]\n"
#define STORE_ONE(ROW, COLUMN, A) "  str.w " A ", [sp, #(4 * (7 * (" #ROW ") + " #COLUMN "))]\n"
#define BIAS(A, INDEX) "  ldr.w " A ", [sp, #(196 + 4 * " #INDEX ")]\n"

/* Rows 2 BAND and the next one; the sums of the row below begin with a bias. */
#define EVEN_ROW_OF_FOUR(ROW)                                                                                        \
  LOAD("r11", "r12", ROW, 0) ADD(0, "r7", MIDDLE) ADD(1, "r8", MIDDLE) LOAD_NEXT(ROW) ADD(2, "r9", MIDDLE) ADD(3, "r10", MIDDLE)
#define ODD_ROW_OF_FOUR(BAND, EDGE, BIASES, SECOND, NEXT, THIRD)                                                     \
  LOAD("r11", "r12", 2 * BAND + 1, 0) ADD(0, "r7", LAST) ADD(1, "r8", LAST) STORE_TWO(BAND, 0, "r7", "r8")           \
  EDGE BEGIN(0, "r7", "r7") BIASES BEGIN(1, "r8", SECOND)                                                            \
  LOAD_NEXT(2 * BAND + 1) ADD(2, "r9", LAST) ADD(3, "r10", LAST) STORE_TWO(BAND, 2, "r9", "r10")                     \
  NEXT BEGIN(2, "r9", THIRD) BEGIN(3, "r10", THIRD)
#define NEXT_OF_FOUR(BAND) ODD_ROW_OF_FOUR(BAND, BIAS("r7", 3), "", "r6", "", "r6")
#define BAND_OF_FOUR(BAND) EVEN_ROW_OF_FOUR(2 * BAND) NEXT_OF_FOUR(BAND)
#define FOUR_COLUMNS                                                                                                 \
  LOAD("r11", "r12", 0, 0) BIAS("r7", 0) BIAS("r10", 1) BEGIN_TOP(0, "r7", "r7") BEGIN_TOP(1, "r8", "r10")           \
  LOAD_NEXT(0) BEGIN_TOP(2, "r9", "r10") BEGIN_TOP(3, "r10", "r10") NEXT_OF_FOUR(0)                                  \
  BAND_OF_FOUR(1) BAND_OF_FOUR(2) BAND_OF_FOUR(3) BAND_OF_FOUR(4) EVEN_ROW_OF_FOUR(10)                               \
  ODD_ROW_OF_FOUR(5, BIAS("r7", 5), BIAS("r8", 6), "r8", BIAS("r10", 6), "r10")                                      \
  EVEN_ROW_OF_FOUR(12) STORE_TWO(6, 0, "r7", "r8") STORE_TWO(6, 2, "r9", "r10")
#define EVEN_ROW_OF_THREE(ROW) LOAD_LAST(ROW) ADD(4, "r7", MIDDLE) ADD(5, "r8", MIDDLE) ADD(6, "r9", MIDDLE)
#define STORE_THREE(ROW) STORE_TWO(ROW, 4, "r7", "r8") STORE_ONE(ROW, 6, "r9")
#define ODD_ROW_OF_THREE(BAND, BIASES, OTHERS)                                                                       \
  LOAD_LAST(2 * BAND + 1) ADD(4, "r7", LAST) ADD(5, "r8", LAST) ADD(6, "r9", LAST) STORE_THREE(BAND)                 \
  BIASES BEGIN(4, "r7", OTHERS) BEGIN(5, "r8", OTHERS) BEGIN(6, "r9", "r9")
#define NEXT_OF_THREE(BAND) ODD_ROW_OF_THREE(BAND, BIAS("r9", 4), "r6")
#define BAND_OF_THREE(BAND) EVEN_ROW_OF_THREE(2 * BAND) NEXT_OF_THREE(BAND)
#define THREE_COLUMNS                                                                                                \
  LOAD_LAST(0) BIAS("r8", 1) BIAS("r9", 2) BEGIN_TOP(4, "r7", "r8") BEGIN_TOP(5, "r8", "r8") BEGIN_TOP(6, "r9", "r9") \
  NEXT_OF_THREE(0) BAND_OF_THREE(1) BAND_OF_THREE(2) BAND_OF_THREE(3) BAND_OF_THREE(4) EVEN_ROW_OF_THREE(10)         \
  ODD_ROW_OF_THREE(5, BIAS("r8", 6) BIAS("r9", 7), "r8") EVEN_ROW_OF_THREE(12) STORE_THREE(6)

#define EIGHT \
  POP_SUMS FOUR("r2", "r3", "r4", "r5") FOUR("r6", "r7", "r11", "r12") "  str r2, [lr], #4\n  str r6, [lr], #4\n"

__attribute__((naked)) void ek_conv_2d_thirteen_to_1_dsp(const ek_conv_2d_thirteen_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r3, r4, r5}\n"
      "  mov r4, r1\n"
      "  ldmia.w r3!, {r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  mov r0, r1\n"
      "  push {r2, r3, r4, r5}\n"
      "  push.w {r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "1:\n"
      "  sub sp, #196\n"
      "  ldmia.w r3, {r1, r2, r3, r4, r5, r6}\n" FOUR_COLUMNS THREE_COLUMNS
      "  ldrd lr, r1, [sp, #228]\n"
      "  ldmia.w r1, {r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"
      "  movs r0, #3\n"
      "2:\n" EIGHT EIGHT
      "  subs r0, #1\n"
      "  bne.w 2b\n"
      "  pop {r2}\n" SCALE("r2")
      "  usat r2, #8, r2\n"
      "  eor r2, r2, #0x80\n"
      "  strb r2, [lr], #1\n"
      "  ldrd r0, r1, [sp, #40]\n"
      "  subs r1, #1\n"
      "  beq 3f\n"
      "  adds r0, #169\n"
      "  ldr r3, [sp, #36]\n"
      "  strd r0, r1, [sp, #40]\n"
      "  str.w lr, [sp, #32]\n"
      "  b.w 1b\n"
      "3:\n"
      "  add sp, #48\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* The sum of one window. */
static int32_t window(const int8_t *x, int32_t row, int32_t column, const int32_t *stream) {
  const int32_t *const w = stream + 8;
  const int32_t middle[3] = {ek_low_half((uint32_t)w[3]), ek_high_half((uint32_t)w[3]), ek_low_half((uint32_t)w[4])};
  const int32_t top = row == 0, bottom = row == OUT - 1, left = column == 0, right = column == OUT - 1;
  int32_t sum = top ? stream[1 - left + right] : bottom ? stream[6 - left + right] : left ? stream[3] : right ? stream[4] : w[5];
  for (int32_t k = top; k < 3 - bottom; ++k) {
    const int8_t *from = x + (2 * row + k - 1) * IN + 2 * column;
    sum += from[0] * middle[k];
    sum = left ? sum : sum + from[-1] * ek_low_half((uint32_t)w[k]);
    sum = right ? sum : sum + from[1] * ek_high_half((uint32_t)w[k]);
  }
  return sum;
}

void ek_conv_2d_thirteen_to_1_dsp(const ek_conv_2d_thirteen_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t *const w = p->stream + 14;
  for (int32_t n = 0; n < p->images; ++n, x += IN * IN) {
    for (int32_t i = 0; i < OUT * OUT; ++i) {
      *y++ = ek_requantize(window(x, i / OUT, i % OUT, p->stream), w[0], w[1], w[2] - 128);
    }
  }
}

#endif
