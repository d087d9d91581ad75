/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx of (x - in_zero) * w), as conv_2d.c, of one input channel of 12x12
 * pixels, 3x3 taps, stride 1, padded, into one channel or three, with the DSP instructions. A function for this one size: rows,
 * columns and the places of sums are constants of the code.
 *
 * Blocking: one output channel; first the sums of all pixels, which lie on the stack row by row, then their outputs, so that
 * weights and the constants of requantization have the registers one after the other. Two columns of pixels go down together:
 * a word of four inputs, expanded in three instructions, is in the windows of three rows. Sums stay in registers until their
 * third row. The last column and the first one go down as a pair as well: the word behind column 9 has two inputs of this row
 * and two of the next one. Nothing is padded: windows at an edge have fewer taps and biases of their own.
 * Registers of two columns: r0 x, r1 stream, r2-r4 taps 0 and 2 of the rows, r5, r6 taps 1 (and turns), r7 bias, r8, r9 inputs,
 * r10-r12, lr sums. Of the edges: r4-r6 right, r7-r9 left, r1-r3 inputs. Of outputs: r0 turns, r8-r10 constants, lr y, the others sums.
 * Budget: 16 instructions for two pixels (18 MACs), 12 and 13 at the edges, 190 for two columns, 1,110 for a channel's sums;
 * outputs 3.8 into one channel (four in a word), 4.3 into three; 30 for the call. Cycles by LDR 2, STRD 3, LDM 1 + n: 19 for two
 * pixels, 5 for an output, 1.6 a MAC. */
#include "edgekit/conv_2d_twelve_dsp.h"

#include "edgekit/assembly_dsp.h"
#include "edgekit/four_outputs_dsp.h"

enum { SIDE = 12, WORDS = 23 };

#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* Four inputs of a row: 0 and 2, 1 and 3. */
#define LOAD(ROW)                          \
  "  ldr r8, [r0, #(12 * " #ROW ")]\n"     \
  "  sxtb16 r9, r8, ror #8\n"              \
  "  sxtb16 r8, r8\n"
/* The row as the windows' first, which begins sums A and B with a bias (it may be in A), middle or last. */
#define FIRST(A, B, BIAS)                  \
  "  smlad " B ", r9, r2, " BIAS "\n"      \
  "  smlad " A ", r8, r2, " BIAS "\n"      \
  "  smlatb " B ", r8, r5, " B "\n"        \
  "  smlabb " A ", r9, r5, " A "\n"
#define MIDDLE_FROM(A, B, START)           \
  "  smlad " B ", r9, r3, " START(B) "\n"  \
  "  smlad " A ", r8, r3, " A "\n"         \
  "  smlatt " B ", r8, r5, " B "\n"        \
  "  smlabt " A ", r9, r5, " A "\n"
#define SAME(B) B
#define MIDDLE(A, B) MIDDLE_FROM(A, B, SAME)
#define LAST(A, B)                         \
  "  smlad " B ", r9, r4, " B "\n"         \
  "  smlad " A ", r8, r4, " A "\n"         \
  "  smlatb " B ", r8, r6, " B "\n"        \
  "  smlabb " A ", r9, r6, " A "\n"
#define STORE(ROW, A, B) "  strd " A ", " B ", [sp, #(48 * (" #ROW "))]\n"
/* Sums A, B of the row before are finished and begin again, for the row after. */
#define ROW_FROM(ROW, A, B, C, D, BEGIN, BIAS) \
  LOAD(ROW) LAST(A, B) STORE(ROW - 1, A, B) MIDDLE(C, D) BEGIN FIRST(A, B, BIAS)
#define EVEN(ROW) ROW_FROM(ROW, "r12", "lr", "r10", "r11", "", "r7")
#define ODD(ROW) ROW_FROM(ROW, "r10", "r11", "r12", "lr", "", "r7")
#define TOP(B) "r10"
/* All columns but the edges, from the right to the left; at last sp is at the second sum of the first row. */
#define COLUMNS                                                                           \
  "  ldmia.w r1!, {r2, r3, r4, r5, r6, r7}\n"                                             \
  "2:\n"                                                                                  \
  "  ldr.w r10, [r1]\n" LOAD(0) MIDDLE_FROM("r10", "r11", TOP) FIRST("r12", "lr", "r7")   \
  ODD(1) EVEN(2) ODD(3) EVEN(4) ODD(5) EVEN(6) ODD(7) EVEN(8) ODD(9)                      \
  ROW_FROM(10, "r12", "lr", "r10", "r11", "  ldr.w r12, [r1, #4]\n", "r12")               \
  LOAD(11) LAST("r10", "r11") STORE(10, "r10", "r11") MIDDLE("r12", "lr") STORE(11, "r12", "lr") \
  "  subs.w r6, r6, #0x10000\n"                                                           \
  "  sub r0, #2\n"                                                                        \
  "  sub sp, #8\n"                                                                        \
  "  bcs.w 2b\n"

/* Two inputs of the right edge of this row in r2, two of the left edge of the next one in LEFT. */
#define LOAD_EDGES(ROW, LEFT)                       \
  "  ldr r1, [r0, #(12 * " #ROW " + 12)]\n"         \
  "  sxtb16 r2, r1\n"                               \
  "  sxtb16 r1, r1, ror #8\n"                       \
  "  pkhtb " LEFT ", r1, r2, asr #16\n"             \
  "  pkhbt r2, r2, r1, lsl #16\n"
#define STORE_EDGES(ROW, A, B) "  strd " A ", " B ", [sp, #(48 * (" #ROW ") + 68)]\n"
/* Right sums A, B of the row before and this one, left sums C, D of this row and the next one. */
#define EDGES_ON(ROW, A, B, C, D) \
  LOAD_EDGES(ROW, "r3") TAP(A, "r2", "r6") TAP(C, "r3", "r9") STORE_EDGES(ROW - 1, A, C) TAP(B, "r2", "r5") TAP(D, "r3", "r8")
#define EDGES(ROW, A, B, C, D, BIASES) \
  EDGES_ON(ROW, A, B, C, D) "  ldrd " BIASES "\n" TAP(A, "r2", "r4") TAP(C, "r3", "r7")
#define EDGES_EVEN(ROW) EDGES(ROW, "r11", "r10", "r12", "lr", "r12, r11, [sp, #4]")
#define EDGES_ODD(ROW, BIASES) EDGES(ROW, "r10", "r11", "lr", "r12", BIASES)
#define BETWEEN "lr, r10, [sp, #4]"
/* The last and the first column; at last sp is at the first sum. Biases are on the stack: left, right, bottom left and right. */
#define BOTH_EDGES                                                                        \
  "  ldmia.w r1!, {r2, r3, r4, r5, r6, r7, r8, r9}\n"                                     \
  "  ldmia.w r1!, {r2, r3, r10, r11, r12, lr}\n"                                          \
  "  push.w {r1, r10, r11, r12, lr}\n"                                                    \
  "  ldrsb.w r1, [r0, #2]\n" /* the first row's left edge */                              \
  "  ldrsb.w r12, [r0, #3]\n"                                                             \
  "  pkhbt r1, r1, r12, lsl #16\n"                                                        \
  "  smlad r12, r1, r8, r2\n"                                                             \
  "  smlad lr, r1, r7, r10\n" LOAD_EDGES(0, "r11") TAP("r12", "r11", "r9")                \
  "  str.w r12, [sp, #24]\n"                                                              \
  "  smlad r10, r2, r5, r3\n" TAP("lr", "r11", "r8")                                      \
  "  ldrd r12, r3, [sp, #4]\n" TAP("r12", "r11", "r7")                                    \
  "  smlad r11, r2, r4, r3\n"                                                             \
  EDGES_ODD(1, BETWEEN) EDGES_EVEN(2) EDGES_ODD(3, BETWEEN) EDGES_EVEN(4) EDGES_ODD(5, BETWEEN) EDGES_EVEN(6) \
  EDGES_ODD(7, BETWEEN) EDGES_EVEN(8) EDGES_ODD(9, "r10, lr, [sp, #8]") EDGES_ON(10, "r11", "r10", "r12", "lr") \
  "  ldr.w r11, [sp, #16]\n" TAP("r11", "r2", "r4")                                       \
  "  ldrsb.w r1, [r0, #144]\n" /* the last row's right edge */                            \
  "  ldrsb.w r2, [r0, #145]\n"                                                            \
  "  pkhbt r2, r1, r2, lsl #16\n" TAP("r10", "r2", "r6") STORE_EDGES(10, "r10", "lr") TAP("r11", "r2", "r5") \
  "  str.w r11, [sp, #(24 + 4 * 143)]\n"                                                  \
  "  pop {r1, r2, r3, r4, r5, r6}\n"

#define EIGHT_OF_ONE POP_SUMS FOUR("r2", "r3", "r4", "r5") FOUR("r6", "r7", "r11", "r12") "  strd r2, r6, [lr], #8\n"
#define OUTPUT(A) REQUANTIZE(A, "r8", "r9", "r10") "  strb " A ", [lr], #3\n"
#define EIGHT_OF_THREE \
  POP_SUMS OUTPUT("r2") OUTPUT("r3") OUTPUT("r4") OUTPUT("r5") OUTPUT("r6") OUTPUT("r7") OUTPUT("r11") OUTPUT("r12")
/* At last sp is behind the sums. */
#define OUTPUTS(EIGHT)                                                                    \
  "  ldr.w lr, [sp, #(4 * 144 + 4)]\n"                                                    \
  "  ldmia.w r1!, {r8, r9, r10}\n"                                                        \
  "  movs r0, #6\n"                                                                       \
  "3:\n" EIGHT EIGHT EIGHT                                                                \
  "  subs r0, #1\n"                                                                       \
  "  bne.w 3b\n"

/* On the stack, behind the sums: 0 x, at column 8, 4 y, 8 stream, 12 its end, 16 images. */
#define BEGIN                                             \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"       \
  "  ldmia.w r0, {r3, r4, r5}\n"                          \
  "  adds r1, #8\n"                                       \
  "  add r4, r3\n"                                        \
  "  mov r0, r1\n"                                        \
  "  push {r1, r2, r3, r4, r5}\n"                         \
  "  mov r1, r3\n"                                        \
  "1:\n"                                                  \
  "  sub sp, #(4 * 135)\n" /* the last two columns' first sum */ \
  COLUMNS BOTH_EDGES
#define END(NEXT_IMAGE)                                   \
  "  ldrd r0, r2, [sp]\n"                                 \
  "  ldr r1, [sp, #16]\n"                                 \
  "  subs r1, #1\n"                                       \
  "  beq 5f\n"                                            \
  "  str r1, [sp, #16]\n"                                 \
  "  ldr r1, [sp, #8]\n"                                  \
  "  adds r0, #144\n" NEXT_IMAGE                          \
  "  strd r0, lr, [sp]\n"                                 \
  "  b.w 1b\n"                                            \
  "5:\n"                                                  \
  "  add sp, #20\n"                                       \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

__attribute__((naked)) void ek_conv_2d_twelve_to_1_dsp(const ek_conv_2d_twelve_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(BEGIN OUTPUTS(EIGHT_OF_ONE) END(""));
}

__attribute__((naked)) void ek_conv_2d_twelve_to_3_dsp(const ek_conv_2d_twelve_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(BEGIN OUTPUTS(EIGHT_OF_THREE)
                   "  ldr r2, [sp, #12]\n" /* the next channel */
                   "  ldr r0, [sp]\n"
                   "  subw lr, lr, #(3 * 144 - 1)\n"
                   "  str.w lr, [sp, #4]\n"
                   "  cmp r1, r2\n"
                   "  bne.w 1b\n" END("  addw lr, lr, #(3 * 144 - 3)\n"));
}
#pragma GCC diagnostic pop

#else

/* Taps 0 and 2 at x[0], and tap 1 of a row. */
static int32_t whole_row(const int8_t *x, int32_t outer, int32_t middle, int32_t sum) {
  return ek_smlad(ek_pack_low((uint32_t)x[0], (uint32_t)x[2]), (uint32_t)outer, sum) + x[1] * middle;
}

/* The sum of one window; w: of its channel. */
static int32_t window(const int8_t *x, int32_t row, int32_t column, const int32_t *w) {
  const int32_t middle[3] = {ek_low_half((uint32_t)w[3]), ek_high_half((uint32_t)w[3]), ek_low_half((uint32_t)w[4])};
  const int32_t left = column == 0, edge = left || column == SIDE - 1, top = row == 0, bottom = row == SIDE - 1;
  int32_t sum = edge ? w[(left ? 14 : 15) + (top ? 0 : bottom ? 4 : 2)] : w[top ? 6 : bottom ? 7 : 5];
  for (int32_t k = top; k < 3 - bottom; ++k) {
    const int8_t *from = x + (row + k - 1) * SIDE + (left ? 0 : column - 1);
    sum = !edge ? whole_row(from, w[k], middle[k], sum)
                : ek_smlad(ek_pack_low((uint32_t)from[0], (uint32_t)from[1]), (uint32_t)w[(left ? 11 : 8) + k], sum);
  }
  return sum;
}

static void pictures(const ek_conv_2d_twelve_dsp_t *p, const int8_t *x, int8_t *y, int32_t out_c) {
  for (int32_t i = 0; i < p->images * SIDE * SIDE; ++i) {
    const int32_t pixel = i % (SIDE * SIDE);
    for (int32_t c = 0; c < out_c; ++c) {
      const int32_t *w = p->stream + WORDS * c;
      const int32_t sum = window(x + i - pixel, pixel / SIDE, pixel % SIDE, w);
      *y++ = ek_requantize(sum, w[20], w[21], w[22] - (out_c == 1 ? 128 : 0));
    }
  }
}

void ek_conv_2d_twelve_to_1_dsp(const ek_conv_2d_twelve_dsp_t *p, const int8_t *x, int8_t *y) { pictures(p, x, y, 1); }

void ek_conv_2d_twelve_to_3_dsp(const ek_conv_2d_twelve_dsp_t *p, const int8_t *x, int8_t *y) { pictures(p, x, y, 3); }

#endif
