/* y[n,oy,ox] = requantize(bias + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps of two, three or five channels
 * into one, stride 2, with the DSP instructions.
 *
 * Blocking: two lines of outputs, which share one of their five rows, and of two or three channels two columns, of five one. A
 * block's rows are words of four values, expanded in registers: a word of all rows before the next one, so that the weights of
 * the kernel's three rows are loaded once. Nothing outside is computed: the first line of an image is alone, with two rows; the
 * last two lines have four; a line is a left block, blocks in the middle and a right block, each with weights of its own. The
 * share of the zero point that is outside is in the biases.
 * Blocks are written once: their macros are instructions on a core, statements elsewhere.
 * Registers: r0 stream; r1 x, in row 0; sums from r2 on, of an output the upper line's first; then weights, up to r9; r10, r11
 * bytes of one row and of three; r12, lr a word's even and odd values. At the end of a block r6-r8 are multiplier, divider and
 * zero point, r9 y, r12 the y of a line's last block, lr out_w.
 * Budget: two lines of a block in the middle take, of two channels, 108 instructions (72 MACs), of three 151 (108), of five 125
 * (90): 1.50, 1.40, 1.39 a MAC. Edges take fewer; a picture of 13x13 takes 1.35, 1.25, 1.21. Cycles by LDR 2, LDM 1 + n,
 * branch 2: 153, 213, 179; 2.1 a MAC. */
#include "edgekit/conv_2d_lines_to_1_dsp.h"

#include "edgekit/lines_to_1_dsp.h"

#define A_0 2
#define A_1 3
#define B_0 4
#define B_1 5

/* A word in all rows: in 5 for two lines, in 4 for the last two, in 2 for the first. What LOADED leaves, ONE(line, weights)
 * multiplies, BOTH what both lines share; K0 to K2 are the registers of the weights of the kernel's rows. */
#define ROWS_4(FIRST, LOADED, ONE, K1, REST, K2, BOTH, K0, STEP) \
  FIRST LOADED(ROW_1) ONE(0, K1) LOADED(ROW_3) ONE(1, K1) REST LOADED(ROW_2) BOTH LOADED(ROW_0(STEP)) ONE(0, K0)
#define ROWS_5(FIRST, LOADED, ONE, K1, REST, K2, BOTH, K0, STEP) \
  ROWS_4(FIRST, LOADED, ONE, K1, REST LOADED(ROW_4) ONE(1, K2), K2, BOTH, K0, STEP)
#define ROWS_2(FIRST, LOADED, ONE, K2, REST, K1, STEP) FIRST LOADED(ROW_1) ONE(0, K2) REST LOADED(ROW_0(STEP)) ONE(0, K1)

/* ONE: both halves of a word for an output, perhaps X for the other; a pair for one or for both. */
#define CALL(F, ...) F(__VA_ARGS__)
#define LIST(...) __VA_ARGS__
#define TO_A(LINE, W) CALL(TO_SUM, A_##LINE, LIST W)
#define TO_B(LINE, W) CALL(TO_SUM, B_##LINE, LIST W)
#define TO_SUM(SUM, E, O) ACCUMULATE(SUM, EVEN, E) ACCUMULATE(SUM, ODD, O)
#define TO_A_AND_B(LINE, X, W) CALL(TO_SUM_AND, A_##LINE, B_##LINE, X, LIST W)
#define TO_B_AND_A(LINE, X, W) CALL(TO_SUM_AND, B_##LINE, A_##LINE, X, LIST W)
#define TO_SUM_AND(SUM, OTHER, X, E, O, W) TO_SUM(SUM, E, O) ACCUMULATE(OTHER, X, W)
#define A_EVEN_TO_B(LINE, W) TO_A_AND_B(LINE, EVEN, W)
#define A_ODD_TO_B(LINE, W) TO_A_AND_B(LINE, ODD, W)
#define A_PACKED_TO_B(LINE, W) TO_A_AND_B(LINE, PACKED, W)
#define B_EVEN_TO_A(LINE, W) TO_B_AND_A(LINE, EVEN, W)
#define B_ODD_TO_A(LINE, W) TO_B_AND_A(LINE, ODD, W)
#define B_PACKED_TO_A(LINE, W) TO_B_AND_A(LINE, PACKED, W)
#define PAIR_TO_A(LINE, W) CALL(ACCUMULATE, A_##LINE, EVEN, LIST W)
#define PAIR_TO_BOTH(LINE, W) CALL(PAIR_TO_SUMS, A_##LINE, B_##LINE, LIST W)
#define PAIR_TO_SUMS(A, B, U, V) ACCUMULATE(A, EVEN, U) ACCUMULATE(B, EVEN, V)

/* Words with one weight for a row of the kernel, with two, with three. FROM is the first register that is loaded: a block's sums
 * lie before its weights. Two weights are in r6-r9, in two loads, or, of five channels, in r4-r9. */
#define ONE_WEIGHT(ROWS, STEP) ONE_WEIGHT_##ROWS(STEP)
#define ONE_WEIGHT_IN(ROWS, STEP) ROWS(TAKE(6, 8), LOAD_PAIR, PAIR_TO_A, (6), , (7), PAIR_TO_A(0, (7)) PAIR_TO_A(1, (8)), (8), STEP)
#define ONE_WEIGHT_4(STEP) ONE_WEIGHT_IN(ROWS_4, STEP)
#define ONE_WEIGHT_5(STEP) ONE_WEIGHT_IN(ROWS_5, STEP)
#define ONE_WEIGHT_2(STEP) ROWS_2(TAKE(6, 7), LOAD_PAIR, PAIR_TO_A, (6), , (7), STEP)
#define TWO(ROWS, FROM, LOADED, ONE, STEP) TWO_##ROWS(FROM, LOADED, ONE, STEP)
#define TWO_IN(ROWS, FROM, LOADED, ONE, STEP) \
  ROWS(TAKE(FROM, 7), LOADED, ONE, (6, 7), TAKE(6, 9), (6, 7), ONE(0, (6, 7)) ONE(1, (8, 9)), (8, 9), STEP)
#define TWO_4(FROM, LOADED, ONE, STEP) TWO_IN(ROWS_4, FROM, LOADED, ONE, STEP)
#define TWO_5(FROM, LOADED, ONE, STEP) TWO_IN(ROWS_5, FROM, LOADED, ONE, STEP)
#define TWO_2(FROM, LOADED, ONE, STEP) ROWS_2(TAKE(FROM, 9), LOADED, ONE, (6, 7), , (8, 9), STEP)
#define SIX(ROWS, FROM, STEP) SIX_##ROWS(FROM, STEP)
#define SIX_IN(ROWS, FROM, STEP) ROWS(TAKE(FROM, 9), LOAD, TO_A, (4, 5), , (6, 7), TO_A(0, (6, 7)) TO_A(1, (8, 9)), (8, 9), STEP)
#define SIX_4(FROM, STEP) SIX_IN(ROWS_4, FROM, STEP)
#define SIX_5(FROM, STEP) SIX_IN(ROWS_5, FROM, STEP)
#define SIX_2(FROM, STEP) ROWS_2(TAKE(FROM, 7), LOAD, TO_A, (4, 5), , (6, 7), STEP)
#define THREE(ROWS, FROM, LOADED, ONE, STEP) THREE_##ROWS(FROM, LOADED, ONE, STEP)
#define R6_TO_8 (6, 7, 8)
#define THREE_IN(ROWS, FROM, LOADED, ONE, STEP) \
  ROWS(TAKE(FROM, 8), LOADED, ONE, R6_TO_8, TAKE(6, 8), R6_TO_8, ONE(0, R6_TO_8) TAKE(6, 8) ONE(1, R6_TO_8), R6_TO_8, STEP)
#define THREE_4(FROM, LOADED, ONE, STEP) THREE_IN(ROWS_4, FROM, LOADED, ONE, STEP)
#define THREE_5(FROM, LOADED, ONE, STEP) THREE_IN(ROWS_5, FROM, LOADED, ONE, STEP)
#define THREE_2(FROM, LOADED, ONE, STEP) ROWS_2(TAKE(FROM, 8), LOADED, ONE, R6_TO_8, TAKE(6, 8), R6_TO_8, STEP)

/* The end of a block. Behind a right one the stream is where the lines after it begin: of two outputs with the middle. */
#define ONE_OUT(ROWS) CONSTANTS OUT_##ROWS(A_0, A_1) NEXT
#define TWO_OUT(ROWS) CONSTANTS OUT_##ROWS(A_0, A_1) OUT_##ROWS(B_0, B_1) NEXT
#define RIGHT_ONE_OUT(ROWS) CONSTANTS_AND_ON OUT_##ROWS(A_0, A_1) LAST_OF_LINE
#define RIGHT_TWO_OUT(ROWS) CONSTANTS OUT_##ROWS(A_0, A_1) OUT_##ROWS(B_0, B_1) LAST_OF_LINE
#define OUT_2(UPPER, LOWER) UPPER_OUT(UPPER)
#define OUT_4(UPPER, LOWER) LOWER_OUT(LOWER) UPPER_OUT(UPPER)
#define OUT_5 OUT_4

/* What follows has L, M and R weights for a row of the kernel in its blocks LEFT, MIDDLE and RIGHT, behind SUMS. The stream has
 * the blocks in this order, but of the lines inside the right one first. */
#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define SIZE(BLOCKS, SUMS, KERNEL_ROWS, WEIGHTS) "#(4 * (" #BLOCKS " * (" #SUMS " + 3) + " #KERNEL_ROWS " * (" #WEIGHTS ")))"
#define LINES(LABEL, ROWS, LEFT, MIDDLE, RIGHT, TO_RIGHT) LEFT(ROWS) \
  LABEL ":\n" MIDDLE(ROWS)                                      \
  "  cmp r9, r12\n"                                             \
  "  bne.w " LABEL "b\n"                                        \
  TO_RIGHT RIGHT(ROWS)
/* On the stack: stream of the middle, y, y of a line's last block, out_w, y of the last two lines; stream, before, images. */
#define BEGIN                                                   \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"             \
  "  mov r9, r2\n"                                              \
  "  ldmia.w r0, {r5, r6, r7, r10, r11, lr}\n"                  \
  "  push {r0, r1, r2, r3, r4, r5, r6, r7}\n" /* r5 to r7, and room */ \
  "1:\n"                                                        \
  "  ldrd r0, r6, [sp, #20]\n"                                  \
  "  add.w r12, r9, lr\n"                                       \
  "  add r6, r9\n"                                              \
  "  str r6, [sp, #16]\n"
#define INSIDE(LEFT, MIDDLE, RIGHT, TO_RIGHT)                   \
  "3:\n"                                                        \
  LINES("4", 5, LEFT, MIDDLE, RIGHT, TO_RIGHT)                  \
  "  add r9, lr\n"                                              \
  "  add.w r12, r12, lr, lsl #1\n"                              \
  "  strd r9, r12, [sp, #4]\n"                                  \
  "  ldr r6, [sp, #16]\n"                                       \
  "  add r1, r11\n"                                             \
  "  cmp r9, r6\n"                                              \
  "  bne.w 3b\n"
#define LAST(LEFT, MIDDLE, RIGHT, TO_RIGHT)                     \
  LINES("5", 4, LEFT, MIDDLE, RIGHT, TO_RIGHT)                  \
  "  ldr r6, [sp, #28]\n"                                       \
  "  add r9, lr\n"                                              \
  "  add r1, r11\n"                                             \
  "  subs r6, #1\n"                                             \
  "  beq 6f\n"                                                  \
  "  str r6, [sp, #28]\n"                                       \
  "  b.w 1b\n"                                                  \
  "6:\n"                                                        \
  "  add sp, #32\n"                                             \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
/* Rows and columns by fours, and one. */
#define ODD_SIZES(NAME, LEFT, MIDDLE, RIGHT, L, M, R, SUMS)                                   \
  __attribute__((naked)) void NAME(const params_t *p, const int8_t *x, int8_t *y) {           \
    __asm__ volatile(BEGIN                                                                    \
        "  sub.w r12, r12, #1\n"                                                              \
        "  add.w r7, r0, " SIZE(1, SUMS, 2, L) "\n"                                          \
        "  stmia.w sp, {r7, r9, r12, lr}\n"                                                   \
        LINES("2", 2, LEFT, MIDDLE, RIGHT, "  add.w r0, r0, " SIZE(1, SUMS, 2, M) "\n")      \
        "  add.w r0, r0, " SIZE(1, SUMS, 3, R) "\n"                                          \
        "  add.w r7, r0, " SIZE(1, SUMS, 3, L) "\n"                                          \
        "  add r12, lr\n"                                                                     \
        "  stmia.w sp, {r7, r9, r12}\n"                                                       \
        INSIDE(LEFT, MIDDLE, RIGHT, "  sub.w r0, r0, " SIZE(2, SUMS, 3, L + R) "\n")         \
        "  add.w r0, r0, " SIZE(2, SUMS, 3, L + M) "\n"                                      \
        "  add.w r7, r0, " SIZE(1, SUMS, 3, L) "\n"                                          \
        "  str r7, [sp]\n"                                                                    \
        LAST(LEFT, MIDDLE, RIGHT, "  add.w r0, r0, " SIZE(1, SUMS, 3, M) "\n"));             \
  }
/* By fours: neither a first line nor left blocks; RIGHT has OUTPUTS of a line. */
#define EVEN_SIZES(NAME, MIDDLE, RIGHT, M, R, SUMS, OUTPUTS)                                  \
  __attribute__((naked)) void NAME(const params_t *p, const int8_t *x, int8_t *y) {           \
    __asm__ volatile(BEGIN                                                                    \
        "  sub.w r12, r12, #" #OUTPUTS "\n"                                                   \
        "  add.w r0, r0, " SIZE(1, SUMS, 3, R) "\n"                                          \
        "  stmia.w sp, {r0, r9, r12, lr}\n"                                                   \
        INSIDE(NOTHING, MIDDLE, RIGHT, "  sub.w r0, r0, " SIZE(1, SUMS, 3, R) "\n")          \
        "  add.w r0, r0, " SIZE(1, SUMS, 3, M) "\n"                                          \
        "  str r0, [sp]\n"                                                                    \
        LAST(NOTHING, MIDDLE, RIGHT, "  add.w r0, r0, " SIZE(1, SUMS, 3, M) "\n"));          \
  }
#else
#define WORDS(BLOCKS, SUMS, KERNEL_ROWS, WEIGHTS) ((BLOCKS) * ((SUMS) + 3) + (KERNEL_ROWS) * (WEIGHTS))
#define LINES(ROWS, LEFT, MIDDLE, RIGHT, RIGHT_STREAM, OUTPUTS) \
  {                                                             \
    const int8_t *const last = s->y + p->out_w - (OUTPUTS);     \
    LEFT(ROWS)                                                  \
    const int32_t *const middle = s->stream;                    \
    do {                                                        \
      s->stream = middle;                                       \
      MIDDLE(ROWS)                                              \
    } while (s->y != last);                                     \
    s->stream = RIGHT_STREAM;                                   \
    RIGHT(ROWS)                                                 \
  }
#define NEXT_LINES                                              \
  s->x += p->three;                                             \
  s->y += p->out_w;
/* FIRST: the first line. */
#define FUNCTION(NAME, FIRST, LEFT, MIDDLE, RIGHT, LEFT_AND_MIDDLE, RIGHT_WORDS, OUTPUTS) \
  void NAME(const params_t *p, const int8_t *x, int8_t *y) {    \
    state_t state = {p, x, p->stream, y, {0}}, *const s = &state; \
    for (int32_t n = 0; n < p->images; ++n) {                   \
      const int8_t *const end = s->y + p->before;               \
      s->stream = p->stream;                                    \
      FIRST                                                     \
      const int32_t *const right = s->stream;                   \
      s->stream += RIGHT_WORDS;                                 \
      do {                                                      \
        LINES(5, LEFT, MIDDLE, RIGHT, right, OUTPUTS)           \
        NEXT_LINES                                              \
      } while (s->y != end);                                    \
      s->stream += LEFT_AND_MIDDLE;                             \
      LINES(4, LEFT, MIDDLE, RIGHT, s->stream, OUTPUTS)         \
      NEXT_LINES                                                \
    }                                                           \
  }
#define ODD_SIZES(NAME, LEFT, MIDDLE, RIGHT, L, M, R, SUMS)     \
  FUNCTION(NAME, LINES(2, LEFT, MIDDLE, RIGHT, s->stream, 1), LEFT, MIDDLE, RIGHT, WORDS(2, SUMS, 3, L + M), WORDS(1, SUMS, 3, R), 1)
#define EVEN_SIZES(NAME, MIDDLE, RIGHT, M, R, SUMS, OUTPUTS)    \
  FUNCTION(NAME, , NOTHING, MIDDLE, RIGHT, WORDS(1, SUMS, 3, M), WORDS(1, SUMS, 3, R), OUTPUTS)
#endif
#define NOTHING(ROWS)

#define LEFT_OF_2(ROWS) THREE(ROWS, 2, LOAD_AND_PACK_LAST, A_PACKED_TO_B, 4) TWO(ROWS, 6, LOAD, TO_B, 2) TWO_OUT(ROWS)
#define MIDDLE_OF_2(ROWS) \
  TWO(ROWS, 2, LOAD, TO_A, 4) TWO(ROWS, 6, LOAD_PAIR, PAIR_TO_BOTH, 2) TWO(ROWS, 6, LOAD, TO_B, 2) TWO_OUT(ROWS)
#define RIGHT_OF_2(ROWS) TWO(ROWS, 2, LOAD, TO_A, 4) RIGHT_ONE_OUT(ROWS)
#define RIGHT_TWO_OF_2(ROWS) TWO(ROWS, 2, LOAD, TO_A, 4) THREE(ROWS, 6, LOAD_AND_PACK_FIRST, B_PACKED_TO_A, 4) RIGHT_TWO_OUT(ROWS)
ODD_SIZES(ek_conv_2d_two_to_1_dsp, LEFT_OF_2, MIDDLE_OF_2, RIGHT_OF_2, 5, 6, 2, 4)
EVEN_SIZES(ek_conv_2d_two_to_1_even_dsp, MIDDLE_OF_2, RIGHT_TWO_OF_2, 6, 5, 4, 2)

#define LEFT_OF_3(ROWS)                                         \
  THREE(ROWS, 2, LOAD, A_ODD_TO_B, 4)                           \
  THREE(ROWS, 6, LOAD_AND_PACK_FIRST, B_PACKED_TO_A, 4)         \
  TWO(ROWS, 6, LOAD, TO_B, 1)                                   \
  TWO_OUT(ROWS)
#define MIDDLE_OF_3(ROWS)                                       \
  TWO(ROWS, 2, LOAD, TO_A, 4)                                   \
  THREE(ROWS, 6, LOAD, A_EVEN_TO_B, 3)                          \
  THREE(ROWS, 6, LOAD, B_ODD_TO_A, 4)                           \
  TWO(ROWS, 6, LOAD, TO_B, 1)                                   \
  TWO_OUT(ROWS)
#define RIGHT_OF_3(ROWS) TWO(ROWS, 2, LOAD, TO_A, 4) ONE_WEIGHT(ROWS, 2) RIGHT_ONE_OUT(ROWS)
#define RIGHT_TWO_OF_3(ROWS)                                    \
  TWO(ROWS, 2, LOAD, TO_A, 4)                                   \
  THREE(ROWS, 6, LOAD_AND_PACK_LAST, A_PACKED_TO_B, 4)          \
  THREE(ROWS, 6, LOAD, B_EVEN_TO_A, 4)                          \
  RIGHT_TWO_OUT(ROWS)
ODD_SIZES(ek_conv_2d_three_to_1_dsp, LEFT_OF_3, MIDDLE_OF_3, RIGHT_OF_3, 8, 10, 3, 4)
EVEN_SIZES(ek_conv_2d_three_to_1_even_dsp, MIDDLE_OF_3, RIGHT_TWO_OF_3, 10, 8, 4, 2)

#define LEFT_OF_5(ROWS) SIX(ROWS, 2, 4) SIX(ROWS, 4, 4) ONE_WEIGHT(ROWS, -3) ONE_OUT(ROWS)
#define MIDDLE_OF_5(ROWS) SIX(ROWS, 2, 4) SIX(ROWS, 4, 4) SIX(ROWS, 4, 3) SIX(ROWS, 4, -1) ONE_OUT(ROWS)
#define RIGHT_OF_5(ROWS) SIX(ROWS, 2, 4) SIX(ROWS, 4, 4) ONE_WEIGHT(ROWS, 2) RIGHT_ONE_OUT(ROWS)
ODD_SIZES(ek_conv_2d_five_to_1_dsp, LEFT_OF_5, MIDDLE_OF_5, RIGHT_OF_5, 5, 8, 5, 2)
EVEN_SIZES(ek_conv_2d_five_to_1_even_dsp, MIDDLE_OF_5, RIGHT_OF_5, 8, 5, 2, 1)
