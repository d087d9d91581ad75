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
#include "edgekit/sums_dsp.h"

#define ROWS 3 /* of the kernel */

typedef ek_conv_2d_planes_dsp_t params_t;

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
typedef void expand_t(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p);

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(outputs_t, end_4) == 20 && offsetof(outputs_t, hop) == 32 && offsetof(outputs_t, x) == 48, "outputs_t");
_Static_assert(offsetof(outputs_t, wide) == 64 && sizeof(outputs_t) == 72, "outputs_t");
_Static_assert(offsetof(params_t, plane) == 12, "four words in the assembly's order");

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
        "  ldmia.w r1, {r2, r3}\n"                                                           \
        "  smmulr r8, r8, r2\n"                                                              \
        "  smmulr r9, r9, r2\n"                                                              \
        "  smmulr r10, r10, r2\n"                                                            \
        "  smmulr r11, r11, r2\n"                                                            \
        "  ldmia.w sp, {r1, r2, r4, r5, r6, r7}\n"                                           \
        "  smmlar r8, r8, r3, r4\n"                                                          \
        "  smmlar r9, r9, r3, r4\n"                                                          \
        "  smmlar r10, r10, r3, r4\n"                                                        \
        "  smmlar r11, r11, r3, r4\n"                                                        \
        "  ssat r8, #8, r8\n"                                                                \
        "  ssat r9, #8, r9\n"                                                                \
        "  ssat r10, #8, r10\n"                                                              \
        "  ssat r11, #8, r11\n"                                                              \
        "  strb.w r8, [lr]\n"                                                                \
        "  strb.w r9, [lr, r5]\n"                                                            \
        "  strb.w r10, [lr, r5, lsl #1]\n"                                                   \
        "  add.w lr, lr, r5, lsl #2\n"                                                       \
        "  strb.w r11, [lr, r2]\n"                                                           \
        "  add r0, r6\n"                                                                     \
        "  cmp r0, r7\n"                                                                     \
        "  bne.w 3b\n"                                                                       \
        "  ldr r7, [sp, #24]\n"                                                              \
        "  cmp r0, r7\n"                                                                     \
        "  beq.w 5f\n"                                                                       \
        "4:\n" PLANES(SUMS_3_##APART, ONES_3_##APART)                                        \
        "  ldmia.w r1, {r2, r3}\n"                                                           \
        "  smmulr r8, r8, r2\n"                                                              \
        "  smmulr r9, r9, r2\n"                                                              \
        "  smmulr r10, r10, r2\n"                                                            \
        "  ldmia.w sp, {r1, r2, r4, r5}\n"                                                   \
        "  ldrd r7, r6, [sp, #24]\n"                                                         \
        "  smmlar r8, r8, r3, r4\n"                                                          \
        "  smmlar r9, r9, r3, r4\n"                                                          \
        "  smmlar r10, r10, r3, r4\n"                                                        \
        "  ssat r8, #8, r8\n"                                                                \
        "  ssat r9, #8, r9\n"                                                                \
        "  ssat r10, #8, r10\n"                                                              \
        "  strb.w r8, [lr]\n"                                                                \
        "  strb.w r9, [lr, r5]\n"                                                            \
        "  strb.w r10, [lr, r5, lsl #1]\n"                                                   \
        "  add.w r2, r2, r5, lsl #2\n"                                                       \
        "  add lr, r2\n"                                                                     \
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

/* `rows` rows of the input to planes, and a word of padding behind them. Registers: r0, r2, r3 planes, r1 from, r4 pixels that
 * are left, r5-r12 data, lr rows; on the stack fours, ones, in_zero, plane. Where the planes of the first row begin, what is done
 * before a row, with the padding in r5, of four pixels, of one, and behind a row are the macro's. */
#define EXPAND(NAME, PLANES, BEGIN, FOUR, ONE_MORE, END)                                     \
  __attribute__((naked, noinline)) static void NAME(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) { \
    __asm__ volatile(                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                    \
        "  mov lr, r2\n"                                                                     \
        "  ldmia.w r3, {r3, r4, r5, r6}\n"                                                   \
        "  push {r3, r4, r5, r6}\n" PLANES                                                   \
        "1:\n"                                                                               \
        "  ldr r5, [sp, #8]\n"                                                               \
        "  ldr r4, [sp]\n"                                                                   \
        "  str r5, [r0], #4\n" BEGIN                                                         \
        "  cbz r4, 3f\n"                                                                     \
        "2:\n" FOUR                                                                          \
        "  subs r4, #1\n"                                                                    \
        "  bne 2b\n"                                                                         \
        "3:\n"                                                                               \
        "  ldr r4, [sp, #4]\n"                                                               \
        "  cbz r4, 5f\n"                                                                     \
        "4:\n" ONE_MORE                                                                      \
        "  subs r4, #1\n"                                                                    \
        "  bne 4b\n"                                                                         \
        "5:\n" END                                                                           \
        "  subs.w lr, lr, #1\n"                                                              \
        "  bne 1b\n"                                                                         \
        "  ldr r5, [sp, #8]\n"                                                               \
        "  str r5, [r0]\n"                                                                   \
        "  add sp, sp, #16\n"                                                                \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                   \
  }
#define STORE(PLANE) "  stmia.w " PLANE "!, {r5, r6, r7, r8}\n"
#define STORE1(X, PLANE) "  str " X ", [" PLANE "], #4\n"
#define EVEN(X, WORD) "  sxtb16 " X ", " WORD "\n"
#define ODD(X, WORD) "  sxtb16 " X ", " WORD ", ror #8\n"
#define LOW(X, A_WORD, B_WORD) "  pkhbt " X ", " A_WORD ", " B_WORD ", lsl #16\n"
#define HIGH(X, A_WORD, B_WORD) "  pkhtb " X ", " B_WORD ", " A_WORD ", asr #16\n"
#define SECOND "  add r2, r0, r6\n"
#define THIRD "  add r3, r2, r6\n"
#define BEHIND(LAST) "  mov r0, " LAST "\n  ldr r6, [sp, #12]\n" SECOND

EXPAND(expand_2, "", "",
       "  ldr r5, [r1], #4\n  ldr r7, [r1], #4\n" EVEN("r9", "r5") ODD("r10", "r5") EVEN("r11", "r7") ODD("r12", "r7")
       LOW("r5", "r9", "r10") HIGH("r6", "r9", "r10") LOW("r7", "r11", "r12") HIGH("r8", "r11", "r12") STORE("r0"),
       "  ldrsb r5, [r1], #1\n  ldrsb r6, [r1], #1\n" LOW("r5", "r5", "r6") STORE1("r5", "r0"), "")
/* The words begin with pixels 0, 1, 2 and a byte before 3: nothing behind the input is read. The low half of r12 is the middle
 * channel before. */
EXPAND(expand_3, SECOND, STORE1("r5", "r2") "  mov r12, r5\n",
       "  ldr r5, [r1], #3\n  ldr r6, [r1], #3\n  ldr r7, [r1], #2\n  ldr r8, [r1], #4\n"
       ODD("r9", "r5") ODD("r10", "r6") ODD("r11", "r7") "  sxtb16 r3, r8, ror #16\n"
       EVEN("r5", "r5") EVEN("r6", "r6") EVEN("r7", "r7") ODD("r8", "r8") STORE("r0")
       LOW("r5", "r9", "r12") LOW("r6", "r10", "r9") LOW("r7", "r11", "r10") LOW("r12", "r3", "r11")
       "  stmia.w r2!, {r5, r6, r7, r12}\n",
       "  ldrsb r5, [r1], #1\n  ldrsb r6, [r1], #1\n  ldrsb r7, [r1], #1\n" LOW("r5", "r5", "r7") STORE1("r5", "r0")
       LOW("r12", "r6", "r12") STORE1("r12", "r2"),
       BEHIND("r2"))
EXPAND(expand_4, SECOND, STORE1("r5", "r2"),
       "  ldmia.w r1!, {r9, r10, r11, r12}\n" EVEN("r5", "r9") EVEN("r6", "r10") EVEN("r7", "r11") EVEN("r8", "r12") STORE("r0")
       ODD("r5", "r9") ODD("r6", "r10") ODD("r7", "r11") ODD("r8", "r12") STORE("r2"),
       "  ldr r9, [r1], #4\n" EVEN("r5", "r9") ODD("r6", "r9") STORE1("r5", "r0") STORE1("r6", "r2"),
       BEHIND("r2"))
EXPAND(expand_5, SECOND THIRD, STORE1("r5", "r2") STORE1("r5", "r3"),
       "  ldr r9, [r1], #5\n  ldr r10, [r1], #5\n  ldr r11, [r1], #5\n  ldr r12, [r1], #5\n"
       EVEN("r5", "r9") EVEN("r6", "r10") EVEN("r7", "r11") EVEN("r8", "r12") STORE("r0")
       ODD("r5", "r9") ODD("r6", "r10") ODD("r7", "r11") ODD("r8", "r12") STORE("r2")
       "  ldrsb r5, [r1, #-16]\n  ldrsb r6, [r1, #-11]\n  ldrsb r7, [r1, #-6]\n  ldrsb r8, [r1, #-1]\n" STORE("r3"),
       "  ldr r9, [r1], #5\n" EVEN("r5", "r9") ODD("r6", "r9") "  ldrsb r7, [r1, #-1]\n" STORE1("r5", "r0") STORE1("r6", "r2")
       STORE1("r7", "r3"),
       BEHIND("r3") THIRD)
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

static void expand_to(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p, int32_t channels) {
  const int32_t planes = (channels + 1) / 2, pixels = 4 * p->fours + p->ones;
  for (; rows > 0; --rows, from += p->in_row) {
    for (int32_t i = 0; i < planes; ++i) {
      for (int32_t column = -1; column < pixels; ++column) {
        const int8_t *at = from + column * channels + (channels == 2 ? 0 : i % 2 + i / 2 * 4);
        const int32_t second = channels == 2 ? 1 : 2, zero = ek_low_half((uint32_t)p->in_zero);
        if (channels == 3 && i == 1) {
          *to++ = ek_pack_low((uint32_t)(column < 0 ? zero : at[0]), (uint32_t)(column < 1 ? zero : at[-3]));
        } else {
          *to++ = column < 0 ? (uint32_t)p->in_zero : ek_pack_low((uint32_t)at[0], (uint32_t)(i == 2 ? 0 : at[second]));
        }
      }
    }
  }
  *to = (uint32_t)p->in_zero;
}

#define TWIN(CHANNELS)                                                                       \
  static void lines_##CHANNELS(const outputs_t *o) { lines_of(o, CHANNELS, 1); }              \
  static void expand_##CHANNELS(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) { \
    expand_to(to, from, rows, p, CHANNELS);                                                  \
  }
TWIN(2)
TWIN(3)
TWIN(4)
TWIN(5)
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
