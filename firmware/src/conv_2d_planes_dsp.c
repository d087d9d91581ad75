/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps of 2 to 5 channels into
 * few, with the DSP instructions.
 *
 * Blocking: 4 pixels of a line, at its end 3, x 1 channel; 2 channels and 3 columns of a row at a time. Each row of the input is
 * expanded to halfwords once: to planes, whose words are two channels of a pixel, so that neighbours share words in registers.
 * Planes of a row, and rows, lie one behind the other, a word of padding between them. The zero point is folded into the bias.
 * Planes hold channels (0,1); (0,2) and, of a pixel and the one before, (1,1); (0,2) and (1,3); these and (4). Of the plane of one
 * channel two words are three columns.
 * Registers: r0 planes, r1 stream, r2-r4 weights, r5-r7 words of a plane, r8-r11 sums, r12 from plane to plane, lr y. Everything
 * else is on the stack.
 * Budget of four outputs: 16 instructions for a plane, 17 where they are apart (24 MACs: 0.67 and 0.71 each), of one channel 12,
 * and 21; of three 13, 14, 10, and 20; 15 for a line; for 4 pixels of the input 13, 20, 13, 21 by the channels, and 10 to
 * 14 for a row. Cycles by LDR 2, LDM 1 + n, branch 2: 29 for a plane, 1.21 a MAC. */
#include "edgekit/conv_2d_planes_dsp.h"

#include <stddef.h>

#include "edgekit/expand_dsp.h"
#include "edgekit/planes_dsp.h"
#include "edgekit/sums_dsp.h"

#define ROWS 3 /* of the kernel */

/* Outputs of some lines, in the order in which the assembly has them on its stack. */
typedef struct {
  const int32_t *stream;
  int32_t minus, zero, out_c; /* 4: -out_c */
  int32_t back_4;             /* 16 */
  const uint8_t *end_4, *end; /* 20: of the line's inputs */
  int32_t back_3;             /* 28 */
  int32_t hop, down;          /* 32: from a line's end to the next; 36: from line to line */
  const uint8_t *stop;        /* 40: of the lines */
  int32_t advance;            /* 44 */
  const uint8_t *x;           /* 48: of the first line, as are the next three */
  int8_t *y;
  const uint8_t *first_end_4, *first_end; /* 56 */
  int32_t wide;               /* 64 */
  const int32_t *stream_end;  /* 68 */
} outputs_t;

typedef void lines_t(const outputs_t *outputs);

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(outputs_t, end_4) == 20 && offsetof(outputs_t, hop) == 32 && offsetof(outputs_t, x) == 48, "outputs_t");
_Static_assert(offsetof(outputs_t, wide) == 64 && sizeof(outputs_t) == 72, "outputs_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define DOWN "  add r0, r12\n"
#define NEXT3 "  ldmia.w r0!, {r5, r6, r7}\n"
#define LAST3 "  ldmia.w r0, {r5, r6, r7}\n"
#define LAST2 "  ldmia.w r0, {r5, r6}\n"
#define LAST1 "  ldr r5, [r0]\n"
/* Weights; the first ones bring the bias in r11, from which the sums begin. */
#define FIRST "  ldmia.w r1!, {r2, r3, r4, r11}\n"
#define PAIR "  ldmia.w r1!, {r2, r3, r4}\n"
#define ONE "  ldmia.w r1!, {r2, r3}\n"

/* Of 4 or 3 outputs, 1 or 2 pixels from one to the next: a plane of pairs of channels, whose sums begin from FA, FB, FC. */
#define SUMS_4_1(FA, FB, FC)                                                                                  \
  NEXT3 ADD("r8", "r5", "r2", FA) A("r6", "r3") A("r7", "r4") ADD("r9", "r6", "r2", FB) B("r7", "r3")         \
  ADD("r10", "r7", "r2", FC) LAST3 B("r5", "r4") C("r5", "r3") C("r6", "r4") D("r5", "r2") D("r6", "r3") D("r7", "r4")
#define SUMS_4_2(FA, FB, FC)                                                                                  \
  NEXT3 ADD("r8", "r5", "r2", FA) A("r6", "r3") A("r7", "r4") ADD("r9", "r7", "r2", FB)                       \
  NEXT3 B("r5", "r3") B("r6", "r4") ADD("r10", "r6", "r2", FC) C("r7", "r3")                                  \
  LAST3 C("r5", "r4") D("r5", "r2") D("r6", "r3") D("r7", "r4")
#define SUMS_3_1(FA, FB, FC)                                                                                  \
  NEXT3 ADD("r8", "r5", "r2", FA) A("r6", "r3") A("r7", "r4") ADD("r9", "r6", "r2", FB) B("r7", "r3")         \
  ADD("r10", "r7", "r2", FC) LAST2 B("r5", "r4") C("r5", "r3") C("r6", "r4")
#define SUMS_3_2(FA, FB, FC)                                                                                  \
  NEXT3 ADD("r8", "r5", "r2", FA) A("r6", "r3") A("r7", "r4") ADD("r9", "r7", "r2", FB)                       \
  NEXT3 B("r5", "r3") B("r6", "r4") ADD("r10", "r6", "r2", FC) C("r7", "r3") LAST1 C("r5", "r4")
/* Of a plane of one channel: a word with the middle column and the one before it, and one with the last. */
#define ONES_4_1                                                                             \
  NEXT3 A("r6", "r2") A("r7", "r3") B("r7", "r2")                                            \
  LAST3 B("r5", "r3") C("r5", "r2") C("r6", "r3") D("r6", "r2") D("r7", "r3")
#define ONES_3_1 NEXT3 A("r6", "r2") A("r7", "r3") B("r7", "r2") LAST2 B("r5", "r3") C("r5", "r2") C("r6", "r3")
#define START(SUMS) FIRST SUMS("r11", "r11", "r11")
#define MORE(SUMS) DOWN PAIR SUMS("r8", "r9", "r10")
#define SINGLE(ONES) DOWN ONE ONES
/* All planes of three rows. */
#define PLANES_2(SUMS, ONES) START(SUMS) MORE(SUMS) MORE(SUMS)
#define PLANES_3(SUMS, ONES) START(SUMS) SINGLE(ONES) MORE(SUMS) SINGLE(ONES) MORE(SUMS) SINGLE(ONES)
#define PLANES_4(SUMS, ONES) PLANES_2(SUMS, ONES) MORE(SUMS) MORE(SUMS) MORE(SUMS)
#define PLANES_5(SUMS, ONES) PLANES_4(SUMS, ONES) MORE(SUMS) MORE(SUMS) MORE(SUMS)

#define LINES(NAME, PLANES, APART)                                                           \
  __attribute__((naked, noinline)) static void NAME(const outputs_t *outputs) {              \
    __asm__ volatile(OUTPUTS_TO_STACK \
        "  mov r12, r3\n"                                                                    \
        "1:\n" /* a channel */                                                               \
        "  add r3, sp, #48\n"                                                                \
        "  ldmia.w r3, {r0, r4, r6, r7}\n"                                                   \
        "  mov lr, r4\n"                                                                     \
        "  adds r4, #1\n"                                                                    \
        "  str r4, [sp, #52]\n"                                                              \
        "  strd r6, r7, [sp, #20]\n"                                                         \
        "2:\n" /* a line */                                                                  \
        "  cmp r0, r6\n"                                                                     \
        "  beq.w 4f\n"                                                                       \
        "3:\n" PLANES(SUMS_4_##APART, ONES_4_##APART)                                        \
        FOUR_OUTPUTS("  ldmia.w sp, {r1, r2, r4, r5, r6, r7}\n")                             \
        "  add r0, r6\n"                                                                     \
        "  cmp r0, r7\n"                                                                     \
        "  bne.w 3b\n"                                                                       \
        "  ldr r7, [sp, #24]\n"                                                              \
        "  cmp r0, r7\n"                                                                     \
        "  beq.w 5f\n"                                                                       \
        "4:\n" PLANES(SUMS_3_##APART, ONES_3_##APART)                                        \
        THREE_OUTPUTS("  ldmia.w sp, {r1, r2, r4, r5}\n" "  ldrd r7, r6, [sp, #24]\n")       \
        "  add r0, r6\n"                                                                     \
        "  cmp r0, r7\n"                                                                     \
        "  bne.w 4b\n"                                                                       \
        "5:\n"                                                                               \
        "  ldrd r2, r3, [sp, #32]\n"                                                         \
        "  ldr r4, [sp, #40]\n"                                                              \
        "  ldrd r6, r7, [sp, #20]\n"                                                         \
        "  add r0, r2\n"                                                                     \
        "  add r6, r3\n"                                                                     \
        "  add r7, r3\n"                                                                     \
        "  cmp r0, r4\n"                                                                     \
        "  strd r6, r7, [sp, #20]\n"                                                         \
        "  bne.w 2b\n"                                                                       \
        "  ldrd r2, r3, [sp, #64]\n"                                                         \
        "  add r1, r2\n"                                                                     \
        "  str r1, [sp]\n"                                                                   \
        "  cmp r1, r3\n"                                                                     \
        "  bne.w 1b\n"                                                                       \
        "  add sp, sp, #72\n"                                                                \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                   \
  }
LINES(lines_2, PLANES_2, 1)
LINES(lines_3, PLANES_3, 1)
LINES(lines_4, PLANES_4, 1)
LINES(lines_5, PLANES_5, 1)
LINES(lines_2_apart, PLANES_2, 2)
LINES(lines_4_apart, PLANES_4, 2)
LINES(lines_5_apart, PLANES_5, 2)

#pragma GCC diagnostic pop

#else

static int8_t output(const outputs_t *o, const uint8_t *x, int32_t channels, int32_t apart) {
  const int32_t planes = (channels + 1) / 2, step = o->advance + 12 * apart;
  const int32_t *w = o->stream;
  int32_t sum = w[3];
  for (int32_t i = 0; i < ROWS * planes; ++i, x += step) {
    const uint32_t *words = (const uint32_t *)(const void *)x;
    const int32_t single = channels == 3 && i % 2 == 1;
    for (int32_t column = single; column < 3; ++column) {
      sum = ek_smlad(words[column], (uint32_t)*w++, sum);
    }
    w += i == 0;
  }
  return ek_requantize(sum, w[0], w[1], o->zero);
}

static void lines_of(const outputs_t *outputs, int32_t channels, int32_t apart) {
  outputs_t o = *outputs;
  for (; o.stream != o.stream_end; o.stream += o.wide / 4) {
    int8_t *y = o.y++;
    for (const uint8_t *x = o.x, *end = o.first_end; x != o.stop; x += o.hop, end += o.down) {
      for (; x != end; x += 4 * apart, y += o.out_c) {
        *y = output(&o, x, channels, apart);
      }
    }
  }
}

static void lines_2(const outputs_t *o) { lines_of(o, 2, 1); }
static void lines_3(const outputs_t *o) { lines_of(o, 3, 1); }
static void lines_4(const outputs_t *o) { lines_of(o, 4, 1); }
static void lines_5(const outputs_t *o) { lines_of(o, 5, 1); }
static void lines_2_apart(const outputs_t *o) { lines_of(o, 2, 2); }
static void lines_4_apart(const outputs_t *o) { lines_of(o, 4, 2); }
static void lines_5_apart(const outputs_t *o) { lines_of(o, 5, 2); }

#endif

static inline void all_of(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, lines_t *lines_of, expand_t *expand) {
  const int32_t line = p->out_w * p->out_c, down = p->stride_h * p->pitch, sixteens = (p->pitch + 15) / 16;
  outputs_t o;
  o.minus = -p->out_c;
  o.zero = p->out_zero;
  o.out_c = p->out_c;
  o.back_4 = p->back_4;
  o.back_3 = p->back_3;
  o.hop = down - p->span;
  o.down = down;
  o.advance = p->advance;
  o.x = scratch + p->start;
  o.first_end_4 = o.x + p->span_4;
  o.first_end = o.x + p->span;
  o.end_4 = o.end = 0; /* set in the assembly */
  o.wide = p->wide;
  o.stream = p->stream;
  o.stream_end = p->stream + p->out_c * (p->wide / 4);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_h * line) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines, row = first * p->stride_h - p->pad_top;
      const ek_rows_t rows = ek_rows(row, (lines - 1) * p->stride_h + ROWS, p->in_h);
      uint8_t *const inside = scratch + rows.above * p->pitch, *const below = inside + rows.inside * p->pitch;
      ek_fill_sixteens((uint32_t *)(void *)scratch, rows.above * sixteens, p->in_zero);
      expand((uint32_t *)(void *)inside, x + (row + rows.above) * p->in_row, rows.inside, p);
      ek_fill_sixteens((uint32_t *)(void *)below, (rows.below * p->pitch + 4 + 15) / 16, p->in_zero);
      o.y = y + first * line;
      o.stop = o.x + lines * down;
      lines_of(&o);
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}

#define ENTRY(NAME, LINES_OF, EXPAND_TO)                                                     \
  void ek_conv_2d_planes_##NAME##_dsp(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) { \
    all_of(p, x, y, scratch, LINES_OF, EXPAND_TO);                                           \
  }
ENTRY(2, lines_2, expand_2)
ENTRY(3, lines_3, expand_3)
ENTRY(4, lines_4, expand_4)
ENTRY(5, lines_5, expand_5)
ENTRY(2_apart, lines_2_apart, expand_2)
ENTRY(4_apart, lines_4_apart, expand_4)
ENTRY(5_apart, lines_5_apart, expand_5)
