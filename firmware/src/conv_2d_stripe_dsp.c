/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, for few inputs or few outputs,
 * with the DSP instructions; and as depthwise_conv_2d.c, one input channel after the other.
 *
 * Blocking: the input of one line of outputs, a stripe, is expanded to halfwords once, column by column, so that the window
 * of an output is one run of words. Outside the input is the zero point, which is folded into the bias: no output is at an
 * edge. Where an odd number of halfwords lies between the windows of two outputs, the stripe is copied one halfword
 * further, and every second output reads the copy: all words are aligned.
 * ek_conv_2d_stripe_dsp: 2 pixels x 1 channel x 8 taps. Registers: r0, lr windows, r1 stream, r2-r5 taps of a pixel, r6-r9
 * weights, r10, r11 sums, r12 y. Budget: 11 instructions for 8 taps (16 MACs: 0.69 each), 17 for both outputs, 13 for a pair
 * of pixels. Cycles by LDR 2, LDM 1 + n, branch 2: 23 for 8 taps, 1.44 a MAC.
 * ek_conv_2d_stripe_few_dsp: 1 pixel x all channels, at most 16 taps, which stay in registers. Registers: r0 y, r1 stream, r2
 * zero point, from r3 on the taps, in the others up to lr what was loaded. Budget: 7, 8, 9, 11, 12, 17 instructions for an
 * output of 2, 3, 4, 5, 6, 8 words, 0.75 of a loop over four channels, 16 for a pixel.
 * The stripe takes 1 to 3 instructions for each of its taps. */
#include "edgekit/conv_2d_stripe_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

typedef ek_conv_2d_stripe_dsp_t params_t;

/* Outputs of a line, in the order in which the assembly has them on its stack. */
typedef struct {
  const uint32_t *first; /* the window of the first pixel */
  int32_t zero, apart;   /* 4; 8: from the output of the first to that of the second */
  const int32_t *stream_end;
  const uint32_t *second; /* 16 */
  int32_t skip;           /* 20: bytes of code */
  const uint32_t *end;    /* 24: of the first window */
  const int32_t *stream;  /* 28 */
  int32_t step, gap;      /* 32: from window to window; from the last channel to the first of the next pixels */
  int32_t count;          /* 40: pairs of pixels */
  int8_t *y;
} pairs_t;

typedef struct {
  const int32_t *stream;
  const uint32_t *window; /* 4 */
  int32_t step, skip;     /* 8: from window to window; bytes of code */
  const int32_t *stream_end; /* 16 */
  int32_t gap, count;        /* 20: from the last channel to the first of the next pixel; pixels */
  int32_t zero;
  int8_t *y;
} pixels_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(pairs_t, second) == 16 && offsetof(pairs_t, step) == 32 && sizeof(pairs_t) == 48, "pairs_t");
_Static_assert(offsetof(pixels_t, stream_end) == 16 && sizeof(pixels_t) == 36, "pixels_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define LOAD(FROM, LIST) "  ldmia.w " FROM "!, {" LIST "}\n"
#define ADD(D, X, W, TO) "  smlad " D ", " X ", " W ", " TO "\n"
#define START4                                                                                                            \
  LOAD("r1", "r6, r7, r8, r9, r10")                                                                                       \
  LOAD("lr", "r2, r3, r4, r5")                                                                                            \
  ADD("r11", "r2", "r6", "r10") ADD("r11", "r3", "r7", "r11") ADD("r11", "r4", "r8", "r11") ADD("r11", "r5", "r9", "r11") \
  LOAD("r0", "r2, r3, r4, r5")                                                                                            \
  ADD("r10", "r2", "r6", "r10") ADD("r10", "r3", "r7", "r10") ADD("r10", "r4", "r8", "r10") ADD("r10", "r5", "r9", "r10")
#define START2                                                                           \
  LOAD("r1", "r6, r7, r10")                                                              \
  LOAD("lr", "r2, r3") ADD("r11", "r2", "r6", "r10") ADD("r11", "r3", "r7", "r11")       \
  LOAD("r0", "r2, r3") ADD("r10", "r2", "r6", "r10") ADD("r10", "r3", "r7", "r10")
#define WORDS4                                                                                                            \
  LOAD("r1", "r6, r7, r8, r9")                                                                                            \
  LOAD("lr", "r2, r3, r4, r5")                                                                                            \
  ADD("r11", "r2", "r6", "r11") ADD("r11", "r3", "r7", "r11") ADD("r11", "r4", "r8", "r11") ADD("r11", "r5", "r9", "r11") \
  LOAD("r0", "r2, r3, r4, r5")                                                                                            \
  ADD("r10", "r2", "r6", "r10") ADD("r10", "r3", "r7", "r10") ADD("r10", "r4", "r8", "r10") ADD("r10", "r5", "r9", "r10")

/* After the first words, the loop of four times 44 bytes is entered where the rest is done, or left at once. */
#define PAIRS(NAME, START)                                                                                       \
  __attribute__((naked, noinline)) static void NAME(const pairs_t *pairs) {                                      \
    __asm__ volatile(                                                                                            \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                        \
        "  sub sp, sp, #44\n"                                                                                    \
        "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6}\n"                                                              \
        "  stmia.w sp, {r1, r2, r3, r4, r5, r6}\n"                                                               \
        "  add r7, sp, #24\n"                                                                                    \
        "  ldmia.w r0, {r1, r2, r3, r4, r5, r12}\n"                                                              \
        "  stmia.w r7, {r1, r2, r3, r4, r5}\n"                                                                   \
        "  ldr r0, [sp]\n"                                                                                       \
        "  ldr.w lr, [sp, #16]\n"                                                                                \
        "1:\n"                                                                                                   \
        "  ldr r1, [sp, #28]\n"                                                                                  \
        "2:\n" START                                                                                             \
        "  ldr r2, [sp, #20]\n"                                                                                  \
        "  add pc, r2\n"                                                                                         \
        "  nop\n"                                                                                                \
        "3:\n" WORDS4 WORDS4 WORDS4 WORDS4                                                                       \
        "  ldr.w r2, [sp, #24]\n"                                                                                \
        "  cmp.w r0, r2\n"                                                                                       \
        "  bne.w 3b\n"                                                                                           \
        "  ldmia.w r1!, {r6, r7}\n"                                                                              \
        "  ldmia.w sp, {r0, r2, r3, r4, lr}\n"                                                                   \
        "  smmulr r10, r10, r6\n"                                                                                \
        "  smmulr r11, r11, r6\n"                                                                                \
        "  smmlar r10, r10, r7, r2\n"                                                                            \
        "  smmlar r11, r11, r7, r2\n"                                                                            \
        "  ssat r10, #8, r10\n"                                                                                  \
        "  ssat r11, #8, r11\n"                                                                                  \
        "  strb r11, [r12, r3]\n"                                                                                \
        "  strb r10, [r12], #1\n"                                                                                \
        "  cmp r1, r4\n"                                                                                         \
        "  bne.w 2b\n"                                                                                           \
        "  ldrd r2, r3, [sp, #32]\n"                                                                             \
        "  ldr r4, [sp, #24]\n"                                                                                  \
        "  add r0, r0, r2\n"                                                                                     \
        "  add lr, lr, r2\n"                                                                                     \
        "  add r4, r4, r2\n"                                                                                     \
        "  str r0, [sp]\n"                                                                                       \
        "  str.w lr, [sp, #16]\n"                                                                                \
        "  ldr r2, [sp, #40]\n"                                                                                  \
        "  str r4, [sp, #24]\n"                                                                                  \
        "  add r12, r12, r3\n"                                                                                   \
        "  subs r2, r2, #1\n"                                                                                    \
        "  str r2, [sp, #40]\n"                                                                                  \
        "  bne.w 1b\n"                                                                                           \
        "  add sp, sp, #44\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                       \
  }
PAIRS(pairs_from_2, START2)
PAIRS(pairs_from_4, START4)

#define FINISH(D, MULTIPLIER, DIVIDER)                     \
  "  smmulr " D ", " D ", " MULTIPLIER "\n"                \
  "  smmlar " D ", " D ", " DIVIDER ", r2\n"               \
  "  ssat " D ", #8, " D "\n"                              \
  "  strb " D ", [r0], #1\n"
#define TAP(D, X, W) ADD(D, X, W, D)
#define CHANNEL2 LOAD("r1", "r5, r6, r7, r8, r9") TAP("r5", "r3", "r6") TAP("r5", "r4", "r7") FINISH("r5", "r8", "r9")
#define CHANNEL3                                                                                             \
  LOAD("r1", "r6, r7, r8, r9, r10, r11")                                                                     \
  TAP("r6", "r3", "r7") TAP("r6", "r4", "r8") TAP("r6", "r5", "r9") FINISH("r6", "r10", "r11")
#define CHANNEL4                                                                                             \
  LOAD("r1", "r7, r8, r9, r10, r11, r12, lr")                                                                \
  TAP("r7", "r3", "r8") TAP("r7", "r4", "r9") TAP("r7", "r5", "r10") TAP("r7", "r6", "r11") FINISH("r7", "r12", "lr")
#define CHANNEL5                                                                                             \
  LOAD("r1", "r8, r9, r10, r11, r12, lr")                                                                    \
  TAP("r8", "r3", "r9") TAP("r8", "r4", "r10") TAP("r8", "r5", "r11") TAP("r8", "r6", "r12") TAP("r8", "r7", "lr") \
  LOAD("r1", "r12, lr") FINISH("r8", "r12", "lr")
#define CHANNEL6                                                                                             \
  LOAD("r1", "r9, r10, r11, r12, lr")                                                                        \
  TAP("r9", "r3", "r10") TAP("r9", "r4", "r11") TAP("r9", "r5", "r12") TAP("r9", "r6", "lr")                 \
  LOAD("r1", "r10, r11, r12, lr") TAP("r9", "r7", "r10") TAP("r9", "r8", "r11") FINISH("r9", "r12", "lr")
#define CHANNEL8                                                                                             \
  LOAD("r1", "r11, r12, lr") TAP("r11", "r3", "r12") TAP("r11", "r4", "lr")                                  \
  LOAD("r1", "r12, lr") TAP("r11", "r5", "r12") TAP("r11", "r6", "lr")                                       \
  LOAD("r1", "r12, lr") TAP("r11", "r7", "r12") TAP("r11", "r8", "lr")                                       \
  LOAD("r1", "r12, lr") TAP("r11", "r9", "r12") TAP("r11", "r10", "lr")                                      \
  LOAD("r1", "r12, lr") FINISH("r11", "r12", "lr")

/* The first turn enters the loop of four channels where the rest of out_c / 4 is done. */
#define PIXELS(NAME, TAPS, CHANNEL)                                            \
  __attribute__((naked, noinline)) static void NAME(const pixels_t *pixels) {  \
    __asm__ volatile(                                                          \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                      \
        "  sub sp, sp, #28\n"                                                  \
        "  ldmia.w r0, {r1, r3, r4, r5, r6, r7, r8, r9, r10}\n"                \
        "  stmia.w sp, {r1, r3, r4, r5, r6, r7, r8}\n"                         \
        "  mov r2, r9\n"                                                       \
        "  mov r0, r10\n"                                                      \
        "1:\n"                                                                 \
        "  ldr r1, [sp]\n"                                                     \
        "  ldrd r11, r12, [sp, #4]\n"                                          \
        "  ldr.w lr, [sp, #12]\n"                                              \
        "  ldmia.w r11, {" TAPS "}\n"                                          \
        "  add r11, r11, r12\n"                                                \
        "  str.w r11, [sp, #4]\n"                                              \
        "  add pc, lr\n"                                                       \
        "  nop\n"                                                              \
        "2:\n" CHANNEL CHANNEL CHANNEL CHANNEL                                 \
        "  ldr.w r12, [sp, #16]\n"                                             \
        "  cmp r1, r12\n"                                                      \
        "  bne.w 2b\n"                                                         \
        "  ldrd r11, r12, [sp, #20]\n"                                         \
        "  add r0, r0, r11\n"                                                  \
        "  subs r12, r12, #1\n"                                                \
        "  str.w r12, [sp, #24]\n"                                             \
        "  bne.w 1b\n"                                                         \
        "  add sp, sp, #28\n"                                                  \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                     \
  }
PIXELS(pixels_2, "r3, r4", CHANNEL2)
PIXELS(pixels_3, "r3, r4, r5", CHANNEL3)
PIXELS(pixels_4, "r3, r4, r5, r6", CHANNEL4)
PIXELS(pixels_5, "r3, r4, r5, r6, r7", CHANNEL5)
PIXELS(pixels_6, "r3, r4, r5, r6, r7, r8", CHANNEL6)
PIXELS(pixels_8, "r3, r4, r5, r6, r7, r8, r9, r10", CHANNEL8)
#pragma GCC diagnostic pop

#else

static int8_t output(const uint32_t *window, const int32_t *stream, int32_t bias, int32_t words, int32_t zero) {
  int32_t sum = stream[bias];
  for (int32_t i = 0; i < words; ++i) {
    sum = ek_smlad(window[i], (uint32_t)stream[i + (i >= bias)], sum);
  }
  return ek_requantize(sum, stream[words + 1], stream[words + 2], zero);
}

static void pairs_from(const pairs_t *p, int32_t bias) {
  const int32_t words = (int32_t)(p->end - p->first), step = p->step / 4;
  int8_t *y = p->y;
  for (int32_t i = 0; i < p->count; ++i, y += p->gap) {
    for (const int32_t *stream = p->stream; stream != p->stream_end; stream += words + 3, ++y) {
      y[p->apart] = output(p->second + i * step, stream, bias, words, p->zero);
      y[0] = output(p->first + i * step, stream, bias, words, p->zero);
    }
  }
}
static void pairs_from_2(const pairs_t *p) { pairs_from(p, 2); }
static void pairs_from_4(const pairs_t *p) { pairs_from(p, 4); }

#define PIXELS(WORDS)                                                                                       \
  static void pixels_##WORDS(const pixels_t *p) {                                                           \
    const uint32_t *window = p->window;                                                                     \
    int8_t *y = p->y;                                                                                       \
    for (int32_t i = 0; i < p->count; ++i, y += p->gap, window += p->step / 4) {                            \
      for (const int32_t *stream = p->stream; stream != p->stream_end; stream += WORDS + 3) {               \
        int32_t sum = stream[0];                                                                            \
        for (int32_t k = 0; k < WORDS; ++k) {                                                               \
          sum = ek_smlad(window[k], (uint32_t)stream[1 + k], sum);                                          \
        }                                                                                                   \
        *y++ = ek_requantize(sum, stream[WORDS + 1], stream[WORDS + 2], p->zero);                           \
      }                                                                                                     \
    }                                                                                                       \
  }
PIXELS(2)
PIXELS(3)
PIXELS(4)
PIXELS(5)
PIXELS(6)
PIXELS(8)

#endif

/* Where the input of a segment lies, and its copy; zero points. */
typedef struct {
  uint32_t *stripe, *copy; /* copy: null where none is needed */
  int8_t *zeros;
  int32_t record; /* halfwords of a column */
} stripe_t;

static inline void put(uint8_t *to, int16_t value) { memcpy(to, &value, 2); }

/* `count` columns of a kernel line, one input each, and of the next one. */
static void expand_two(uint8_t *to, const int8_t *a, const int8_t *b, int32_t count, int32_t record) {
  for (; count >= 4; count -= 4, a += 4, b += 4, to += 8 * record) {
    const uint32_t x = ek_load4(a), z = ek_load4(b);
    const uint32_t x02 = ek_sxtb16(x), x13 = ek_sxtb16_odd(x), z02 = ek_sxtb16(z), z13 = ek_sxtb16_odd(z);
    const uint32_t words[4] = {ek_pack_low(x02, z02), ek_pack_low(x13, z13), ek_pack_high(x02, z02), ek_pack_high(x13, z13)};
    memcpy(to, &words[0], 4);
    memcpy(to + 2 * record, &words[1], 4);
    memcpy(to + 4 * record, &words[2], 4);
    memcpy(to + 6 * record, &words[3], 4);
  }
  for (; count > 0; --count, ++a, ++b, to += 2 * record) {
    put(to, *a);
    put(to + 2, *b);
  }
}

static void expand_fours(uint32_t *to, const int8_t *x, int32_t count, int32_t step, int32_t in_c, int32_t words) {
  for (; count > 0; --count, x += step, to += words) {
    ek_expand(to, x, in_c, 2);
  }
}

static void expand_any(uint8_t *to, const int8_t *x, int32_t count, int32_t step, int32_t in_c, int32_t record) {
  for (; count > 0; --count, x += step, to += 2 * record) {
    for (int32_t i = 0; i < in_c; ++i) {
      put(to + 2 * i, x[i]);
    }
  }
}

static void clear(uint8_t *to, int32_t halfwords, int32_t zero) {
  for (const uint8_t *end = to + 2 * halfwords; to != end; to += 2) {
    put(to, (int16_t)zero);
  }
}

/* The columns from `column` on, of the kernel lines from `line` on. */
static void fill(const params_t *p, const stripe_t *s, const int8_t *x, int32_t line, int32_t column, int32_t count) {
  const int32_t before = column < 0 ? (-column < count ? -column : count) : 0, record = s->record;
  int32_t inside = (p->columns - column < count ? p->columns - column : count) - before;
  inside = inside < 0 ? 0 : inside;
  uint8_t *to = (uint8_t *)s->stripe;
  clear(to, before * record, p->in_zero);
  to += 2 * before * record;
  clear(to + 2 * inside * record, (count - before - inside) * record, p->in_zero);
  const int32_t down = p->dilation_line * p->line_step;
  int32_t at = line * p->line_step + (column + before) * p->column_step;
  for (int32_t k = 0; k < p->kernel_lines; ++k, to += 2 * p->in_c, line += p->dilation_line, at += down) {
    const int here = (uint32_t)line < (uint32_t)p->lines;
    const int8_t *from = here ? x + at : s->zeros;
    const int32_t step = here ? p->column_step : 0;
    if ((p->in_c & 3) == 0) {
      expand_fours((uint32_t *)(void *)to, from, inside, step, p->in_c, record / 2);
    } else if (p->in_c + p->column_step == 2 && k + 1 < p->kernel_lines) { /* the next line too */
      line += p->dilation_line;
      at += down;
      expand_two(to, from, (uint32_t)line < (uint32_t)p->lines ? x + at : s->zeros, inside, record);
      to += 2;
      ++k;
    } else {
      expand_any(to, from, inside, step, p->in_c, record);
    }
  }
  if (s->copy != 0) {
    const int8_t *next = (const int8_t *)s->stripe + 2;
    for (uint32_t *at = s->copy, *end = at + (count * s->record + 1) / 2; at < end; ++at, next += 4) {
      *at = ek_load4(next);
    }
  }
}

typedef void (*line_t)(const params_t *p, const stripe_t *s, const int32_t *stream, int8_t *y, int32_t count);

/* Segment by segment. */
static void stripes(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, line_t outputs) {
  const int32_t columns = (p->segment - 1) * p->stride_column + p->kernel_columns, each = p->out_c * (p->words + 3);
  stripe_t s;
  s.record = p->kernel_lines * p->in_c;
  const int32_t words = (columns * s.record + 1) / 2 + 4, odd = s.record & p->stride_column & 1;
  s.stripe = (uint32_t *)(void *)scratch;
  s.copy = odd ? s.stripe + words : 0;
  s.zeros = (int8_t *)(s.stripe + (words << odd));
  memset(s.zeros, p->in_zero, (size_t)(columns > p->in_c ? columns : p->in_c));
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_size) {
    for (int32_t part = 0; part < p->parts; ++part) {
      int32_t line = -p->pad_line;
      int8_t *to = y + part * p->out_c;
      for (int32_t oy = 0; oy < p->out_lines; ++oy, line += p->stride_line, to += p->out_line_step) {
        for (int32_t ox = 0; ox < p->out_columns; ox += p->segment) {
          const int32_t left = p->out_columns - ox, count = left < p->segment ? left : p->segment;
          fill(p, &s, x + part, line, ox * p->stride_column - p->pad_column,
               (count - 1) * p->stride_column + p->kernel_columns);
          outputs(p, &s, p->stream + part * each, to + ox * p->out_column_step, count);
        }
      }
    }
    ek_clamp_all(y, p->out_size, p->low, p->high);
  }
}

static void line_of_pairs(const params_t *p, const stripe_t *s, const int32_t *stream, int8_t *y, int32_t count) {
  void (*const run)(const pairs_t *) = p->words & 2 ? pairs_from_2 : pairs_from_4;
  const int32_t step = s->record * p->stride_column, rest = (p->words - 1) / 4; /* groups of words after the first */
  pairs_t pairs;
  pairs.first = s->stripe;
  pairs.second = (s->copy != 0 ? s->copy : s->stripe) + step / 2;
  pairs.zero = p->out_zero;
  pairs.apart = p->out_column_step;
  pairs.stream = stream;
  pairs.stream_end = stream + p->out_c * (p->words + 3);
  pairs.skip = rest == 0 ? 4 * 44 + 12 : (-rest & 3) * 44;
  pairs.end = pairs.first + p->words;
  pairs.step = 4 * step;
  pairs.gap = 2 * p->out_column_step - p->out_c;
  pairs.count = count / 2;
  pairs.y = y;
  if (pairs.count > 0) {
    run(&pairs);
  }
  if (count & 1) { /* the last one twice */
    pairs.first += count / 2 * step;
    pairs.end += count / 2 * step;
    pairs.second = pairs.first;
    pairs.apart = 0;
    pairs.count = 1;
    pairs.y = y + (count - 1) * p->out_column_step;
    run(&pairs);
  }
}

static void line_of_pixels(const params_t *p, const stripe_t *s, const int32_t *stream, int8_t *y, int32_t count) {
  static const struct {
    void (*run)(const pixels_t *);
    int32_t bytes; /* of the code for one channel */
  } forms[] = {{pixels_2, 28}, {pixels_3, 32}, {pixels_4, 36}, {pixels_5, 44}, {pixels_6, 48}, {0, 0}, {pixels_8, 68}};
  const int32_t step = s->record * p->stride_column, ways = s->copy != 0 ? 2 : 1; /* even pixels, then odd ones */
  pixels_t pixels;
  pixels.stream = stream;
  pixels.window = s->stripe;
  pixels.step = 2 * step * ways;
  pixels.skip = (-p->out_c & 3) * forms[p->words - 2].bytes;
  pixels.stream_end = stream + p->out_c * (p->words + 3);
  pixels.gap = ways * p->out_column_step - p->out_c;
  pixels.zero = p->out_zero;
  pixels.count = (count + ways - 1) / ways;
  pixels.y = y;
  forms[p->words - 2].run(&pixels);
  if (ways == 2 && count > 1) {
    pixels.window = s->copy + step / 2;
    pixels.count = count / 2;
    pixels.y = y + p->out_column_step;
    forms[p->words - 2].run(&pixels);
  }
}

void ek_conv_2d_stripe_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  stripes(p, x, y, scratch, line_of_pairs);
}

void ek_conv_2d_stripe_few_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  stripes(p, x, y, scratch, line_of_pixels);
}
