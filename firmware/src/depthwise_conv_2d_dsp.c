/* y[n,oy,ox,o] = requantize(bias[o] + sum over ky,kx of (x - in_zero) * w[ky,kx,o]), as depthwise_conv_2d.c, of at most 3x3
 * taps with stride 1 or 2, of one or several outputs for each channel, with the DSP instructions.
 *
 * Blocking: four channels, two lines of the padded input at a time. They are transposed to halfwords: for each pair of
 * columns 8 words, (first line, second line) of each channel. Two such strips are kept, and together they hold the input of
 * one strip of outputs: stride 1 two lines of them, 2x2 at a time, stride 2 one line, two outputs at a time. Outside the
 * input is the zero point, which is folded into the bias. All outputs of a channel are computed from the same strips.
 * Weights: (w0, w1) and (w1, w2) of each line. For words (x0, x1), (x2, x3) the first output is SMLAD with (w0, w1) and
 * SMLABT with w2, the second SMLATB with w0 and SMLAD with (w1, w2). Weights and bias are doubled, as ek_requantize wants.
 * Registers: r0, r1 strips, r2, r3 columns, r4-r9 weights, r10, r11, r12, lr sums. After the sums r2-r9 take what the
 * requantization needs, by one LDM from the stack, and afterwards the weights again by another.
 * An odd last line or column is computed with a step of 0 to the other one: the outputs that do not exist are written
 * first, where the others then go.
 * Budget: 51 instructions for 2x2 outputs (36 MACs: 1.42 each), 31 for two with stride 2; 14 for each channel of a strip of
 * outputs; 21 for 16 values transposed; about 110 around each strip. 12x12x64, stride 1: 1.84 a MAC. Cycles by LDR 2, LDRD
 * 3, LDM 1 + n, branch 2: 77 for 2x2 outputs, 2.1 a MAC. With one multiplication an output (_relu): 47 and 29, 72 cycles. */
#include "edgekit/depthwise_conv_2d_dsp.h"

#include <stddef.h>

#include "edgekit/relu_dsp.h"

enum { GROUP = 4, STRIP_WORDS = 2 * GROUP, TABLE_WORDS = 10, CHANNEL_BYTES = 8 };

/* One strip of outputs, in the order in which the assembly has it on its stack. */
typedef struct {
  const int32_t *weights; /* of the channel: these five are set by the assembly */
  int8_t *y;
  const uint32_t *end; /* of the columns */
  int32_t multiplier, divider;
  int32_t column_step, line_step, zero; /* 20 */
  const uint32_t *top, *bottom;         /* 32: the two strips of the input */
  const int32_t *table;                 /* 40: of the first channel */
  int8_t *first;                        /* 44: its output, the next output one byte further */
  int32_t bytes;                        /* 48: from the first to the end of the columns */
  const int32_t *table_end;             /* 52 */
} strip_t;

typedef void outputs_t(const strip_t *strip);

/* Two lines of the input, of which a strip is made; where pairs of columns end, in bytes from the first. */
typedef struct {
  const int8_t *lines[2];
  ptrdiff_t steps[2];      /* 8: from column to column */
  int32_t full;            /* 16: the pairs with two columns inside */
  int32_t bytes;           /* 20: all */
  uint32_t zeros;          /* 24: what stands for a column outside */
  int32_t left;            /* 28: 1: the first pair begins with a column outside */
  int32_t half;            /* 32: before the pair whose second column is outside, or -1 */
  int32_t columns;
} input_t;

/* As the assembly below, of any number of channels, none of which is read past the last. */
static void transpose_narrow(uint32_t *to, const input_t *in, int32_t channels) {
  const uint32_t *const end = to + in->bytes / 4;
  for (int32_t column = -in->left; to != end; to += STRIP_WORDS, column += 2) {
    for (int32_t i = 0; i < 2 * channels; ++i) {
      const int8_t *line = in->lines[i % 2] + i / 2;
      uint32_t x[2];
      for (int32_t k = 0; k < 2; ++k) {
        const int inside = column + k >= 0 && column + k < in->columns;
        x[k] = inside ? (uint32_t)line[(column + k) * in->steps[i % 2]] : (uint32_t)(int8_t)(in->zeros & 0xFFU);
      }
      to[i] = ek_pack_low(x[0], x[1]);
    }
  }
}

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(strip_t, column_step) == 20 && offsetof(strip_t, top) == 32 && offsetof(strip_t, table_end) == 52, "strip_t");
_Static_assert(offsetof(input_t, full) == 16 && offsetof(input_t, half) == 32, "input_t");

/* For each output of each channel: r0, r1 strips, r2 weights, r3 y, r7 bytes to the strips of the next. */
#define PROLOGUE                                   \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n" \
  "  sub sp, sp, #60\n"                            \
  "  add r8, sp, #20\n"                            \
  "  add r0, r0, #20\n"                            \
  "  ldmia r0!, {r1, r2, r3, r4, r5, r6, r7}\n"    \
  "  stmia.w r8!, {r1, r2, r3, r4, r5, r6, r7}\n"  \
  "  ldrd r1, r2, [r0]\n"                          \
  "  strd r1, r2, [r8]\n"                          \
  "1:\n"                                           \
  "  add r8, sp, #32\n"                            \
  "  ldmia.w r8, {r0, r1, r2, r3, r4}\n"           \
  "  ldmia r2!, {r5, r6, r7}\n"                    \
  "  add r4, r4, r0\n"                             \
  "  stmia.w sp, {r2, r3, r4, r5, r6}\n"           \
  "  add r4, r0, r7\n" /* of the next output */    \
  "  add r5, r1, r7\n"                             \
  "  add r6, r2, #28\n"                            \
  "  add r7, r3, #1\n"                             \
  "  stmia.w r8, {r4, r5, r6, r7}\n"

/* r2 weights, r3 y, r4 end of the columns, r5 multiplier, r6 divider, r7 column step, r8 line step, r9 zero */
#define CONSTANTS "  ldmia.w sp, {r2, r3, r4, r5, r6, r7, r8, r9}\n"
#define HIGH(A) "  smmulr " A ", " A ", r5\n"
#define DIVIDE(A) "  smmlar " A ", " A ", r6, r9\n"
#define SATURATE(A) "  ssat " A ", #8, " A "\n"
/* The same for one multiplication: r6 is its start. */
#define RELU_CONSTANTS "  ldmia.w sp, {r2, r3, r4, r5, r6, r7, r8}\n"
#define RELU(A) EK_RELU_OF(A, "r5", "r6")

#define EPILOGUE            \
  "  ldr r2, [sp, #40]\n"   \
  "  ldr r3, [sp, #52]\n"   \
  "  cmp r2, r3\n"          \
  "  bne 1b\n"              \
  "  add sp, sp, #60\n"     \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define SUMS_1                                  \
  "2:\n"                                        \
  "  ldmia.w r2, {r4, r5, r6, r7, r8, r9, lr}\n" \
  "  ldrd r2, r3, [r0], #32\n"                  \
  "  smlad r10, r2, r4, lr\n"                   \
  "  smlatb r11, r2, r4, lr\n"                  \
  "  smlad r10, r3, r6, r10\n"                  \
  "  smlatb r11, r3, r6, r11\n"                 \
  "  smlad r12, r3, r4, lr\n"                   \
  "  smlatb lr, r3, r4, lr\n"                   \
  "  ldrd r2, r3, [r0]\n"                       \
  "  smlabt r10, r2, r5, r10\n"                 \
  "  smlad r11, r2, r5, r11\n"                  \
  "  smlabt r10, r3, r7, r10\n"                 \
  "  smlad r11, r3, r7, r11\n"                  \
  "  smlabt r12, r3, r5, r12\n"                 \
  "  smlad lr, r3, r5, lr\n"                    \
  "  ldrd r2, r3, [r1], #32\n"                  \
  "  smlad r10, r2, r8, r10\n"                  \
  "  smlatb r11, r2, r8, r11\n"                 \
  "  smlad r12, r2, r6, r12\n"                  \
  "  smlatb lr, r2, r6, lr\n"                   \
  "  smlad r12, r3, r8, r12\n"                  \
  "  smlatb lr, r3, r8, lr\n"                   \
  "  ldrd r2, r3, [r1]\n"                       \
  "  smlabt r10, r2, r9, r10\n"                 \
  "  smlad r11, r2, r9, r11\n"                  \
  "  smlabt r12, r2, r7, r12\n"                 \
  "  smlad lr, r2, r7, lr\n"                    \
  "  smlabt r12, r3, r9, r12\n"                 \
  "  smlad lr, r3, r9, lr\n"
#define STORE_1                                 \
  "  strb lr, [r8, r7]\n"                       \
  "  strb r12, [r8]\n"                          \
  "  strb r11, [r3, r7]\n"                      \
  "  strb r10, [r3]\n"                          \
  "  add r3, r3, r7, lsl #1\n"                  \
  "  cmp r0, r4\n"                              \
  "  str r3, [sp, #4]\n"                        \
  "  bne 2b\n"
#define BELOW "  add r8, r8, r3\n"
#define ALL(OF) OF("r10") OF("r11") OF("r12") OF("lr")

__attribute__((naked, noinline)) static void stride_1(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_1 CONSTANTS ALL(HIGH) BELOW ALL(DIVIDE) ALL(SATURATE) STORE_1 EPILOGUE);
}

__attribute__((naked, noinline)) static void stride_1_relu(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_1 RELU_CONSTANTS ALL(RELU) BELOW ALL(EK_RELU_SATURATE) STORE_1 EPILOGUE);
}

#define SUMS_2                                   \
  "  mov r12, r3\n"                              \
  "2:\n"                                         \
  "  ldmia.w r2, {r4, r5, r6, r7, r8, r9, r11}\n" \
  "  ldrd r2, r3, [r0], #64\n"                   \
  "  smlad r10, r2, r4, r11\n"                   \
  "  smlad r10, r3, r6, r10\n"                   \
  "  ldrd r2, r3, [r0, #-32]\n"                  \
  "  smlabt r10, r2, r5, r10\n"                  \
  "  smlad r11, r2, r4, r11\n"                   \
  "  smlabt r10, r3, r7, r10\n"                  \
  "  smlad r11, r3, r6, r11\n"                   \
  "  ldrd r2, r3, [r0]\n"                        \
  "  smlabt r11, r2, r5, r11\n"                  \
  "  smlabt r11, r3, r7, r11\n"                  \
  "  ldr r2, [r1], #64\n"                        \
  "  ldr r3, [r1, #-32]\n"                       \
  "  smlad r10, r2, r8, r10\n"                   \
  "  smlad r11, r3, r8, r11\n"                   \
  "  ldr r2, [r1]\n"                             \
  "  smlabt r10, r3, r9, r10\n"                  \
  "  smlabt r11, r2, r9, r11\n"
#define STORE_2                                  \
  "  strb r11, [r12, r7]\n"                      \
  "  strb r10, [r12]\n"                          \
  "  add r12, r12, r7, lsl #1\n"                 \
  "  cmp r0, r4\n"                               \
  "  bne 2b\n"
#define BOTH(OF) OF("r10") OF("r11")

__attribute__((naked, noinline)) static void stride_2(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_2 CONSTANTS BOTH(HIGH) BOTH(DIVIDE) BOTH(SATURATE) STORE_2 EPILOGUE);
}

__attribute__((naked, noinline)) static void stride_2_relu(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_2 "  ldmia.w sp, {r2, r3, r4, r5, r6, r7}\n" /**/
                   BOTH(RELU) BOTH(EK_RELU_SATURATE) STORE_2 EPILOGUE);
}

/* r0 strip, r1, r2 lines, r3, r12 steps, lr end of the pairs with two columns inside. */
__attribute__((naked, noinline)) static void transpose(uint32_t *to, const input_t *in) {
  __asm__ volatile(
      "  push {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldrd r4, r6, [r1, #24]\n"
      "  ldmia.w r1, {r1, r2, r3, r12, lr}\n"
      "  add lr, lr, r0\n"
      "  cbz r6, 4f\n"
      "  mov r5, r4\n"
      "  sub r1, r1, r3\n"
      "  sub r2, r2, r12\n"
      "  b 2f\n"
      "1:\n"
      "  ldr r4, [r1]\n"
      "  ldr r5, [r2]\n"
      "2:\n"
      "  ldr r6, [r1, r3]\n"
      "  ldr r7, [r2, r12]\n"
      "  add r1, r1, r3, lsl #1\n"
      "  add r2, r2, r12, lsl #1\n"
      "3:\n"
      "  pkhtb r10, r6, r4, asr #16\n" /* channels 2 and 3 of both columns */
      "  pkhbt r4, r4, r6, lsl #16\n"  /* channels 0 and 1 */
      "  pkhtb r11, r7, r5, asr #16\n"
      "  pkhbt r5, r5, r7, lsl #16\n"
      "  sxtb16 r6, r4, ror #8\n"
      "  sxtb16 r7, r5, ror #8\n"
      "  sxtb16 r4, r4\n"
      "  sxtb16 r5, r5\n"
      "  sxtb16 r8, r10\n"
      "  sxtb16 r9, r11\n"
      "  sxtb16 r10, r10, ror #8\n"
      "  sxtb16 r11, r11, ror #8\n"
      "  stmia r0!, {r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "4:\n"
      "  cmp r0, lr\n"
      "  bne 1b\n"
      "  ldrd r10, r8, [sp]\n" /* pairs with a column outside, one by one */
      "  sub r10, r0, r10\n"
      "  ldrd r9, r6, [r8, #20]\n"
      "  cmp r10, r9\n"
      "  beq 5f\n"
      "  ldr r9, [r8, #32]\n"
      "  mov r7, r6\n"
      "  add lr, r0, #32\n"
      "  cmp r10, r9\n"
      "  ittee eq\n"
      "  ldreq r4, [r1]\n"
      "  ldreq r5, [r2]\n"
      "  movne r4, r6\n"
      "  movne r5, r6\n"
      "  b 3b\n"
      "5:\n"
      "  pop {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}

/* Multiplier, divider, bytes to the next output's strips, six words of doubled weights and the bias of each output. */
__attribute__((naked, noinline)) static void expand(int32_t *table, const int32_t *constants, const int32_t *weights,
                                                    int32_t count) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "1:\n"
      "  ldmia r2!, {r4, r5, r6}\n"
      "  sxtb16 r7, r4\n"
      "  sxtb16 r8, r4, ror #8\n"
      "  sxtb16 r9, r5\n"
      "  sxtb16 r10, r5, ror #8\n"
      "  sxtb16 r11, r6\n"
      "  sxtb16 r12, r6, ror #8\n"
      "  sxtab16 r7, r7, r4\n"
      "  sxtab16 r8, r8, r4, ror #8\n"
      "  sxtab16 r9, r9, r5\n"
      "  sxtab16 r10, r10, r5, ror #8\n"
      "  sxtab16 r11, r11, r6\n"
      "  sxtab16 r12, r12, r6, ror #8\n"
      "  ldmia.w r1!, {r4, r5, lr}\n"
      "  movs r6, #8\n"
      "  subs r3, r3, #1\n"
      "  stmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  bne 1b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

static int32_t row(const uint32_t *x, const uint32_t *w, int32_t odd, int32_t sum) {
  sum = odd ? ek_smlatb(x[0], w[0], sum) : ek_smlad(x[0], w[0], sum);
  return odd ? ek_smlad(x[STRIP_WORDS], w[1], sum) : ek_smlabt(x[STRIP_WORDS], w[1], sum);
}

static void strip_of(const strip_t *s, int32_t stride, int relu) {
  int32_t own = 0; /* the strips' place of the channel, in words */
  int8_t *first = s->first;
  for (const int32_t *table = s->table; table != s->table_end; own += table[2] / 4, table += TABLE_WORDS) {
    int8_t *y = first++;
    for (int32_t at = 0; at < s->bytes / 4; at += stride * STRIP_WORDS, y += 2 * s->column_step) {
      const uint32_t *top = s->top + own + at, *bottom = s->bottom + own + at;
      const uint32_t *lines[4] = {top, top + 1, bottom, bottom + 1};
      for (int32_t i = 3 / stride; i >= 0; --i) { /* the second line first, the second column first */
        const int32_t dy = i / 2, dx = i % 2;
        int32_t sum = table[9];
        for (int32_t k = 0; k < 3; ++k) {
          uint32_t w[2];
          memcpy(w, table + 3 + 2 * k, sizeof w);
          sum = row(lines[dy + k] + (stride == 2 ? dx * STRIP_WORDS : 0), w, stride == 1 && dx, sum);
        }
        y[dy * s->line_step + dx * s->column_step] =
            relu ? ek_requantize_relu(sum, table[0], table[1]) : ek_requantize(sum, table[0], table[1], s->zero);
      }
    }
  }
}

static void stride_1(const strip_t *strip) { strip_of(strip, 1, 0); }
static void stride_2(const strip_t *strip) { strip_of(strip, 2, 0); }
static void stride_1_relu(const strip_t *strip) { strip_of(strip, 1, 1); }
static void stride_2_relu(const strip_t *strip) { strip_of(strip, 2, 1); }

static void transpose(uint32_t *to, const input_t *in) { transpose_narrow(to, in, GROUP); }

/* As the assembly above. */
static void expand(int32_t *table, const int32_t *constants, const int32_t *weights, int32_t count) {
  for (; count > 0; --count, constants += 3) {
    *table++ = constants[0];
    *table++ = constants[1];
    *table++ = CHANNEL_BYTES;
    for (int32_t k = 0; k < 3; ++k) {
      const uint32_t w = (uint32_t)*weights++, even = ek_sxtb16(w), odd = ek_sxtb16_odd(w);
      *table++ = (int32_t)ek_sxtab16(even, w);
      *table++ = (int32_t)ek_sxtab16_odd(odd, w);
    }
    *table++ = constants[2];
  }
}

#endif

/* The table of a group of channels; those of one channel's outputs that others follow stay at its strips. */
static void fill_table(const ek_depthwise_conv_2d_dsp_t *p, int32_t *table, int32_t channel, int32_t count) {
  const int32_t many = p->depth_multiplier, first = channel * many;
  expand(table, p->constants + 3 * first, p->weights + 3 * first, count * many);
  for (int32_t *bytes = table + 2; many > 1 && count > 0; --count, bytes += TABLE_WORDS) {
    for (int32_t i = 1; i < many; ++i, bytes += TABLE_WORDS) {
      *bytes = 0;
    }
  }
}

/* A strip of `line` and the next of the image, whose channels from `c` on are at x; a line outside is one zero point for
 * all its columns. Fewer than four channels are read with what follows them in the tensor or, near its end, with what comes
 * before; result: where the first of them is. */
static const uint32_t *fill(const ek_depthwise_conv_2d_dsp_t *p, input_t *in, const int8_t *x, uint32_t *to, int32_t line,
                            int32_t c, int32_t channels) {
  const int32_t others = GROUP - channels, first = line > 0 ? line : 0, below = p->lines - 2 - line;
  const int after = others == 0 || below < -1 || below * p->line_step >= others;
  const int before = !after && first * p->line_step + c >= others;
  const int32_t lane = before ? others : 0;
  for (int32_t i = 0; i < 2; ++i) {
    in->lines[i] = (const int8_t *)&in->zeros;
    in->steps[i] = 0;
    if ((uint32_t)(line + i) < (uint32_t)p->lines) {
      in->lines[i] = x + (line + i) * p->line_step - lane;
      in->steps[i] = p->column_step;
    }
  }
  if (after || before) {
    transpose(to, in);
  } else {
    transpose_narrow(to, in, channels);
  }
  return to + 2 * lane;
}

static void channel_group(const ek_depthwise_conv_2d_dsp_t *p, input_t *in, const int8_t *x, int8_t *y, uint32_t *strips,
                          int32_t *table, int32_t c, int32_t channels, outputs_t *outputs) {
  const int32_t block = p->stride * STRIP_WORDS, even = p->out_columns / 2, height = 3 - p->stride;
  const int32_t full = 4 * block * even, y_step = height * p->out_line_step;
  strip_t s;
  uint32_t *spare = strips, *next = strips + p->words * STRIP_WORDS;
  s.zero = p->out_zero;
  s.table = table;
  s.table_end = table + channels * p->depth_multiplier * TABLE_WORDS;
  s.line_step = p->out_line_step;
  int32_t line = -p->pad_line;
  const uint32_t *top = fill(p, in, x, spare, line, c, channels);
  for (int32_t left = p->out_lines; left > 0; left -= height, y += y_step) {
    line += 2;
    const uint32_t *const bottom = fill(p, in, x, next, line, c, channels);
    s.top = top;
    s.bottom = bottom;
    s.first = y;
    if (left == 1) {
      s.line_step = 0;
    }
    if (full > 0) {
      s.column_step = p->out_column_step;
      s.bytes = full;
      outputs(&s);
    }
    if (p->out_columns % 2 != 0) {
      s.top += full / 4;
      s.bottom += full / 4;
      s.first += 2 * even * p->out_column_step;
      s.column_step = 0;
      s.bytes = 4 * block;
      outputs(&s);
    }
    uint32_t *const filled = next;
    next = spare;
    spare = filled;
    top = bottom;
  }
}

__attribute__((noinline)) static void images(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                             outputs_t *outputs) {
  uint32_t *strips = (uint32_t *)(void *)scratch;
  int32_t *table = (int32_t *)(void *)(scratch + 64 * p->words);
  const int32_t pairs = (p->columns - p->pad_column) >> 1, most = p->words - p->pad_column;
  input_t in;
  in.full = 4 * STRIP_WORDS * (p->pad_column + (pairs < most ? pairs : most));
  in.bytes = 4 * STRIP_WORDS * p->words;
  in.zeros = (uint32_t)(p->in_zero & 0xFF) * 0x01010101U;
  in.left = p->pad_column;
  in.half = (p->columns - p->pad_column) & 1 ? in.full : -1;
  in.columns = p->columns;
  const int32_t in_size = p->lines * p->columns * p->channels;
  const int32_t out_size = p->out_lines * p->out_columns * p->channels * p->depth_multiplier;
  for (int32_t n = 0; n < p->batches; ++n, x += in_size, y += out_size) {
    for (int32_t c = 0; c < p->channels; c += GROUP) {
      const int32_t count = p->channels - c < GROUP ? p->channels - c : GROUP;
      fill_table(p, table, c, count);
      channel_group(p, &in, x + c, y + c * p->depth_multiplier, strips, table, c, count, outputs);
    }
    ek_clamp_all(y, out_size, p->low, p->high);
  }
}

void ek_depthwise_conv_2d_dsp(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, p->stride == 1 ? stride_1 : stride_2);
}

void ek_depthwise_conv_2d_relu_dsp(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, p->stride == 1 ? stride_1_relu : stride_2_relu);
}
