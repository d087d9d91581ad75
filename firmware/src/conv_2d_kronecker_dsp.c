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
 * Budget: 12 instructions for 8 SMLAL (24 MACs: 0.5 each), 7 (apart: 6) to begin a block of 9 of these, 51 (53) to finish it; 19
 * for four columns of the input, apart 45 for eight. Cycles by LDR 2, LDM 1 + n, branch 2: 19 (20), 15 (12), 62 (64); 29 and 52:
 * 1.15 and 1.2 a MAC. */
#include "edgekit/conv_2d_kronecker_dsp.h"

#include <stddef.h>

#include "edgekit/assembly_dsp.h"
#include "edgekit/expand_dsp.h"
#include "edgekit/kronecker_columns_dsp.h"
#include "edgekit/relu_dsp.h"

#define ROWS 3       /* of the kernel */
#define ROW_BYTES 24 /* that a block reads, times the columns from window to window */

/* Outputs of some lines, in the order in which the assembly has them on its stack. */
typedef struct {
  const int32_t *stream;
  const uint8_t *x, *end; /* 4: of the next block; 8: of a line's last one, 0 at the first */
  int32_t skip;           /* 12 */
  int8_t *y;              /* 16 */
  int32_t out_c;
  const uint8_t *line;    /* 24: its first block */
  int32_t down, across;   /* 28: from line to line; 32: from a line's first block to its end */
  const uint8_t *stop;    /* 36: the line behind the last */
  const uint8_t *first;   /* 40 */
  int8_t *y_first;
  const int32_t *stream_end; /* 48 */
  int32_t tail;
} outputs_t;

typedef void lines_t(const outputs_t *outputs);

/* A pair of channels in the stream: where constants begin, those of the left among them, and all words. */
#define CONSTANTS(STEPS) (20 * (STEPS))
#define LEFT(STEPS) (CONSTANTS(STEPS) + 7)
#define WORDS(STEPS) (CONSTANTS(STEPS) + 9)

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(outputs_t, y) == 16 && offsetof(outputs_t, line) == 24 && offsetof(outputs_t, stop) == 36, "outputs_t");
_Static_assert(offsetof(outputs_t, stream_end) == 48 && sizeof(outputs_t) == 56, "outputs_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define SHIFT EK_RELU_TEXT(EK_KRONECKER_BITS)
#define SUM(LO, HI, X, W) "  smlal " LO ", " HI ", " X ", " W "\n"
/* An accumulator of both channels. */
#define FIRST(X) SUM("r6", "r7", X, "r4") SUM("r10", "r11", X, "r5")
#define SECOND(X) SUM("r8", "r9", X, "r4") SUM("r12", "lr", X, "r5")
#define NEXT_X "  ldmia.w r0!, {r2, r3}\n"
#define NEXT_W "  ldmia.w r1!, {r4, r5}\n"
#define COLUMN_1 NEXT_W NEXT_X FIRST("r2") SECOND("r3") NEXT_W FIRST("r3") NEXT_W SECOND("r2")
#define COLUMN_2 NEXT_W NEXT_X FIRST("r2") SECOND("r3") NEXT_W NEXT_X FIRST("r2") SECOND("r3")
#define ROW(COLUMN) COLUMN COLUMN COLUMN
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
#define SUMS(TO, LO, HI)                              \
  "  ubfx " TO ", " LO ", #0, #" SHIFT "\n"           \
  "  lsr.w " LO ", " LO ", #" SHIFT "\n"              \
  "  bfi " LO ", " HI ", #11, #10\n"
#define RELU(D, SLOPE, START) EK_RELU_OF(D, SLOPE, START) EK_RELU_SATURATE(D)
#define OUTPUTS(A, B, C, D) RELU(A, "r2", "r3") RELU(B, "r2", "r3") RELU(C, "r2", "r3") RELU(D, "r2", "r3")
#define LACKED_1(TO, HI) ""
#define LACKED_2(TO, HI) "  add.w " TO ", " TO ", " HI ", asr #10\n"
/* Flags are of the next block and the end. */
#define FINISH(LACKED)                                \
  "  ldmia.w r1!, {r2, r3, r4}\n"                     \
  "  add r0, r4\n"                                    \
  "  ldr r4, [sp, #8]\n"                              \
  "  cmp r0, r4\n"                                    \
  "  str r0, [sp, #4]\n"                              \
  SUMS("r4", "r6", "r7") SUMS("r5", "r8", "r9") LACKED("r5", "r7") OUTPUTS("r4", "r5", "r6", "r8") \
  "  ldmia.w r1!, {r2, r3}\n"                         \
  SUMS("r0", "r10", "r11") SUMS("r1", "r12", "lr") LACKED("r1", "r11") OUTPUTS("r0", "r1", "r10", "r12")
#define STORE(IF, A, B) "  strb" IF " " A ", [r2]\n  strb" IF " " B ", [r2, #1]\n  add" IF " r2, r3\n"
/* The second output of a block is the second accumulator's first, or the first's second. */
#define SECOND_1 "r5", "r1"
#define SECOND_2 "r6", "r10"
#define THIRD_1 SECOND_2
#define THIRD_2 SECOND_1
#define STORE_OF(IF, BOTH) STORE(IF, BOTH)
/* What the outputs behind a line lack, in r6 and r8, is with the second accumulator, of windows next to each other the first. */
#define TAIL_1 "  add.w r6, r6, r7, asr #10\n  add.w r8, r8, r11, asr #10\n"
#define TAIL_2 "  add.w r6, r6, r9, asr #10\n  add.w r8, r8, lr, asr #10\n"

#define LINES(NAME, APART, CONSTANTS_AT, LEFT_AT, PAIR)                                            \
  __attribute__((naked, noinline)) static void NAME(const outputs_t *outputs) {                    \
    __asm__ volatile(                                                                              \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                          \
        "  sub sp, sp, #56\n"                                                                      \
        "  mov r12, sp\n"                                                                          \
        "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                               \
        "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                              \
        "  ldmia.w r0, {r2, r3, r4, r5}\n"                                                         \
        "  stmia.w r12, {r2, r3, r4, r5}\n"                                                        \
        "1:\n" /* two channels */                                                                  \
        "  ldrd r2, r3, [sp, #40]\n"                                                               \
        "  str r3, [sp, #16]\n"                                                                    \
        "  adds r3, #2\n"                                                                          \
        "  str r3, [sp, #44]\n"                                                                    \
        "2:\n" /* a line */                                                                        \
        "  movs r3, #0\n"                                                                          \
        "  strd r2, r3, [sp, #4]\n"                                                                \
        "  str r2, [sp, #24]\n"                                                                    \
        "  ldrd r7, r11, [r1, #" #LEFT_AT "]\n"                                                    \
        "  mov r9, r7\n"                                                                           \
        "  mov lr, r11\n"                                                                          \
        "3:\n"                                                                                     \
        "  ldrd r1, r0, [sp]\n" BEGIN_##APART ROW(COLUMN_##APART) ROW(COLUMN_##APART) ROW(COLUMN_##APART) \
        FINISH(LACKED_##APART)                                                                     \
        "  ldrd r2, r3, [sp, #16]\n"                                                               \
        "  bhi 5f\n" STORE("", "r4", "r0") STORE_OF("", SECOND_##APART)                            \
        "4:\n" STORE_OF("", THIRD_##APART) STORE("", "r8", "r12")                                  \
        "  str r2, [sp, #16]\n"                                                                    \
        "  blo.w 3b\n"                                                                             \
        "  beq 6f\n"                                                                               \
        "  ldr r1, [sp, #24]\n" /* the first block: the end from now on */                         \
        "  ldr r3, [sp, #32]\n"                                                                    \
        "  ldr r2, [sp, #4]\n"                                                                     \
        "  add r1, r3\n"                                                                           \
        "  str r1, [sp, #8]\n"                                                                     \
        "  cmp r2, r1\n"                                                                           \
        "  bne.w 3b\n"                                                                             \
        "  b 6f\n"                                                                                 \
        "5:\n" /* flags are what is skipped, then those of a first block again */                  \
        "  ldr r3, [sp, #12]\n"                                                                    \
        "  lsls r3, r3, #31\n"                                                                     \
        "  ldr r3, [sp, #20]\n"                                                                    \
        "  ittt pl\n" STORE("pl", "r4", "r0")                                                      \
        "  ittt cc\n" STORE_OF("cc", SECOND_##APART)                                               \
        "  cmp r3, #0\n"                                                                           \
        "  b 4b\n"                                                                                 \
        "6:\n" /* behind the line */                                                               \
        "  ldr r0, [sp, #52]\n"                                                                    \
        "  cbz r0, 7f\n"                                                                           \
        "  ldr r0, [sp]\n"                                                                         \
        "  adds r0, #" #CONSTANTS_AT "\n"                                                          \
        "  ldmia.w r0, {r1, r2, r3, r4, r5, r6, r8}\n" TAIL_##APART RELU("r6", "r1", "r2") RELU("r8", "r4", "r5") \
        "  ldrd r2, r3, [sp, #16]\n" STORE("", "r6", "r8")                                         \
        "  str r2, [sp, #16]\n"                                                                    \
        "7:\n"                                                                                     \
        "  ldrd r2, r3, [sp, #24]\n"                                                               \
        "  ldr r0, [sp, #36]\n"                                                                    \
        "  ldr r1, [sp]\n"                                                                         \
        "  add r2, r3\n"                                                                           \
        "  cmp r2, r0\n"                                                                           \
        "  bne.w 2b\n"                                                                             \
        "  ldr r2, [sp, #48]\n"                                                                    \
        "  add.w r1, #" #PAIR "\n"                                                                 \
        "  str r1, [sp]\n"                                                                         \
        "  cmp r1, r2\n"                                                                           \
        "  bne.w 1b\n"                                                                             \
        "  add sp, #56\n"                                                                          \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                         \
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
static int8_t *line_of(const outputs_t *o, const int32_t *w, const uint8_t *line, int8_t *y, int32_t channel, int32_t apart) {
  const int32_t *constants = w + (apart == 1 ? CONSTANTS(3) : CONSTANTS(2)), *slope = constants + 3 * channel;
  const int64_t left = constants[7 + channel] >> 10;
  int64_t rest[2] = {left, left};
  for (const uint8_t *x = line; x != line + o->across; x += constants[2] + ROWS * ROW_BYTES * apart) {
    int64_t sums[2] = {begun(w, channel, apart, rest[apart - 1]), begun(w, channel, apart, apart == 1 ? rest[1] : 0)};
    accumulate(w + (apart == 1 ? 6 : 4), x, channel, apart, sums);
    rest[0] = rest_of(sums[0]);
    rest[1] = rest_of(sums[1]);
    const int32_t own = sum_of(sums[0], 1), other = sum_of(sums[1], 0) + (apart == 1 ? 0 : (int32_t)rest[0]);
    const int32_t found[4] = {sum_of(sums[0], 0), apart == 1 ? other : own, apart == 1 ? own : other, sum_of(sums[1], 1)};
    for (int32_t i = 0; i < 4; ++i) {
      if (x != line || !(o->skip >> i & 1)) {
        *y = ek_requantize_relu(found[i], slope[0], slope[1]);
        y += o->out_c;
      }
    }
  }
  if (o->tail) {
    *y = ek_requantize_relu(constants[5 + channel] + (int32_t)rest[apart - 1], slope[0], slope[1]);
    y += o->out_c;
  }
  return y;
}

static void lines_of(const outputs_t *o, int32_t apart) {
  int8_t *first = o->y_first;
  for (const int32_t *w = o->stream; w != o->stream_end; w += apart == 1 ? WORDS(3) : WORDS(2), first += 2) {
    for (int32_t channel = 0; channel < 2; ++channel) {
      int8_t *y = first + channel;
      for (const uint8_t *line = o->first; line != o->stop; line += o->down) {
        y = line_of(o, w, line, y, channel, apart);
      }
    }
  }
}
static void lines_1(const outputs_t *o) { lines_of(o, 1); }
static void lines_2(const outputs_t *o) { lines_of(o, 2); }

#endif

/* A row of padding. */
static void fill(uint8_t *to, const params_t *p, int32_t bytes) {
  for (int32_t block = 0; block < p->blocks; ++block, to += p->pitch) {
    for (int32_t i = 0; i < bytes; i += 4) {
      *(int32_t *)(void *)(to + i) = p->in_zero;
    }
  }
}

static inline void all_of(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, int32_t words, int32_t bytes,
                          lines_t *lines_of_band, expand_t *expand) {
  const int32_t line = p->out_w * p->out_c;
  outputs_t o;
  o.stream = p->stream;
  o.stream_end = p->stream + p->out_c / 2 * words;
  o.x = o.end = o.line = 0; /* set in the assembly, as is y */
  o.y = 0;
  o.skip = p->skip;
  o.out_c = p->out_c;
  o.down = p->stride_h * bytes;
  o.across = p->blocks * p->pitch;
  o.first = scratch;
  o.tail = p->tail;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines, row = first * p->stride_h - p->pad_top;
      const ek_rows_t rows = ek_rows(row, (lines - 1) * p->stride_h + ROWS, p->in_h);
      uint8_t *to = scratch;
      for (int32_t i = 0; i < rows.above; ++i, to += bytes) {
        fill(to, p, bytes);
      }
      expand(to, x + (row + rows.above) * p->in_row, rows.inside, p);
      to += rows.inside * bytes;
      for (int32_t i = 0; i < rows.below; ++i, to += bytes) {
        fill(to, p, bytes);
      }
      o.y_first = y;
      o.stop = o.first + lines * o.down;
      lines_of_band(&o);
      ek_clamp_all(y, lines * line, p->low, p->high);
      y += lines * line;
    }
  }
}

void ek_conv_2d_kronecker_dsp(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  all_of(p, x, y, scratch, WORDS(3), ROW_BYTES, lines_1, expand_1);
}

void ek_conv_2d_kronecker_apart_dsp(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  all_of(p, x, y, scratch, WORDS(2), 2 * ROW_BYTES, lines_2, expand_2);
}
