/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx of (x - in_zero) * w), as conv_2d.c, of one input channel of 13x13
 * pixels, 3x3 taps, stride 2, padded, into three or four channels, with the DSP instructions. Functions for this one size:
 * rows, columns and the places of words are constants of the code.
 *
 * Blocking: first all inputs as pairs of halfwords, in lists on the stack: one for each column of outputs from the second to the
 * last but one, for the last and for the first. Then channel by channel, and column by column from the top to the bottom: of two
 * rows of the input, an even and an odd one, three words finish a pixel and begin the one below. Nothing is padded: windows at an
 * edge have fewer taps and biases of their own, and words of two inputs next to each other.
 * A list has of two rows inputs 0 and 2 of the even one, of the odd one, inputs 1 of both; of the last row inputs 0 and 2, input 1,
 * and 0 in the last list of this kind. At the edges both inputs of each row.
 * Registers: r0 list, r1-r3 taps 0 and 2, r4 taps 1 of rows 1 and 2, r5 bias, r6, r7 multiplier, divider, r8 zero point, and above
 * it tap 1 of row 0 (SSAT16 leaves that out), r9 y, r10-r12 inputs, lr sum. Of an edge: r1-r3 taps, r4 bias, r5 that of the bottom,
 * r12 stream.
 * Budget: 10 instructions for a pixel (9 MACs), 8 at an edge; 70 for a column, 474 for a channel; 295 for the lists, 25 for the
 * call. Cycles by LDR 2, LDM 1 + n: 13 for a pixel, 1.4 a MAC, and 1.1 a MAC of one channel for the lists. */
#include "edgekit/conv_2d_thirteen_dsp.h"

enum { IN = 13, OUT = 7, WORDS = 22 };

#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define TWICE(CODE) CODE CODE
#define INPUTS(D, ROW, COLUMN) "  ldr.w " D ", [lr, #(13 * (" #ROW ") + " #COLUMN ")]\n"
#define LOWER(D, X) "  sxtb16 " D ", " X "\n"
#define UPPER(D, X) "  sxtb16 " D ", " X ", ror #8\n"
#define LOWS(D, A, B) "  pkhbt " D ", " A ", " B ", lsl #16\n" /* of A and B */
#define HIGHS(D, A, B) "  pkhtb " D ", " B ", " A ", asr #16\n"
/* Rows 2 BAND and the next one, lr x: the first column of outputs and the second, lists r1 and r0. */
#define FIRST_TWO(BAND)                                                                                  \
  INPUTS("r4", 2 * BAND, 0) LOWER("r3", "r4") UPPER("r4", "r4") LOWS("r7", "r3", "r4")                   \
  INPUTS("r5", 2 * BAND + 1, 0) LOWER("r6", "r5") UPPER("r5", "r5") LOWS("r8", "r6", "r5") HIGHS("r6", "r3", "r6") \
  "  stmia.w r0!, {r4, r5, r6}\n"                                                                        \
  "  stmia.w r1!, {r7, r8}\n"
#define FIRST_TWO_LAST                                                                                   \
  INPUTS("r4", 12, 0) LOWER("r3", "r4") UPPER("r4", "r4") LOWS("r7", "r3", "r4")                         \
  "  asr.w r5, r3, #16\n"                                                                                \
  "  stmia.w r0!, {r4, r5, lr}\n"                                                                        \
  "  str.w r7, [r1], #4\n"
/* The third and the fourth, lists r0 and r1. */
#define NEXT_TWO(BAND)                                                                                   \
  INPUTS("r4", 2 * BAND, 3) UPPER("r6", "r4") LOWER("r4", "r4")                                          \
  INPUTS("r7", 2 * BAND, 5) LOWER("r7", "r7")                                                            \
  INPUTS("r5", 2 * BAND + 1, 3) UPPER("r10", "r5") LOWER("r5", "r5")                                     \
  INPUTS("r8", 2 * BAND + 1, 5) LOWER("r8", "r8") HIGHS("r11", "r6", "r10") LOWS("r6", "r6", "r10")      \
  "  stmia.w r0!, {r4, r5, r6}\n"                                                                        \
  "  stmia.w r1!, {r7, r8, r11}\n"
#define NEXT_TWO_LAST                                                                                    \
  INPUTS("r4", 12, 3) UPPER("r5", "r4") LOWER("r4", "r4") INPUTS("r7", 12, 5) LOWER("r7", "r7")          \
  "  asr.w r8, r5, #16\n"                                                                                \
  "  stmia.w r0!, {r4, r5, lr}\n"                                                                        \
  "  stmia.w r1!, {r7, r8, lr}\n"
/* The fifth, list r1. */
#define FIFTH(BAND)                                                                                      \
  INPUTS("r4", 2 * BAND, 7) UPPER("r6", "r4") LOWER("r4", "r4")                                          \
  INPUTS("r5", 2 * BAND + 1, 7) UPPER("r7", "r5") LOWER("r5", "r5") LOWS("r6", "r6", "r7")               \
  "  stmia.w r1!, {r4, r5, r6}\n"
#define FIFTH_LAST INPUTS("r4", 12, 7) UPPER("r5", "r4") LOWER("r4", "r4") "  stmia.w r1!, {r4, r5, lr}\n"
/* The sixth and the last, lists r1 and r0. */
#define LAST_TWO(BAND)                                                                                   \
  INPUTS("r4", 2 * BAND, 9) UPPER("r6", "r4") LOWER("r4", "r4") HIGHS("r7", "r4", "r6")                  \
  INPUTS("r5", 2 * BAND + 1, 9) UPPER("r10", "r5") LOWER("r5", "r5") HIGHS("r8", "r5", "r10") LOWS("r6", "r6", "r10") \
  "  stmia.w r1!, {r4, r5, r6}\n"                                                                        \
  "  stmia.w r0!, {r7, r8}\n"
#define LAST_TWO_LAST                                                                                    \
  INPUTS("r4", 12, 9) UPPER("r5", "r4") LOWER("r4", "r4") HIGHS("r7", "r4", "r5")                        \
  "  movs r6, #0\n"                                                                                      \
  "  stmia.w r1!, {r4, r5, r6}\n"                                                                        \
  "  str.w r7, [r0], #4\n"
#define BANDS(CODE) CODE(0) CODE(1) CODE(2) CODE(3) CODE(4) CODE(5) CODE##_LAST

#define ADD(X, W) "  smlad lr, " X ", " W ", lr\n"
#define STORE(STEP)                        \
  "  smmulr lr, lr, r6\n"                  \
  "  smmlar lr, lr, r7, r8\n"              \
  "  ssat16 lr, #8, lr\n"                  \
  "  strb lr, [r9], #(" STEP ")\n"
/* A pixel of which the rows above are in the sum, and the sum of the one below from a bias on. */
#define PIXEL(STEP, BIAS, BEGIN)                                                                       \
  "  ldmia.w r0!, {r10, r11, r12}\n" ADD("r10", "r2") ADD("r11", "r3") ADD("r12", "r4") STORE(STEP)    \
  BEGIN "  smlad lr, r11, r1, " BIAS "\n"                                                              \
  "  smlatt lr, r12, r8, lr\n"
#define PIXEL_OF_EDGE(STEP, BIAS) \
  "  ldmia.w r0!, {r10, r11}\n" ADD("r10", "r2") ADD("r11", "r3") STORE(STEP) "  smlad lr, r11, r1, " BIAS "\n"
#define FIVE_TIMES(CODE) TWICE(TWICE(CODE)) CODE
/* On with the stream in r12; NEXT: from the last pixel to the first of the next column. */
#define EDGE(STEP, NEXT)                                                       \
  "  ldmia.w r12!, {r1, r2, r3, r4, r5, lr}\n" FIVE_TIMES(PIXEL_OF_EDGE(STEP, "r4")) PIXEL_OF_EDGE(STEP, "r5") \
  "  ldr r10, [r0], #4\n" ADD("r10", "r2") STORE(NEXT)

/* On the stack: 0 biases of top and bottom, 8 stream, 12 its end, 16 images, 20 x, 24 the lists: 21 words for each column between
 * the edges, 13 for the right edge, 13 for the left one. */
#define CONVOLUTION(CHANNELS)                                                  \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                            \
  "  ldmia.w r0, {r3, r4, r5}\n"                                               \
  "  sub sp, #548\n"                                                           \
  "  mov lr, r1\n"                                                             \
  "  add r4, r3\n"                                                             \
  "  add.w r9, r2, #" CHANNELS "\n"                                            \
  "  strd r3, r4, [sp, #8]\n"                                                  \
  "  str r5, [sp, #16]\n"                                                      \
  "1:\n"                                                                       \
  "  str.w lr, [sp, #20]\n"                                                    \
  "  add r0, sp, #24\n"                                                        \
  "  add.w r1, r0, #(4 * (5 * 21 + 13))\n" BANDS(FIRST_TWO)                    \
  "  add.w r1, r0, #(4 * 21)\n" BANDS(NEXT_TWO) BANDS(FIFTH)                   \
  "  add.w r0, r1, #(4 * 21)\n" BANDS(LAST_TWO)                                \
  "  ldr.w r12, [sp, #8]\n"                                                    \
  "  add r0, sp, #24\n"                                                        \
  "2:\n"                                                                       \
  "  ldmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r10, r11}\n"               \
  "  strd r10, r11, [sp]\n"                                                    \
  "  str.w r12, [sp, #8]\n"                                                    \
  "3:\n"                                                                       \
  "  ldr.w lr, [sp]\n" FIVE_TIMES(PIXEL("7 * " CHANNELS, "r5", ""))            \
  PIXEL("7 * " CHANNELS, "lr", "  ldr.w lr, [sp, #4]\n")                       \
  "  ldmia.w r0!, {r10, r11, r12}\n" ADD("r10", "r2")                          \
  "  smlabb lr, r11, r4, lr\n" STORE("(1 - 6 * 7) * " CHANNELS)                \
  "  cmp.w r12, #0\n"                                                          \
  "  bne.w 3b\n"                                                               \
  "  ldr.w r12, [sp, #8]\n"                                                    \
  EDGE("7 * " CHANNELS, "(-6 * 7 - 6) * " CHANNELS)                            \
  EDGE("7 * " CHANNELS, "(1 - 6 * 7) * " CHANNELS " + 1")                      \
  "  ldr.w r10, [sp, #12]\n"                                                   \
  "  subw r0, r0, #(4 * (5 * 21 + 2 * 13))\n"                                  \
  "  cmp r12, r10\n"                                                           \
  "  bne.w 2b\n"                                                               \
  "  ldrd r1, lr, [sp, #16]\n"                                                 \
  "  subs r1, #1\n"                                                            \
  "  beq 4f\n"                                                                 \
  "  sub.w r12, r12, #(88 * " CHANNELS ")\n" /* the stream's bytes */          \
  "  str.w r12, [sp, #8]\n"                                                    \
  "  str r1, [sp, #16]\n"                                                      \
  "  add.w lr, lr, #169\n"                                                     \
  "  add.w r9, r9, #(48 * " CHANNELS ")\n"                                     \
  "  b.w 1b\n"                                                                 \
  "4:\n"                                                                       \
  "  add sp, #548\n"                                                           \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

__attribute__((naked)) void ek_conv_2d_thirteen_to_3_dsp(const ek_conv_2d_thirteen_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(CONVOLUTION("3"));
}

__attribute__((naked)) void ek_conv_2d_thirteen_to_4_dsp(const ek_conv_2d_thirteen_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(CONVOLUTION("4"));
}
#pragma GCC diagnostic pop

#else

/* The sum of one window; w: of its channel. */
static int32_t window(const int8_t *x, int32_t row, int32_t column, const int32_t *w) {
  const int32_t middle[3] = {ek_high_half((uint32_t)w[7]), ek_low_half((uint32_t)w[3]), ek_high_half((uint32_t)w[3])};
  const int32_t left = column == 0, edge = left || column == OUT - 1, top = row == 0, bottom = row == OUT - 1;
  const int32_t *const sides = w + (left ? 16 : 10);
  int32_t sum = edge ? sides[top ? 5 : bottom ? 4 : 3] : w[top ? 8 : bottom ? 9 : 4];
  for (int32_t k = top; k < 3 - bottom; ++k) {
    const int8_t *from = x + (2 * row + k - 1) * IN + (left ? 0 : 2 * column - 1);
    const uint32_t pair = ek_pack_low((uint32_t)from[0], (uint32_t)from[edge ? 1 : 2]);
    sum = ek_smlad(pair, (uint32_t)(edge ? sides : w)[k], sum) + (edge ? 0 : from[1] * middle[k]);
  }
  return sum;
}

static void pictures(const ek_conv_2d_thirteen_dsp_t *p, const int8_t *x, int8_t *y, int32_t out_c) {
  for (int32_t i = 0; i < p->images * OUT * OUT; ++i) {
    const int32_t pixel = i % (OUT * OUT);
    for (int32_t c = 0; c < out_c; ++c) {
      const int32_t *w = p->stream + WORDS * c;
      const int32_t sum = window(x + i / (OUT * OUT) * IN * IN, pixel / OUT, pixel % OUT, w);
      *y++ = ek_requantize(sum, w[5], w[6], ek_low_half((uint32_t)w[7]));
    }
  }
}

void ek_conv_2d_thirteen_to_3_dsp(const ek_conv_2d_thirteen_dsp_t *p, const int8_t *x, int8_t *y) { pictures(p, x, y, 3); }

void ek_conv_2d_thirteen_to_4_dsp(const ek_conv_2d_thirteen_dsp_t *p, const int8_t *x, int8_t *y) { pictures(p, x, y, 4); }

#endif
