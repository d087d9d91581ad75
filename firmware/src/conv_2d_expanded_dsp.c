/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps into few channels, with
 * the DSP instructions.
 *
 * Blocking: 2 pixels x 1 channel x 8 taps; the pixels are below each other, in an odd last line side by side. Each row of the
 * input is expanded to halfwords once, with its padding, so that the three rows of a window are runs of words. The zero point
 * is folded into the bias.
 * Registers: r0, lr windows, r1 stream, r2-r5 taps of a pixel, r6-r9 weights, r10, r11 sums, r12 from a row's end to the next
 * row or, where there are more than 8 inputs, those that are left of a row, by eights. Everything else is on the stack.
 * Budget: 11 instructions for 8 taps (16 MACs: 0.69 each), 20 for two outputs, with more than 8 inputs 25 and 2 for each 24
 * taps; 12 for 16 values of the input, 14 for a row. Cycles by LDR 2, LDM 1 + n, branch 2: 23 for 8 taps, 1.44 a MAC. */
#include "edgekit/conv_2d_expanded_dsp.h"

#include <stddef.h>

#include "edgekit/expand_dsp.h"
#include "edgekit/sums_dsp.h"

#define ROWS 3 /* of the kernel */

typedef ek_conv_2d_expanded_dsp_t params_t;

/* Lines, or pairs of them, of pairs of outputs, in the order in which the assembly has them on its stack. */
typedef struct {
  const int32_t *stream;
  int8_t *y;               /* 4 */
  int32_t apart, zero;     /* 8: from a pair's first output to its second; 12 */
  int32_t next;            /* 16: from pair to pair of outputs */
  int32_t again;           /* 20: from the end of a window to the next pair's first */
  const int8_t *end;       /* 24: of y for a channel */
  int32_t back, units;     /* 28; 32 */
  const uint8_t *first, *second; /* 36: windows of the first pair */
  int32_t wide;            /* 44 */
  const int32_t *stream_end; /* 48 */
  int32_t line;            /* 52: from the end of a channel's outputs to the next channel's first */
  int32_t lines, down;     /* 56: that are left; 60: from line to line of windows */
  int32_t below;           /* 64: from behind the last channel's first output to the next line */
  const int32_t *channels; /* 68: the whole stream */
} outputs_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(outputs_t, again) == 20 && offsetof(outputs_t, back) == 28 && offsetof(outputs_t, first) == 36, "outputs_t");
_Static_assert(offsetof(outputs_t, wide) == 44 && sizeof(outputs_t) == 72, "outputs_t");
_Static_assert(offsetof(params_t, in_zero) == 12, "four words in the assembly's order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define LOAD(FROM, LIST) "  ldmia.w " FROM "!, {" LIST "}\n"
#define FOUR(D, FIRST) ADD(D, "r2", "r6", FIRST) ADD(D, "r3", "r7", D) ADD(D, "r4", "r8", D) ADD(D, "r5", "r9", D)
#define EIGHT(FIRST)                                                                                     \
  LOAD("lr", "r2, r3, r4, r5") FOUR("r11", FIRST) LOAD("r0", "r2, r3, r4, r5") FOUR("r10", "r10")
#define START LOAD("r1", "r6, r7, r8, r9, r10") EIGHT("r10")
#define MORE LOAD("r1", "r6, r7, r8, r9") EIGHT("r11")
#define DOWN(BY) "  add r0, " BY "\n  add lr, " BY "\n"
/* Of 8 inputs, and of more. */
#define WINDOW_8 START MORE MORE DOWN("r12") MORE MORE MORE DOWN("r12") MORE MORE MORE
#define ROW(LABEL)       \
  LABEL ":\n" MORE MORE MORE \
  "  subs r12, r12, #1\n"\
  "  bne.w " LABEL "b\n"
#define NEXT_ROW "  ldrd r2, r12, [sp, #28]\n" DOWN("r2")
#define WINDOW           \
  "  ldr r12, [sp, #32]\n" \
  "  ldr r10, [r1], #4\n"\
  "  mov r11, r10\n" ROW("3") NEXT_ROW ROW("4") NEXT_ROW ROW("5")

#define PAIRS(NAME, TEXT)                                                                       \
  __attribute__((naked, noinline)) static void NAME(const outputs_t *outputs) {                 \
    __asm__ volatile(OUTPUTS_TO_STACK \
        "1:\n"                                                                                  \
        "  ldrd r0, lr, [sp, #36]\n"                                                            \
        "  ldr r12, [sp, #28]\n"                                                                \
        "2:\n" TEXT                                                                             \
        "  ldmia.w r1, {r6, r7}\n"                                                              \
        "  ldmia.w sp, {r1, r2, r3, r4, r5, r8, r9}\n"                                          \
        "  smmulr r10, r10, r6\n"                                                               \
        "  smmulr r11, r11, r6\n"                                                               \
        "  smmlar r10, r10, r7, r4\n"                                                           \
        "  smmlar r11, r11, r7, r4\n"                                                           \
        "  ssat r10, #8, r10\n"                                                                 \
        "  ssat r11, #8, r11\n"                                                                 \
        "  strb r11, [r2, r3]\n"                                                                \
        "  strb r10, [r2]\n"                                                                    \
        "  add r2, r5\n" DOWN("r8")                                                             \
        "  str r2, [sp, #4]\n"                                                                  \
        "  cmp r2, r9\n"                                                                        \
        "  bne.w 2b\n"                                                                          \
        "  add r3, sp, #44\n"                                                                   \
        "  ldmia.w r3, {r4, r5, r6}\n"                                                          \
        "  add r1, r4\n"                                                                        \
        "  add r2, r6\n"                                                                        \
        "  add r9, #1\n"                                                                        \
        "  strd r1, r2, [sp]\n"                                                                 \
        "  str r9, [sp, #24]\n"                                                                 \
        "  cmp r1, r5\n"                                                                        \
        "  bne.w 1b\n"                                                                          \
        "  add r3, sp, #56\n"                                                                   \
        "  ldmia.w r3, {r4, r5, r6, r7}\n"                                                      \
        "  subs r4, #1\n"                                                                       \
        "  beq.n 3f\n"                                                                          \
        "  str r4, [sp, #56]\n"                                                                 \
        "  ldrd r0, lr, [sp, #36]\n" DOWN("r5")                                                 \
        "  strd r0, lr, [sp, #36]\n"                                                            \
        "  mov r1, r7\n"                                                                        \
        "  add r2, r6\n"                                                                        \
        "  add r9, r6\n"                                                                        \
        "  strd r1, r2, [sp]\n"                                                                 \
        "  str r9, [sp, #24]\n"                                                                 \
        "  b.w 1b\n"                                                                            \
        "3:\n"                                                                                  \
        "  add sp, sp, #72\n"                                                                   \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                      \
  }
PAIRS(pairs_of, WINDOW)
PAIRS(pairs_of_8, WINDOW_8)

#define ZEROS(LABEL)              \
  "  mov r4, r6\n"                \
  "  mov r5, r6\n"                \
  "  mov r7, r6\n"                \
  LABEL ":\n"                     \
  "  stmia.w r0!, {r4, r5, r6, r7}\n" \
  "  subs r3, #1\n"               \
  "  bne " LABEL "b\n"

/* `rows` of the input and the padding around them to `to`; returns its end. Registers: r0 to, r1 from, r2 what is left of a
 * row, r3-r10 halfwords, r9-r12 bytes, lr rows; on the stack sixteens, eights, gap, in_zero. */
__attribute__((naked, noinline)) static uint32_t *expand(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  mov lr, r2\n"
      "  ldmia.w r3, {r3, r4, r5, r6}\n"
      "  push {r3, r4, r5, r6}\n"
      "1:\n"
      "  ldrd r3, r6, [sp, #8]\n"
      "  cbz r3, 3f\n" ZEROS("2")
      "3:\n"
      "  ldr r2, [sp]\n"
      "  cbz r2, 5f\n"
      "4:\n"
      "  ldmia.w r1!, {r9, r10, r11, r12}\n" BYTES_OF("r3", "r4", "r9") BYTES_OF("r5", "r6", "r10")
      BYTES_OF("r7", "r8", "r11") BYTES_OF("r9", "r10", "r12")
      "  stmia.w r0!, {r3, r4, r5, r6, r7, r8, r9, r10}\n"
      "  subs r2, #1\n"
      "  bne 4b\n"
      "5:\n"
      "  ldr r2, [sp, #4]\n"
      "  cbz r2, 6f\n"
      "  ldmia.w r1!, {r9, r10}\n" BYTES_OF("r3", "r4", "r9") BYTES_OF("r5", "r6", "r10")
      "  stmia.w r0!, {r3, r4, r5, r6}\n"
      "6:\n"
      "  subs.w lr, lr, #1\n"
      "  bne 1b\n"
      "  ldrd r3, r6, [sp, #8]\n"
      "  cbz r3, 8f\n" ZEROS("7")
      "8:\n"
      "  add sp, sp, #16\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

static int8_t output(const outputs_t *o, const uint8_t *window, const int32_t *stream) {
  const int32_t eight = o->units == 1, bias = eight ? 4 : 0;
  const int32_t *weights = stream + (eight ? 0 : 1);
  const uint32_t *taps = (const uint32_t *)(const void *)window;
  int32_t sum = stream[bias];
  for (int32_t row = 0; row < ROWS; ++row, taps += o->back / 4) {
    for (int32_t i = 0; i < 12 * o->units; ++i) {
      sum = ek_smlad(*taps++, (uint32_t)*weights++, sum);
      weights += eight && weights == stream + bias;
    }
  }
  return ek_requantize(sum, weights[0], weights[1], o->zero);
}

static void pairs_of(const outputs_t *o) {
  const int32_t pairs = (int32_t)(o->end - o->y) / o->next, from = o->again + 2 * o->back + ROWS * 48 * o->units;
  int8_t *y = o->y;
  for (int32_t line = 0; line < o->lines; ++line, y += o->below) {
    for (const int32_t *stream = o->stream; stream != o->stream_end; stream += o->wide / 4, y += o->line) {
      for (int32_t i = 0; i < pairs; ++i, y += o->next) {
        y[o->apart] = output(o, o->second + line * o->down + i * from, stream);
        y[0] = output(o, o->first + line * o->down + i * from, stream);
      }
    }
  }
}
#define pairs_of_8 pairs_of

static uint32_t *expand(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) {
  for (; rows > 0; --rows, from += p->in_row) {
    to = ek_expand(ek_fill_sixteens(to, p->gap, p->in_zero), from, 16 * p->sixteens + 8 * p->eights, 2);
  }
  return ek_fill_sixteens(to, p->gap, p->in_zero);
}

#endif

typedef void pairs_t(const outputs_t *outputs);

/* Rows of the input from `row` on; some are outside, never all. */
static void fill(const params_t *p, const int8_t *x, int32_t row, int32_t rows, uint8_t *scratch) {
  const ek_rows_t found = ek_rows(row, rows, p->in_h);
  const int32_t sixteens = p->pitch / 16;
  uint32_t *to = ek_fill_sixteens((uint32_t *)(void *)scratch, found.above * sixteens, p->in_zero);
  to = expand(to, x + (row + found.above) * p->in_row, found.inside, p);
  ek_fill_sixteens(to, found.below * sixteens, p->in_zero);
}

static void run(const params_t *p, outputs_t *o, const uint8_t *first, int32_t to_second, int32_t step, int8_t *y, int32_t pairs,
                pairs_t *kernel) {
  o->first = first;
  o->second = first + to_second;
  o->again = step - 2 * p->back - ROWS * 48 * p->units;
  o->y = y;
  o->end = y + pairs * o->next;
  o->line = 1 - pairs * o->next;
  kernel(o);
}

/* Lines of outputs from `y` on whose first row is at `x`. */
static void lines_of(const params_t *p, outputs_t *o, const uint8_t *x, int8_t *y, int32_t lines, pairs_t *kernel) {
  const int32_t line = p->out_w * p->out_c, down = p->stride_h * p->pitch, even = lines & ~1;
  if (even > 0) {
    o->apart = line;
    o->next = p->out_c;
    o->lines = lines / 2;
    o->down = 2 * down;
    o->below = 2 * line - p->out_c;
    run(p, o, x, down, p->step, y, p->out_w, kernel);
  }
  if (even == lines) {
    return;
  }
  x += even * down;
  y += even * line;
  o->apart = p->out_c;
  o->next = 2 * p->out_c;
  o->lines = 1;
  if (p->out_w > 1) {
    run(p, o, x, p->step, 2 * p->step, y, p->out_w / 2, kernel);
  }
  if (p->out_w % 2 != 0) { /* one pixel, twice */
    o->apart = 0;
    run(p, o, x + (p->out_w - 1) * p->step, 0, 0, y + line - p->out_c, 1, kernel);
  }
}

static inline void all_of(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, pairs_t *kernel) {
  const int32_t line = p->out_w * p->out_c;
  outputs_t o;
  o.stream = o.channels = p->stream;
  o.down = o.below = 0;
  o.zero = p->out_zero;
  o.back = p->back;
  o.units = p->units;
  o.wide = p->wide;
  o.stream_end = p->stream + p->out_c * (p->wide / 4);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_h * line) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines;
      fill(p, x, first * p->stride_h - p->pad_top, (lines - 1) * p->stride_h + ROWS, scratch);
      lines_of(p, &o, scratch + p->start, y + first * line, lines, kernel);
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}

void ek_conv_2d_expanded_dsp(const ek_conv_2d_expanded_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  all_of(p, x, y, scratch, pairs_of);
}

void ek_conv_2d_expanded_8_dsp(const ek_conv_2d_expanded_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  all_of(p, x, y, scratch, pairs_of_8);
}
