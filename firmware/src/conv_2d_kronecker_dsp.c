/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps of three channels, where
 * no output is below its zero point, with the DSP instructions.
 *
 * Products by Kronecker substitution: with z = 2^21, (x0 + x2 z) (w2 + w0 z) = x0 w2 + (x0 w0 + x2 w2) z + x2 w0 z^2 adds to three
 * outputs next to each other, so that one SMLAL takes four products; (x1 + x3 z) w1 z two. Inputs are 0 to 255, and biases such
 * that no sum is below 0 or reaches z; the third one is what the next accumulator's first lacks.
 * Blocking: 4 pixels x 2 channels, 2 accumulators each; a column of both, of one input channel, at a time. Each row of the input
 * is expanded once, to words of inputs two columns apart: those of columns (0,2) and (1,3) of each channel. Of windows two columns
 * apart both accumulators take the same weights: words of eight columns, (0,2), (4,6), (1,3), (5,7). What a block reads of one row
 * lies behind that of the row above. Columns of padding are no words but constants.
 * Registers: r0 x, r1 stream, r2 and r3 words of x, r4 and r5 weights, r6-r9 accumulators of the first channel, r10-lr of the
 * second. Everything else is on the stack.
 * Budget: 12 instructions for 8 SMLAL (24 MACs: 0.5 each), 57 (apart: 58) for what else a block of 9 of these takes, and where
 * windows are apart 9 for a loop of its three rows, whose code is 228 bytes less so; 19 for four columns of the input, apart 51 for
 * eight. Cycles by LDR 2, LDM 1 + n, branch 2: 20, 74 (73), 14; 29 and 59: 1.18 and 1.24 a MAC. */
#include "edgekit/conv_2d_kronecker_dsp.h"

#include <stddef.h>

#include "edgekit/assembly_dsp.h"
#include "edgekit/kronecker_columns_dsp.h"
#include "edgekit/relu_dsp.h"

#define ROWS 3       /* of the kernel */
#define ROW_BYTES 24 /* that a block reads, times the columns from window to window */

/* Lines of outputs from `y` on, of what is expanded from `first` to `stop`, where the line behind them would begin. */
typedef void lines_t(const params_t *p, const uint8_t *stop, const uint8_t *first, int8_t *y);

/* A pair of channels in the stream: where constants begin, those of the left among them, and all words. */
#define CONSTANTS(STEPS) (20 * (STEPS))
#define LEFT(STEPS) (CONSTANTS(STEPS) + 7)
#define WORDS(STEPS) (CONSTANTS(STEPS) + 9)

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(params_t, out_c) == 0 && offsetof(params_t, stream) == 24, "seven words in the assembly's order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define SHIFT EK_RELU_TEXT(EK_KRONECKER_BITS)
#define SUM(LO, HI, X, W) "  smlal " LO ", " HI ", " X ", " W "\n"
/* An accumulator of both channels. */
#define FIRST(X) SUM("r6", "r7", X, "r4") SUM("r10", "r11", X, "r5")
#define SECOND(X) SUM("r8", "r9", X, "r4") SUM("r12", "lr", X, "r5")
#define NEXT_X "  ldmia r0!, {r2, r3}\n"
#define NEXT_W "  ldmia r1!, {r4, r5}\n"
#define COLUMN_1 NEXT_W NEXT_X FIRST("r2") SECOND("r3") NEXT_W FIRST("r3") NEXT_W SECOND("r2")
#define COLUMN_2 NEXT_W NEXT_X FIRST("r2") SECOND("r3") NEXT_W NEXT_X FIRST("r2") SECOND("r3")
#define SUMS_1 COLUMN_1 COLUMN_1 COLUMN_1 COLUMN_1 COLUMN_1 COLUMN_1 COLUMN_1 COLUMN_1 COLUMN_1
#define SUMS_2                                        \
  "9:\n" COLUMN_2 COLUMN_2 COLUMN_2                   \
  "  ldr r2, [sp, #56]\n"                             \
  "  cmp r1, r2\n"                                    \
  "  bne 9b\n"
/* Accumulators begin with what those before lack, in the high words of both, or of the second. */
#define BEGIN_1                                       \
  "  ldmia.w r1!, {r6, r10}\n"                        \
  "  add.w r8, r6, r9, asr #10\n"                     \
  "  add.w r6, r6, r7, asr #10\n"                     \
  "  add.w r12, r10, lr, asr #10\n"                   \
  "  add.w r10, r10, r11, asr #10\n"                  \
  "  ldmia.w r1!, {r7, r9, r11, lr}\n"
#define BEGIN_2                                       \
  "  ldmia.w r1!, {r7, r8, r11, r12}\n"               \
  "  add.w r6, r8, r9, asr #10\n"                     \
  "  add.w r10, r12, lr, asr #10\n"                   \
  "  mov r9, r7\n"                                    \
  "  mov lr, r11\n"
/* An accumulator's first sum to TO, its second to LO. */
#define TAKE(TO, LO, HI)                              \
  "  ubfx " TO ", " LO ", #0, #" SHIFT "\n"           \
  "  lsr.w " LO ", " LO ", #" SHIFT "\n"              \
  "  bfi " LO ", " HI ", #11, #10\n"
#define RELU(D, SLOPE, START) EK_RELU_OF(D, SLOPE, START) EK_RELU_SATURATE(D)
#define OUTPUTS(A, B, C, D) RELU(A, "r2", "r3") RELU(B, "r2", "r3") RELU(C, "r2", "r3") RELU(D, "r2", "r3")
#define LACKED_1(TO, HI) ""
#define LACKED_2(TO, HI) "  add.w " TO ", " TO ", " HI ", asr #10\n"
/* Flags are of the next block and the end. */
#define FINISH(LACKED)                                \
  "  ldmia r1!, {r2, r3, r4}\n"                       \
  "  add r0, r4\n"                                    \
  "  ldr r4, [sp, #8]\n"                              \
  "  cmp r0, r4\n"                                    \
  "  str r0, [sp, #4]\n"                              \
  TAKE("r4", "r6", "r7") TAKE("r5", "r8", "r9") LACKED("r5", "r7") OUTPUTS("r4", "r5", "r6", "r8") \
  "  ldmia r1!, {r2, r3}\n"                           \
  TAKE("r0", "r10", "r11") TAKE("r1", "r12", "lr") LACKED("r1", "r11") OUTPUTS("r0", "r1", "r10", "r12")
#define STORE(A, B) "  strb " A ", [r2]\n  strb " B ", [r2, #1]\n"
#define NEXT_Y "  add r2, r3\n"
/* The second output of a block is the second accumulator's first, or the first's second. */
#define SECOND_1 "r5", "r1"
#define SECOND_2 "r6", "r10"
#define THIRD_1 SECOND_2
#define THIRD_2 SECOND_1
#define STORE_OF(BOTH) STORE(BOTH)
/* The first block: where y goes on by 0, what comes next takes the place of an output that is none. */
#define FIRST_1 STORE_OF(SECOND_1)
#define FIRST_2
#define BACK_1 "4b"
#define BACK_2 "8b"
/* What the outputs behind a line lack, in r6 and r8, is with the second accumulator, of windows next to each other the first. */
#define TAIL_1 "  add.w r6, r6, r7, asr #10\n  add.w r8, r8, r11, asr #10\n"
#define TAIL_2 "  add.w r6, r6, r9, asr #10\n  add.w r8, r8, lr, asr #10\n"

/* On the stack: 0 stream, 4 x, 8 the end of the line, or 0 at its first block, 12 line, 16 y, 20 out_c, 24 down, 28 across,
 * 32 begin, 36 tail, 40 the stream's end, 44 stop, 48 first, 52 y of the first line, 56 the weights' end. */
#define LINES(NAME, APART, CONSTANTS_AT, LEFT_AT, PAIR)                                            \
  __attribute__((naked, noinline)) static void NAME(const params_t *p, const uint8_t *stop, const uint8_t *first, int8_t *y) { \
    __asm__ volatile(                                                                              \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                          \
        "  sub sp, sp, #60\n"                                                                      \
        "  ldmia.w r0, {r4, r5, r6, r7, r8, r9, r10}\n"                                            \
        "  add r0, sp, #20\n"                                                                      \
        "  add r9, r10\n"                                                                          \
        "  stmia.w r0, {r4, r5, r6, r7, r8, r9}\n"                                                 \
        "  strd r1, r2, [sp, #44]\n"                                                               \
        "  str r3, [sp, #52]\n"                                                                    \
        "  mov r1, r10\n"                                                                          \
        "1:\n" /* two channels */                                                                  \
        "  str r1, [sp]\n"                                                                         \
        "  add.w r3, r1, #" #CONSTANTS_AT "\n"                                                     \
        "  str r3, [sp, #56]\n"                                                                    \
        "  ldrd r2, r3, [sp, #48]\n"                                                               \
        "  str r3, [sp, #16]\n"                                                                    \
        "  adds r3, #2\n"                                                                          \
        "  str r3, [sp, #52]\n"                                                                    \
        "2:\n" /* a line */                                                                        \
        "  movs r3, #0\n"                                                                          \
        "  strd r2, r3, [sp, #4]\n"                                                                \
        "  str r2, [sp, #12]\n"                                                                    \
        "  ldrd r7, r11, [r1, #" #LEFT_AT "]\n"                                                    \
        "  mov r9, r7\n"                                                                           \
        "  mov lr, r11\n"                                                                          \
        "3:\n"                                                                                     \
        "  ldrd r1, r0, [sp]\n" BEGIN_##APART SUMS_##APART FINISH(LACKED_##APART)                  \
        "  ldrd r2, r3, [sp, #16]\n"                                                               \
        STORE("r4", "r0")                                                                          \
        "  bhi 5f\n" NEXT_Y                                                                        \
        "8:\n" STORE_OF(SECOND_##APART) NEXT_Y                                                     \
        "4:\n" STORE_OF(THIRD_##APART) NEXT_Y STORE("r8", "r12") NEXT_Y                            \
        "  str r2, [sp, #16]\n"                                                                    \
        "  blo.w 3b\n"                                                                             \
        "  beq 6f\n"                                                                               \
        "  ldr r1, [sp, #12]\n" /* the first block: the end from now on */                         \
        "  ldr r3, [sp, #28]\n"                                                                    \
        "  ldr r2, [sp, #4]\n"                                                                     \
        "  add r1, r3\n"                                                                           \
        "  str r1, [sp, #8]\n"                                                                     \
        "  cmp r2, r1\n"                                                                           \
        "  bne.w 3b\n"                                                                             \
        "6:\n" /* behind the line */                                                               \
        "  ldr r0, [sp, #36]\n"                                                                    \
        "  cbz r0, 7f\n"                                                                           \
        "  ldr r0, [sp, #56]\n"                                                                    \
        "  ldmia.w r0, {r1, r2, r3, r4, r5, r6, r8}\n" TAIL_##APART RELU("r6", "r1", "r2") RELU("r8", "r4", "r5") \
        "  ldrd r2, r3, [sp, #16]\n" STORE("r6", "r8") NEXT_Y                                      \
        "  str r2, [sp, #16]\n"                                                                    \
        "7:\n"                                                                                     \
        "  ldr r2, [sp, #12]\n"                                                                    \
        "  ldr r3, [sp, #24]\n"                                                                    \
        "  ldr r0, [sp, #44]\n"                                                                    \
        "  ldr r1, [sp]\n"                                                                         \
        "  add r2, r3\n"                                                                           \
        "  cmp r2, r0\n"                                                                           \
        "  bne 2b\n"                                                                               \
        "  ldr r2, [sp, #40]\n"                                                                    \
        "  add.w r1, #" #PAIR "\n"                                                                 \
        "  cmp r1, r2\n"                                                                           \
        "  bne 1b\n"                                                                               \
        "  add sp, #60\n"                                                                          \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"                                           \
        "5:\n" FIRST_##APART                                                                       \
        "  ldr r3, [sp, #32]\n" NEXT_Y                                                             \
        "  ldr r3, [sp, #20]\n"                                                                    \
        "  b " BACK_##APART "\n");                                                                 \
  }
LINES(lines_1, 1, 240, 268, 276)
LINES(lines_2, 2, 160, 188, 196)
_Static_assert(4 * CONSTANTS(3) == 240 && 4 * LEFT(3) == 268 && 4 * WORDS(3) == 276, "lines_1");
_Static_assert(4 * CONSTANTS(2) == 160 && 4 * LEFT(2) == 188 && 4 * WORDS(2) == 196, "lines_2");

#pragma GCC diagnostic pop

#else

static int64_t begun(const int32_t *w, int32_t channel, int32_t apart, int64_t lacks) {
  const int32_t low = apart == 1 ? w[channel] : w[1 + 2 * channel], high = apart == 1 ? w[2 + 2 * channel] : w[2 * channel];
  return (int64_t)((uint64_t)(uint32_t)high << 32 | (uint32_t)low) + lacks;
}
static int32_t sum_of(int64_t accumulator, int32_t which) {
  return (int32_t)(accumulator >> which * EK_KRONECKER_BITS) & ((1 << EK_KRONECKER_BITS) - 1);
}
static int64_t rest_of(int64_t accumulator) { return accumulator >> 2 * EK_KRONECKER_BITS; }

/* Both accumulators of a block, of one of two channels. */
static void accumulate(const int32_t *w, const uint8_t *x, int32_t channel, int32_t apart, int64_t sums[2]) {
  for (int32_t i = 0; i < 3 * ROWS; ++i, x += 8 * apart, w += apart == 1 ? 6 : 4) {
    const int32_t *words = (const int32_t *)(const void *)x;
    const int64_t first = w[channel], second = w[2 + channel];
    sums[0] += words[0] * first + words[apart == 1 ? 1 : 2] * second;
    sums[1] += words[1] * first + (apart == 1 ? (int64_t)words[0] * w[4 + channel] : words[3] * second);
  }
}

/* A channel's line, of two: the outputs from `y` on; returns where they end. */
static int8_t *line_of(const params_t *p, const int32_t *w, const uint8_t *line, int8_t *y, int32_t channel, int32_t apart) {
  const int32_t *constants = w + (apart == 1 ? CONSTANTS(3) : CONSTANTS(2)), *slope = constants + 3 * channel;
  const int64_t left = constants[7 + channel] >> 10;
  int64_t rest[2] = {left, left};
  for (const uint8_t *x = line; x != line + p->across; x += constants[2] + ROWS * ROW_BYTES * apart) {
    int64_t sums[2] = {begun(w, channel, apart, rest[apart - 1]), begun(w, channel, apart, apart == 1 ? rest[1] : 0)};
    accumulate(w + (apart == 1 ? 6 : 4), x, channel, apart, sums);
    rest[0] = rest_of(sums[0]);
    rest[1] = rest_of(sums[1]);
    const int32_t own = sum_of(sums[0], 1), other = sum_of(sums[1], 0) + (apart == 1 ? 0 : (int32_t)rest[0]);
    const int32_t found[4] = {sum_of(sums[0], 0), apart == 1 ? other : own, apart == 1 ? own : other, sum_of(sums[1], 1)};
    for (int32_t i = 0; i < 4; ++i) {
      *y = ek_requantize_relu(found[i], slope[0], slope[1]);
      y += x != line || i > 2 - apart ? p->out_c : i < 2 - apart ? 0 : p->begin;
    }
  }
  if (p->tail) {
    *y = ek_requantize_relu(constants[5 + channel] + (int32_t)rest[apart - 1], slope[0], slope[1]);
    y += p->out_c;
  }
  return y;
}

static void lines_of(const params_t *p, const uint8_t *stop, const uint8_t *first, int8_t *y, int32_t apart) {
  for (int32_t i = 0; i < p->out_c; ++i) {
    const int32_t *w = p->stream + i / 2 * (apart == 1 ? WORDS(3) : WORDS(2));
    int8_t *to = y + i;
    for (const uint8_t *line = first; line != stop; line += p->down) {
      to = line_of(p, w, line, to, i % 2, apart);
    }
  }
}
static void lines_1(const params_t *p, const uint8_t *stop, const uint8_t *first, int8_t *y) { lines_of(p, stop, first, y, 1); }
static void lines_2(const params_t *p, const uint8_t *stop, const uint8_t *first, int8_t *y) { lines_of(p, stop, first, y, 2); }

#endif

static inline void all_of(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, int32_t bytes, lines_t *lines_of_band,
                          expand_t *expand) {
  for (int32_t n = p->batches; n > 0; --n, x += p->in_size) {
    int32_t row = -p->pad_top;
    for (int32_t left = p->out_h; left > 0; left -= p->lines, row += p->lines * p->stride_h) {
      const int32_t lines = left < p->lines ? left : p->lines;
      const uint8_t *const stop = scratch + lines * p->down, *const end = stop + ROWS * bytes - p->down;
      uint8_t *to = scratch;
      for (int32_t at = row; to != end; to += bytes, ++at) {
        if ((uint32_t)at < (uint32_t)p->in_h) {
          expand(to, x + at * p->in_row, p);
        } else {
          fill(to, bytes, p);
        }
      }
      lines_of_band(p, stop, scratch, y);
      y += lines * p->out_w * p->out_c;
    }
  }
}

void ek_conv_2d_kronecker_dsp(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  all_of(p, x, y, scratch, ROW_BYTES, lines_1, expand_1);
}

void ek_conv_2d_kronecker_apart_dsp(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  all_of(p, x, y, scratch, 2 * ROW_BYTES, lines_2, expand_2);
}
