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
 * The stripe takes 1 to 3 instructions for each of its taps; x is at a multiple of 4 where in_c is one. */
#include "edgekit/conv_2d_stripe_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

typedef ek_conv_2d_stripe_dsp_t params_t;

/* Outputs of a line, in the order in which the assembly has them on its stack; pixels have no `second`: it is their first. */
typedef struct {
  const uint32_t *first; /* the window of the first pixel of a pair */
  int32_t zero, apart;   /* 4; 8: from the output of the first to that of the second */
  const int32_t *stream_end;
  const uint32_t *second; /* 16 */
  int32_t step, skip;     /* 20: from window to window; 24: bytes of code */
  const uint32_t *end;    /* 28: of the first window */
  const int32_t *stream;  /* 32 */
  int32_t gap, count;     /* 36: from the last channel to the first of the next pixels; 40: pixels or pairs of them */
  int8_t *y;              /* 44 */
} outputs_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(outputs_t, second) == 16 && offsetof(outputs_t, stream) == 32 && sizeof(outputs_t) == 48, "outputs_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* All but y, which is in r6. */
#define ENTER                                        \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"  \
  "  sub sp, sp, #44\n"                              \
  "  mov r12, sp\n"                                  \
  "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6}\n"        \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6}\n"       \
  "  ldmia.w r0, {r1, r2, r3, r4, r5, r6}\n"         \
  "  stmia.w r12, {r1, r2, r3, r4, r5}\n"
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
  __attribute__((naked, noinline)) static void NAME(const outputs_t *outputs) {                                      \
    __asm__ volatile(                                                                                            \
        ENTER "  mov r12, r6\n"                                                                                  \
        "  ldr r0, [sp]\n"                                                                                       \
        "  ldr.w lr, [sp, #16]\n"                                                                                \
        "1:\n"                                                                                                   \
        "  ldr r1, [sp, #32]\n"                                                                                  \
        "2:\n" START                                                                                             \
        "  ldr r2, [sp, #24]\n"                                                                                  \
        "  add pc, r2\n"                                                                                         \
        "  nop\n"                                                                                                \
        "3:\n" WORDS4 WORDS4 WORDS4 WORDS4                                                                       \
        "  ldr.w r2, [sp, #28]\n"                                                                                \
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
        "  ldr r2, [sp, #20]\n"                                                                                  \
        "  ldr r4, [sp, #28]\n"                                                                                  \
        "  ldr r3, [sp, #36]\n"                                                                                  \
        "  add r0, r0, r2\n"                                                                                     \
        "  add lr, lr, r2\n"                                                                                     \
        "  add r4, r4, r2\n"                                                                                     \
        "  str r0, [sp]\n"                                                                                       \
        "  str.w lr, [sp, #16]\n"                                                                                \
        "  ldr r2, [sp, #40]\n"                                                                                  \
        "  str r4, [sp, #28]\n"                                                                                  \
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
#define PIXELS(NAME, TAPS, CHANNEL)                                              \
  __attribute__((naked, noinline)) static void NAME(const outputs_t *outputs) {  \
    __asm__ volatile(                                                            \
        ENTER                                                                    \
        "  mov r0, r6\n"                                                         \
        "  ldr r2, [sp, #4]\n"                                                   \
        "1:\n"                                                                   \
        "  ldr r1, [sp, #32]\n"                                                  \
        "  ldrd r11, r12, [sp, #16]\n"                                           \
        "  ldr.w lr, [sp, #24]\n"                                                \
        "  ldmia.w r11, {" TAPS "}\n"                                            \
        "  add r11, r11, r12\n"                                                  \
        "  str.w r11, [sp, #16]\n"                                               \
        "  add pc, lr\n"                                                         \
        "  nop\n"                                                                \
        "2:\n" CHANNEL CHANNEL CHANNEL CHANNEL                                   \
        "  ldr.w r12, [sp, #12]\n"                                               \
        "  cmp r1, r12\n"                                                        \
        "  bne.w 2b\n"                                                           \
        "  ldrd r11, r12, [sp, #36]\n"                                           \
        "  add r0, r0, r11\n"                                                    \
        "  subs r12, r12, #1\n"                                                  \
        "  str.w r12, [sp, #40]\n"                                               \
        "  bne.w 1b\n"                                                           \
        "  add sp, sp, #44\n"                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                       \
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

static void pairs_from(const outputs_t *p, int32_t bias) {
  const int32_t words = (int32_t)(p->end - p->first), step = p->step / 4;
  int8_t *y = p->y;
  for (int32_t i = 0; i < p->count; ++i, y += p->gap) {
    for (const int32_t *stream = p->stream; stream != p->stream_end; stream += words + 3, ++y) {
      y[p->apart] = output(p->second + i * step, stream, bias, words, p->zero);
      y[0] = output(p->first + i * step, stream, bias, words, p->zero);
    }
  }
}
static void pairs_from_2(const outputs_t *p) { pairs_from(p, 2); }
static void pairs_from_4(const outputs_t *p) { pairs_from(p, 4); }

#define PIXELS(WORDS)                                                                                       \
  static void pixels_##WORDS(const outputs_t *p) {                                                           \
    const uint32_t *window = p->second;                                                                     \
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

/* The stripe of a segment of output columns. */
typedef struct {
  uint32_t *words, *copy; /* copy: null where none is needed */
  int8_t *zeros;
  int32_t record, step; /* halfwords of a column; between two outputs */
  uint8_t *first;       /* the first column inside the input */
  int32_t inside, size; /* how many there are; words of all columns */
} stripe_t;

static inline void put(uint8_t *to, int16_t value) { memcpy(to, &value, 2); }

/* `count` columns of one input each of a kernel line and of the next one. */
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

static void expand_one(uint8_t *to, const int8_t *x, int32_t count, int32_t step, int32_t record) {
  for (; count >= 4; count -= 4, x += 4 * step, to += 8 * record) {
    put(to, x[0]);
    put(to + 2 * record, x[step]);
    put(to + 4 * record, x[2 * step]);
    put(to + 6 * record, x[3 * step]);
  }
  for (; count > 0; --count, x += step, to += 2 * record) {
    put(to, *x);
  }
}

/* `count` columns of `words` words each, x at a multiple of 4; `gap` and `apart` bytes lie between two columns of x and of the
 * stripe. 12 instructions for four words, and two or one that are left; 10 for a column. */
#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define BYTES(EVEN, ODD) "  sxtb16 " EVEN ", " ODD "\n  sxtb16 " ODD ", " ODD ", ror #8\n"
__attribute__((naked, noinline)) static void expand_words(uint8_t *to, const int8_t *x, int32_t count, int32_t words,
                                                          int32_t gap, int32_t apart) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldr lr, [sp, #36]\n"
      "1:\n"
      "  subs r12, r3, #4\n"
      "  blt 3f\n"
      "2:\n"
      "  ldmia.w r1!, {r5, r7, r9, r11}\n" BYTES("r4", "r5") BYTES("r6", "r7") BYTES("r8", "r9") BYTES("r10", "r11")
      "  stmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "  subs r12, r12, #4\n"
      "  bge 2b\n"
      "3:\n"
      "  lsls.w r12, r12, #31\n" /* carry: two are left; negative: one */
      "  bcc 4f\n"
      "  ldmia.w r1!, {r5, r7}\n" BYTES("r4", "r5") BYTES("r6", "r7")
      "  stmia.w r0!, {r4, r5, r6, r7}\n"
      "4:\n"
      "  bpl 5f\n"
      "  ldr r5, [r1], #4\n" BYTES("r4", "r5")
      "  stmia.w r0!, {r4, r5}\n"
      "5:\n"
      "  ldr r4, [sp, #40]\n"
      "  add r1, lr\n"
      "  add r0, r4\n"
      "  subs r2, r2, #1\n"
      "  bne 1b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop
#else
static void expand_words(uint8_t *to, const int8_t *x, int32_t count, int32_t words, int32_t gap, int32_t apart) {
  for (; count > 0; --count, x += gap, to += apart) {
    for (int32_t i = 0; i < words; ++i, x += 4, to += 8) {
      ek_expand((uint32_t *)(void *)to, x, 4, 2);
    }
  }
}
#endif

static void expand_fours(uint8_t *to, const int8_t *x, int32_t count, int32_t step, int32_t in_c, int32_t record) {
  if (count > 0 && in_c == step && in_c == record) { /* all in a row */
    expand_words(to, x, 1, count * in_c / 4, 0, 0);
  } else if (count > 0) {
    expand_words(to, x, count, in_c / 4, step - in_c, 2 * (record - in_c));
  }
}

static void expand_any(uint8_t *to, const int8_t *x, int32_t count, int32_t step, int32_t in_c, int32_t record) {
  const int32_t most = in_c > 3 ? 3 : in_c;
  for (; count > 0; --count, x += step, to += 2 * record) {
    put(to, x[0]);
    put(to + 2, x[1]);
    put(to + 2 * most - 2, x[most - 1]);
    for (int32_t i = 3; i < in_c; ++i) {
      put(to + 2 * i, x[i]);
    }
  }
}

static void clear(uint8_t *to, int32_t halfwords, int32_t zero) {
  for (const uint8_t *end = to + 2 * halfwords; to != end; to += 2) {
    put(to, (int16_t)zero);
  }
}

/* The kernel lines from `line` on; `x`: where the first column inside is in line 0. */
static void fill(const params_t *p, const stripe_t *s, const int8_t *x, int32_t line) {
  const int32_t in_c = p->in_c, record = s->record, down = p->dilation_line * p->line_step;
  uint8_t *to = s->first;
  int32_t at = line * p->line_step;
  for (int32_t k = 0; k < p->kernel_lines; ++k, to += 2 * in_c, line += p->dilation_line, at += down) {
    const int here = (uint32_t)line < (uint32_t)p->lines;
    const int8_t *from = here ? x + at : s->zeros;
    const int32_t step = here ? p->column_step : 0;
    if ((in_c & 3) == 0) {
      expand_fours(to, from, s->inside, step, in_c, record);
    } else if (in_c > 1) {
      expand_any(to, from, s->inside, step, in_c, record);
    } else if (p->column_step > 1 || k + 1 == p->kernel_lines) {
      expand_one(to, from, s->inside, step, record);
    } else { /* the next line too */
      line += p->dilation_line;
      at += down;
      expand_two(to, from, (uint32_t)line < (uint32_t)p->lines ? x + at : s->zeros, s->inside, record);
      to += 2;
      ++k;
    }
  }
  if (s->copy != 0) { /* past the last halfword too, which meets weights of 0 */
    const int8_t *next = (const int8_t *)s->words + 2;
    for (uint32_t *to4 = s->copy, *end = to4 + s->size; to4 < end; to4 += 4, next += 16) {
      to4[0] = ek_load4(next);
      to4[1] = ek_load4(next + 4);
      to4[2] = ek_load4(next + 8);
      to4[3] = ek_load4(next + 12);
    }
  }
}

/* Up to two ways through `count` outputs of a line; returns how many. */
typedef int32_t (*prepare_t)(const params_t *p, const stripe_t *s, int32_t count, outputs_t *ways);
typedef void (*run_t)(const outputs_t *outputs);

/* A segment of all lines: `count` outputs from column `ox` on. */
static void segment_of(const params_t *p, stripe_t *s, const int8_t *x, int8_t *y, const int32_t *stream, int32_t ox,
                       prepare_t prepare, run_t run) {
  const int32_t left = p->out_columns - ox, count = left < p->segment ? left : p->segment;
  const int32_t width = (count - 1) * p->stride_column + p->kernel_columns, column = ox * p->stride_column - p->pad_column;
  const int32_t before = column < 0 ? (-column < width ? -column : width) : 0;
  const int32_t inside = (p->columns - column < width ? p->columns - column : width) - before;
  uint8_t *bytes = (uint8_t *)s->words;
  s->inside = inside < 0 ? 0 : inside;
  s->size = (width * s->record + 1) / 2;
  s->first = bytes + 2 * before * s->record;
  clear(bytes, before * s->record, p->in_zero);
  clear(s->first + 2 * s->inside * s->record, (width - before - s->inside) * s->record, p->in_zero);
  outputs_t ways[2];
  for (int32_t i = 0; i < 2; ++i) {
    ways[i].zero = p->out_zero;
    ways[i].apart = p->out_column_step;
    ways[i].stream = stream;
    ways[i].stream_end = stream + p->out_c * (p->words + 3);
    ways[i].y = y + ox * p->out_column_step;
  }
  const int32_t used = prepare(p, s, count, ways);
  x += (column + before) * p->column_step;
  for (int32_t oy = 0, line = -p->pad_line; oy < p->out_lines; ++oy, line += p->stride_line) {
    fill(p, s, x, line);
    for (int32_t i = 0; i < used; ++i) {
      run(&ways[i]);
      ways[i].y += p->out_line_step;
    }
  }
}

static void stripes(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, prepare_t prepare, run_t run) {
  const int32_t columns = (p->segment - 1) * p->stride_column + p->kernel_columns, each = p->out_c * (p->words + 3);
  stripe_t s;
  s.record = p->kernel_lines * p->in_c;
  s.step = s.record * p->stride_column;
  const int32_t words = (columns * s.record + 1) / 2 + 4, odd = s.step & 1;
  s.words = (uint32_t *)(void *)scratch;
  s.copy = odd ? s.words + words : 0;
  s.zeros = (int8_t *)(s.words + (words << odd));
  memset(s.zeros, p->in_zero, (size_t)(columns > p->in_c ? columns : p->in_c));
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_size) {
    for (int32_t part = 0; part < p->parts; ++part) {
      for (int32_t ox = 0; ox < p->out_columns; ox += p->segment) {
        segment_of(p, &s, x + part, y + part * p->out_c, p->stream + part * each, ox, prepare, run);
      }
    }
    ek_clamp_all(y, p->out_size, p->low, p->high);
  }
}

static int32_t prepare_pairs(const params_t *p, const stripe_t *s, int32_t count, outputs_t *ways) {
  const int32_t rest = (p->words - 1) / 4, pairs = count / 2; /* groups of four words after the first */
  outputs_t *const single = pairs > 0 ? &ways[1] : ways;      /* the last one, twice */
  for (int32_t i = 0; i < 2; ++i) {
    ways[i].skip = rest == 0 ? 4 * 44 + 12 : (-rest & 3) * 44;
    ways[i].step = 4 * s->step;
    ways[i].gap = 2 * p->out_column_step - p->out_c;
    ways[i].count = pairs;
    ways[i].first = s->words;
    ways[i].second = (s->copy != 0 ? s->copy : s->words) + s->step / 2;
    ways[i].end = s->words + p->words;
  }
  if (count & 1) {
    single->count = 1;
    single->apart = 0;
    single->first = s->words + pairs * s->step;
    single->second = single->first;
    single->end = single->first + p->words;
    single->y += (count - 1) * p->out_column_step;
  }
  return (pairs > 0) + (count & 1);
}

/* All pixels, or the even ones, then the odd ones. */
static int32_t prepare_pixels(const params_t *p, const stripe_t *s, int32_t count, outputs_t *ways) {
  static const int32_t bytes[] = {28, 32, 36, 44, 48, 0, 68}; /* of the code for one channel */
  const int32_t used = s->copy != 0 ? 2 : 1;
  for (int32_t i = 0; i < used; ++i) {
    ways[i].skip = (-p->out_c & 3) * bytes[p->words - 2];
    ways[i].step = 2 * s->step * used;
    ways[i].gap = used * p->out_column_step - p->out_c;
    ways[i].count = (count + used - 1 - i) / used;
    ways[i].second = i == 0 ? s->words : s->copy + s->step / 2;
    ways[i].y += i * p->out_column_step;
  }
  return count > 1 ? used : 1;
}

void ek_conv_2d_stripe_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  stripes(p, x, y, scratch, prepare_pairs, p->words & 2 ? pairs_from_2 : pairs_from_4);
}

void ek_conv_2d_stripe_few_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  static const run_t runs[] = {pixels_2, pixels_3, pixels_4, pixels_5, pixels_6, 0, pixels_8};
  stripes(p, x, y, scratch, prepare_pixels, runs[p->words - 2]);
}
