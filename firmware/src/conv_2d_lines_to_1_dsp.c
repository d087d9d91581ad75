/* y[n,oy,ox] = requantize(bias + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps of two, three or five channels
 * into one, stride 2, with the DSP instructions.
 *
 * Blocking: two lines of outputs, which share one of their five rows, and of two or three channels two columns, of five one. Each
 * row of a block is words of four values, expanded in registers; a word of all rows before the next one, so that the weights of
 * its three rows of the kernel are loaded once. Nothing outside is computed: the first line of an image is alone, of three rows
 * two; the last two lines have four rows; and a line is a left block, blocks in the middle, a right block, each with
 * weights of its own. The share of the zero point that is outside is in the biases.
 * The code is written once: macros are instructions on a core, statements elsewhere.
 * Registers: r0 x, in row 0; r1 stream; sums from r2 on, of an output the upper line's first; weights up to r9 or r11; r12, lr
 * a word's even and odd values. Rows 1 to 4 by the bytes of one row and of three, r10 and r11, or, of two channels, which leave
 * no register for them, by immediate offsets: so rows of 13 columns only. At the end of a block r6-r8 are multiplier, divider
 * and zero point, r9 y, r12 the y of a line's last block, lr out_w.
 * Budget for the two lines of a block in the middle, and for the MACs of a picture of 13x13: of two channels 105 instructions
 * (72 MACs; 1.32), of three 151 (108; 1.26), of five 125 (90; 1.22). Cycles by LDR 2, LDM 1 + n, branch 2: TODO. */
#include "edgekit/conv_2d_lines_to_1_dsp.h"

#include <stddef.h>

typedef ek_conv_2d_lines_to_1_dsp_t params_t;

_Static_assert(offsetof(params_t, out_w) == offsetof(params_t, inside) + 16, "the assembly's order");

#if EK_DSP_INSTRUCTIONS

#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define TEXT_OF(X) #X
#define TEXT(X) TEXT_OF(X)
#define R(N) "r" TEXT(N)
#define TAKE(FIRST, LAST) "  ldmia.w r1!, {" R(FIRST) "-" R(LAST) "}\n"
#define ADD(SUM, X, W) "  smlad " R(SUM) ", " R(X) ", " R(W) ", " R(SUM) "\n"
#define LOAD(AT) "  ldr.w r12, " AT "\n  sxtb16 lr, r12, ror #8\n  sxtb16 r12, r12\n"
#define LOAD_PAIR(AT) "  ldrsh.w r12, " AT "\n  sxtb lr, r12\n  pkhbt r12, lr, r12, lsl #8\n"
#define PACK_FIRST(D) "  pkhbt " R(D) ", r12, lr, lsl #16\n"
#define PACK_LAST(D) "  pkhtb " R(D) ", lr, r12, asr #16\n"
#define ROW_0(STEP) "[r0], #" TEXT(STEP)
#define SCALE(SUM)                                              \
  "  smmulr " R(SUM) ", " R(SUM) ", r6\n"                       \
  "  smmlar " R(SUM) ", " R(SUM) ", r7, r8\n"                   \
  "  ssat " R(SUM) ", #8, " R(SUM) "\n"
#define CONSTANTS "  ldmia.w r1, {r6, r7, r8}\n  ldmia.w sp, {r1, r9, r12, lr}\n"
#define OUT_OF_2(SUM, LOWER) SCALE(SUM) "  strb " R(SUM) ", [r9], #1\n"
#define OUT_OF_5(SUM, LOWER) SCALE(LOWER) "  strb " R(LOWER) ", [r9, lr]\n" OUT_OF_2(SUM, )

#else

#define TAKE(FIRST, LAST)                                       \
  for (int32_t i = FIRST; i <= LAST; ++i) {                     \
    r[i] = *w++;                                                \
  }
#define ADD(SUM, X, W) r[SUM] = ek_smlad((uint32_t)r[X], (uint32_t)r[W], r[SUM]);
#define LOAD(AT)                                                \
  word = ek_load4(AT);                                          \
  r[EVEN] = (int32_t)ek_sxtb16(word);                           \
  r[ODD] = (int32_t)ek_sxtb16_odd(word);
#define LOAD_PAIR(AT)                                           \
  pair = (AT);                                                  \
  r[EVEN] = (int32_t)ek_pack_low((uint32_t)pair[0], (uint32_t)pair[1]);
#define PACK_FIRST(D) r[D] = (int32_t)ek_pack_low((uint32_t)r[EVEN], (uint32_t)r[ODD]);
#define PACK_LAST(D) r[D] = (int32_t)ek_pack_high((uint32_t)r[EVEN], (uint32_t)r[ODD]);
#define ROW_0(STEP) (x += (STEP)) - (STEP)
#define ROW_1 x + p->pitch
#define ROW_2 x + 2 * p->pitch
#define ROW_3 x + p->three
#define ROW_4 x + 4 * p->pitch
#define CONSTANTS
#define OUT_OF_2(SUM, LOWER) *y++ = ek_requantize(r[SUM], w[0], w[1], w[2]);
#define OUT_OF_5(SUM, LOWER) y[p->out_w] = ek_requantize(r[LOWER], w[0], w[1], w[2]); OUT_OF_2(SUM, )

#endif

#define EVEN 12
#define ODD 14
#define A_0 2
#define A_1 3
#define B_0 4
#define B_1 5
#define OUT_OF_4 OUT_OF_5
#define ONE_OUT(ROWS) CONSTANTS OUT_OF_##ROWS(A_0, A_1)
#define TWO_OUT(ROWS) ONE_OUT(ROWS) OUT_OF_##ROWS(B_0, B_1)

/* A word in all rows: in 5 for two lines, in 4 for the last two, in 2 for the first. What LOADED leaves, ONE(line, weights)
 * multiplies; K0 to K2 are the weights of the kernel's rows. */
#define ROWS_4(FIRST, LOADED, ONE, K1, REST, K2, BOTH, K0, STEP) \
  FIRST LOADED(ROW_1) ONE(0, K1) LOADED(ROW_3) ONE(1, K1) REST LOADED(ROW_2) BOTH LOADED(ROW_0(STEP)) ONE(0, K0)
#define ROWS_5(FIRST, LOADED, ONE, K1, REST, K2, BOTH, K0, STEP) \
  ROWS_4(FIRST, LOADED, ONE, K1, REST LOADED(ROW_4) ONE(1, K2), K2, BOTH, K0, STEP)
#define ROWS_2(FIRST, LOADED, ONE, K2, REST, K1, STEP) FIRST LOADED(ROW_1) ONE(0, K2) REST LOADED(ROW_0(STEP)) ONE(0, K1)

/* With weights in parentheses: both halves of a word for an output, and a half or a pair for the other; a pair for one, for both. */
#define CALL(F, ...) F(__VA_ARGS__)
#define LIST(...) __VA_ARGS__
#define TO_A(LINE, W) CALL(TO_SUM, A_##LINE, LIST W)
#define TO_B(LINE, W) CALL(TO_SUM, B_##LINE, LIST W)
#define TO_SUM(SUM, E, O) ADD(SUM, EVEN, E) ADD(SUM, ODD, O)
#define TO_A_AND(LINE, X, W) CALL(TO_SUM_AND, A_##LINE, B_##LINE, X, LIST W)
#define TO_B_AND(LINE, X, W) CALL(TO_SUM_AND, B_##LINE, A_##LINE, X, LIST W)
#define TO_SUM_AND(SUM, OTHER, X, E, O, W) TO_SUM(SUM, E, O) ADD(OTHER, X, W)
#define PAIR_TO_A(LINE, W) CALL(ADD, A_##LINE, EVEN, LIST W)
#define PAIR_TO_BOTH(LINE, W) CALL(PAIR_TO_SUMS, A_##LINE, B_##LINE, LIST W)
#define PAIR_TO_SUMS(A, B, U, V) ADD(A, EVEN, U) ADD(B, EVEN, V)

/* Words with two weights for a row of the kernel, whose registers a SET names, with three, with one. FROM is the first register
 * that is loaded: a block's sums lie before its weights. */
#define TWO(ROWS, SET, FROM, LOADED, ONE, STEP) TWO_##ROWS(SET, FROM, LOADED, ONE, STEP)
#define TWO_IN(ROWS, SET, FROM, LOADED, ONE, STEP)                                                          \
  ROWS(TAKE(FROM, SET##_LAST), LOADED, ONE, SET##_K1, SET##_REST, SET##_K2, ONE(0, SET##_K2) ONE(1, SET##_K0), SET##_K0, STEP)
#define TWO_4(SET, FROM, LOADED, ONE, STEP) TWO_IN(ROWS_4, SET, FROM, LOADED, ONE, STEP)
#define TWO_5(SET, FROM, LOADED, ONE, STEP) TWO_IN(ROWS_5, SET, FROM, LOADED, ONE, STEP)
#define TWO_2(SET, FROM, LOADED, ONE, STEP) ROWS_2(TAKE(FROM, SET##_FOUR), LOADED, ONE, SET##_K1, , SET##_SECOND, STEP)
#define LOW (6, 7, 8)
#define HIGH (9, 10, 11)
#define THREE(ROWS, FROM, LOADED, ONE, STEP) THREE_##ROWS(FROM, LOADED, ONE, STEP)
#define THREE_IN(ROWS, FROM, LOADED, ONE, STEP) ROWS(TAKE(FROM, 8), LOADED, ONE, LOW, TAKE(6, 8), LOW, ONE(0, LOW) TAKE(6, 8) ONE(1, LOW), LOW, STEP)
#define THREE_4(FROM, LOADED, ONE, STEP) THREE_IN(ROWS_4, FROM, LOADED, ONE, STEP)
#define THREE_5(FROM, LOADED, ONE, STEP) THREE_IN(ROWS_5, FROM, LOADED, ONE, STEP)
#define THREE_2(FROM, LOADED, ONE, STEP) ROWS_2(TAKE(FROM, 8), LOADED, ONE, LOW, TAKE(6, 8), LOW, STEP)
#define PAIR(ROWS, STEP) PAIR_##ROWS(STEP)
#define PAIR_IN(ROWS, STEP) ROWS(TAKE(6, 8), LOAD_PAIR, PAIR_TO_A, (6), , (7), PAIR_TO_A(0, (7)) PAIR_TO_A(1, (8)), (8), STEP)
#define PAIR_4(STEP) PAIR_IN(ROWS_4, STEP)
#define PAIR_5(STEP) PAIR_IN(ROWS_5, STEP)
#define PAIR_2(STEP) ROWS_2(TAKE(6, 7), LOAD_PAIR, PAIR_TO_A, (6), , (7), STEP)

#if EK_DSP_INSTRUCTIONS
/* Of a block: sums, words of so many weights for `ROWS` rows of the kernel, constants. */
#define BYTES(SUMS, WORDS, ROWS) "#(4 * (" #SUMS " + " #ROWS " * (" #WORDS ") + 3))"
#define ADD_BYTES(TO, FROM, SUMS, WORDS, ROWS) "  add.w " TO ", " FROM ", " BYTES(SUMS, WORDS, ROWS) "\n"
#define LINE_END "  sub.w r12, r12, #1\n"
#define MIDDLE_AND_RIGHT(LABEL, ROWS, KERNEL, MIDDLE, RIGHT, M, SUMS) \
  "  str.w r9, [sp, #4]\n"                                      \
  LABEL ":\n" MIDDLE(ROWS)                                      \
  "  str.w r9, [sp, #4]\n"                                      \
  "  cmp r9, r12\n"                                             \
  "  bne.w " LABEL "b\n"                                        \
  "  add.w r1, r1, " BYTES(SUMS, M, KERNEL) "\n" RIGHT(ROWS)
/* LEFT, MIDDLE, RIGHT: blocks, with so many words L, M, R for a row of the kernel, and SUMS.
 * On the stack: stream of the middle, y, end of a line, out_w, y of the last lines, stream, inside, images. */
#define FUNCTION(NAME, LEFT, MIDDLE, RIGHT, L, M, R, SUMS, THREE_ROWS)                    \
  __attribute__((naked)) void NAME(const params_t *p, const int8_t *x, int8_t *y) {       \
    __asm__ volatile(                                                                     \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                 \
        "  ldmia.w r0, {r5, r6, r7, r10, r11, lr}\n"                                      \
        "  mov r0, r1\n"                                                                  \
        "  mov r9, r2\n"                                                                  \
        "  push {r5, r6, r7}\n"                                                           \
        "  sub sp, #20\n"                                                                 \
        "1:\n"                                                                            \
        "  ldrd r1, r6, [sp, #20]\n"                                                      \
        "  add.w r12, r9, lr\n" LINE_END                                                  \
        "  add r6, r12\n"                                                                 \
        "  add.w r7, r1, " BYTES(SUMS, L, 2) "\n"                                         \
        "  stmia.w sp, {r7, r9, r12, lr}\n"                                               \
        "  str r6, [sp, #16]\n"                                                           \
        LEFT(2) MIDDLE_AND_RIGHT("2", 2, 2, MIDDLE, RIGHT, M, SUMS)                       \
        "  add.w r1, r1, #(4 * (2 * (" #SUMS " + 3) + 2 * (" #M " + " #R ")))\n"          \
        "  add.w r12, r9, lr\n" LINE_END                                                  \
        "  add.w r7, r1, " BYTES(SUMS, L, 3) "\n"                                         \
        "  stmia.w sp, {r7, r9, r12}\n"                                                   \
        "3:\n" LEFT(5) MIDDLE_AND_RIGHT("4", 5, 3, MIDDLE, RIGHT, M, SUMS)                \
        "  add r9, lr\n"                                                                  \
        "  ldr r6, [sp, #16]\n"                                                           \
        "  add.w r12, r9, lr\n" LINE_END                                                  \
        "  strd r9, r12, [sp, #4]\n"                                                      \
        "  add.w r0, r0, " THREE_ROWS "\n"                                                \
        "  cmp r9, r6\n"                                                                  \
        "  sub.w r1, r1, " BYTES(SUMS, L, 3) "\n"                                         \
        "  bne.w 3b\n"                                                                    \
        "  add.w r1, r1, #(4 * (3 * (" #SUMS " + 3) + 3 * (" #L " + " #M " + " #R ")))\n" \
        "  add.w r7, r1, " BYTES(SUMS, L, 3) "\n"                                         \
        "  str r7, [sp]\n"                                                                \
        LEFT(4) MIDDLE_AND_RIGHT("5", 4, 3, MIDDLE, RIGHT, M, SUMS)                       \
        "  ldr r6, [sp, #28]\n"                                                           \
        "  add r9, lr\n"                                                                  \
        "  add.w r0, r0, " THREE_ROWS "\n"                                                \
        "  subs r6, #1\n"                                                                 \
        "  str r6, [sp, #28]\n"                                                           \
        "  bne.w 1b\n"                                                                    \
        "  add sp, #32\n"                                                                 \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                \
  }
#else
#define LINES(ROWS, LEFT, MIDDLE, RIGHT)                        \
  {                                                             \
    const int8_t *const last = y + p->out_w - 1;                \
    LEFT(ROWS)                                                  \
    const int32_t *const middle = w += 3;                       \
    do {                                                        \
      w = middle;                                               \
      MIDDLE(ROWS)                                              \
      w += 3;                                                   \
    } while (y != last);                                        \
    RIGHT(ROWS)                                                 \
    w += 3;                                                     \
  }
#define FUNCTION(NAME, LEFT, MIDDLE, RIGHT, L, M, R, SUMS, THREE_ROWS)  \
  void NAME(const params_t *p, const int8_t *x, int8_t *y) {    \
    int32_t r[15] = {0};                                        \
    uint32_t word;                                              \
    const int8_t *pair;                                         \
    for (int32_t n = 0; n < p->images; ++n) {                   \
      const int32_t *w = p->stream;                             \
      LINES(2, LEFT, MIDDLE, RIGHT)                             \
      const int8_t *const end = y + p->inside - 1;              \
      const int32_t *const inside = w;                          \
      do {                                                      \
        w = inside;                                             \
        LINES(5, LEFT, MIDDLE, RIGHT)                           \
        y += p->out_w;                                          \
        x += p->three;                                          \
      } while (y != end);                                       \
      LINES(4, LEFT, MIDDLE, RIGHT)                             \
      y += p->out_w;                                            \
      x += p->three;                                            \
    }                                                           \
  }
#endif

/* Two channels: weights in r6 to r11. */
#if EK_DSP_INSTRUCTIONS
#define ROW_1 "[r0, #26]"
#define ROW_2 "[r0, #(2 * 26)]"
#define ROW_3 "[r0, #(3 * 26)]"
#define ROW_4 "[r0, #(4 * 26)]"
#endif
#define OF_2_LAST 11
#define OF_2_REST
#define OF_2_K1 (6, 7)
#define OF_2_K2 (8, 9)
#define OF_2_K0 (10, 11)
#define OF_2_FOUR 9
#define OF_2_SECOND (8, 9)
/* Columns 0 and 1: both for the first output, 1 for the second. */
#define EDGE(LINE, W) CALL(EDGE_SUMS, A_##LINE, B_##LINE, LIST W)
#define EDGE_SUMS(A, B, E, O, P) TO_SUM(A, E, O) PACK_LAST(EVEN) ADD(B, EVEN, P)
#define EDGE_BOTH TO_A(0, (6, 7)) TO_A(1, (9, 10)) PACK_LAST(EVEN) ADD(B_0, EVEN, 8) ADD(B_1, EVEN, 11)
#define EDGE_IN(ROWS) ROWS(TAKE(2, 8), LOAD, EDGE, LOW, TAKE(6, 11), LOW, EDGE_BOTH, HIGH, 4)
#define EDGE_5 EDGE_IN(ROWS_5)
#define EDGE_4 EDGE_IN(ROWS_4)
#define EDGE_2 ROWS_2(TAKE(2, 11), LOAD, EDGE, LOW, , HIGH, 4)
#define LEFT_OF_2(ROWS) EDGE_##ROWS TWO(ROWS, OF_2, 6, LOAD, TO_B, 2) TWO_OUT(ROWS)
#define MIDDLE_OF_2(ROWS)                                       \
  TWO(ROWS, OF_2, 2, LOAD, TO_A, 4)                             \
  TWO(ROWS, OF_2, 6, LOAD_PAIR, PAIR_TO_BOTH, 2)                \
  TWO(ROWS, OF_2, 6, LOAD, TO_B, 2)                             \
  TWO_OUT(ROWS)
#define RIGHT_OF_2(ROWS) TWO(ROWS, OF_2, 2, LOAD, TO_A, 4) ONE_OUT(ROWS)
FUNCTION(ek_conv_2d_two_to_1_dsp, LEFT_OF_2, MIDDLE_OF_2, RIGHT_OF_2, 5, 6, 2, 4, "#(3 * 26)")

#if EK_DSP_INSTRUCTIONS
#undef ROW_1
#undef ROW_2
#undef ROW_3
#undef ROW_4
#define ROW_1 "[r0, r10]"
#define ROW_2 "[r0, r10, lsl #1]"
#define ROW_3 "[r0, r11]"
#define ROW_4 "[r0, r10, lsl #2]"
#endif

/* Three channels: weights in r6 to r9. */
#define OF_3_LAST 7
#define OF_3_REST TAKE(6, 9)
#define OF_3_K1 (6, 7)
#define OF_3_K2 (6, 7)
#define OF_3_K0 (8, 9)
#define OF_3_FOUR 9
#define OF_3_SECOND (8, 9)
#define A_EVEN_TO_B(LINE, W) TO_A_AND(LINE, EVEN, W)
#define A_ODD_TO_B(LINE, W) TO_A_AND(LINE, ODD, W)
#define B_ODD_TO_A(LINE, W) TO_B_AND(LINE, ODD, W)
#define B_PAIR_TO_A(LINE, W) TO_B_AND(LINE, 9, W)
#define LOAD_AND_PACK(AT) LOAD(AT) PACK_FIRST(9)
#define LEFT_OF_3(ROWS)                                         \
  THREE(ROWS, 2, LOAD, A_ODD_TO_B, 4)                           \
  THREE(ROWS, 6, LOAD_AND_PACK, B_PAIR_TO_A, 4)                 \
  TWO(ROWS, OF_3, 6, LOAD, TO_B, 1)                             \
  TWO_OUT(ROWS)
#define MIDDLE_OF_3(ROWS)                                       \
  TWO(ROWS, OF_3, 2, LOAD, TO_A, 4)                             \
  THREE(ROWS, 6, LOAD, A_EVEN_TO_B, 3)                          \
  THREE(ROWS, 6, LOAD, B_ODD_TO_A, 4)                           \
  TWO(ROWS, OF_3, 6, LOAD, TO_B, 1)                             \
  TWO_OUT(ROWS)
#define RIGHT_OF_3(ROWS) TWO(ROWS, OF_3, 2, LOAD, TO_A, 4) PAIR(ROWS, 2) ONE_OUT(ROWS)
FUNCTION(ek_conv_2d_three_to_1_dsp, LEFT_OF_3, MIDDLE_OF_3, RIGHT_OF_3, 8, 10, 3, 4, "r11")

/* Five channels: weights in r4 to r9. */
#define OF_5_LAST 9
#define OF_5_REST
#define OF_5_K1 (4, 5)
#define OF_5_K2 (6, 7)
#define OF_5_K0 (8, 9)
#define OF_5_FOUR 7
#define OF_5_SECOND (6, 7)
#define TEN(ROWS, STEP) TWO(ROWS, OF_5, 2, LOAD, TO_A, 4) TWO(ROWS, OF_5, 4, LOAD, TO_A, 4) PAIR(ROWS, STEP) ONE_OUT(ROWS)
#define LEFT_OF_5(ROWS) TEN(ROWS, -3)
#define MIDDLE_OF_5(ROWS)                                       \
  TWO(ROWS, OF_5, 2, LOAD, TO_A, 4)                             \
  TWO(ROWS, OF_5, 4, LOAD, TO_A, 4)                             \
  TWO(ROWS, OF_5, 4, LOAD, TO_A, 3)                             \
  TWO(ROWS, OF_5, 4, LOAD, TO_A, -1)                            \
  ONE_OUT(ROWS)
#define RIGHT_OF_5(ROWS) TEN(ROWS, 2)
FUNCTION(ek_conv_2d_five_to_1_dsp, LEFT_OF_5, MIDDLE_OF_5, RIGHT_OF_5, 5, 8, 5, 2, "r11")
