/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps of three channels,
 * windows two columns apart, with the DSP instructions.
 *
 * Blocking: 4 pixels of a line, at its end 3, x 1 channel; a row of a window at a time. Each row of the input is expanded to
 * halfwords once. Two pixels are three words, their halfwords (0,2), (1,3), (4,5): so a window begins with every third word, and
 * its 9 halfwords are five words, of the last of which the next window has the other half. The zero point is folded into the bias.
 * What block is next, and where, is a list: lines of one or two blocks take no more than others.
 * Registers: r0 x, r1 stream, r2-r6 weights, r7, r12, lr words of x, r8-r11 sums. Everything else is on the stack.
 * Budget: 27 instructions for a row of four outputs (36 MACs: 0.75 each), 26 to finish them; of three 21 and 23; 15 for a channel;
 * 17 to expand four pixels, 9 to 16 more for a row. Cycles by LDR 2, LDM 1 + n, branch 2: 46 for a row, 1.3 a MAC. */
#include "edgekit/conv_2d_three_dsp.h"

#include <stddef.h>

#include "edgekit/expand_dsp.h"
#include "edgekit/sums_dsp.h"

#define ROWS 3  /* of the kernel */
#define WIDE 20 /* words of the stream of a channel */

typedef ek_conv_2d_three_dsp_t params_t;

/* Outputs of some lines, in the order in which the assembly has them on its stack. */
typedef struct {
  const int32_t *stream;
  int32_t minus, zero, out_c; /* minus: -out_c */
  int32_t unused[2];          /* 16: list and y as they are at the time */
  const uint8_t *x;           /* 24 */
  const int32_t *list;
  int8_t *y;                  /* 32: of the channel */
  const int32_t *stream_end;
} outputs_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(outputs_t, x) == 24 && sizeof(outputs_t) == 40, "outputs_t");
_Static_assert(offsetof(params_t, twos) == 4, "two words in the assembly's order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define NEXT3 "  ldmia.w r0!, {r7, r12, lr}\n"
/* The first row's weights bring the bias in r11, from which the sums begin, the others how far the row is. */
#define FIRST "  ldmia.w r1!, {r2, r3, r4, r5, r6, r11}\n"
#define DOWN "  ldmia.w r1!, {r2, r3, r4, r5, r6, r7}\n  add r0, r7\n"
/* A row of 4 or 3 outputs, whose sums begin from FA, FB, FC; r0 goes on by 9 words. */
#define ROW_4(FA, FB, FC)                                                                         \
  NEXT3 ADD("r8", "r7", "r2", FA) A("r12", "r3") A("lr", "r4")                                    \
  NEXT3 A("r7", "r5") ADD("r9", "r7", "r2", FB) A("r12", "r6") B("r12", "r3") B("lr", "r4")       \
  NEXT3 B("r7", "r5") ADD("r10", "r7", "r2", FC) B("r12", "r6") C("r12", "r3") C("lr", "r4")      \
  "  ldmia.w r0, {r7, r12, lr}\n" C("r7", "r5") D("r7", "r2") C("r12", "r6") D("r12", "r3") D("lr", "r4") \
  "  ldrd r7, r12, [r0, #12]\n" D("r7", "r5") D("r12", "r6")
#define ROW_3(FA, FB, FC)                                                                         \
  NEXT3 ADD("r8", "r7", "r2", FA) A("r12", "r3") A("lr", "r4")                                    \
  NEXT3 A("r7", "r5") ADD("r9", "r7", "r2", FB) A("r12", "r6") B("r12", "r3") B("lr", "r4")       \
  NEXT3 B("r7", "r5") ADD("r10", "r7", "r2", FC) B("r12", "r6") C("r12", "r3") C("lr", "r4")      \
  "  ldrd r7, r12, [r0]\n" C("r7", "r5") C("r12", "r6")
#define WINDOWS(ROW) FIRST ROW("r11", "r11", "r11") DOWN ROW("r8", "r9", "r10") DOWN ROW("r8", "r9", "r10")
/* N is set where the next block has three outputs or there is none, then C, too. */
#define NEXT_BLOCK                                                                                \
  "  ldr r7, [r6], #4\n"                                                                          \
  "  lsls r2, r7, #31\n"                                                                          \
  "  add.w r0, r0, r7, asr #2\n"                                                                  \
  "  strd r6, lr, [sp, #16]\n"                                                                    \
  "  bpl.w 3b\n"

__attribute__((naked, noinline)) static void lines_of(const outputs_t *outputs) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"
      "  push {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"
      "  b.w 2f\n"
      "3:\n" WINDOWS(ROW_4)
      FOUR_OUTPUTS("  ldmia.w sp, {r1, r2, r4, r5, r6, lr}\n") NEXT_BLOCK
      "  bcs.w 1f\n"
      "4:\n" WINDOWS(ROW_3)
      THREE_OUTPUTS("  ldmia.w sp, {r1, r2, r4, r5, r6, lr}\n") NEXT_BLOCK
      "  bcc.w 4b\n"
      "1:\n" /* the next channel */
      "  ldr r2, [sp, #36]\n"
      "  adds r1, #80\n"
      "  cmp r1, r2\n"
      "  beq 5f\n"
      "  str r1, [sp]\n"
      "2:\n"
      "  add r2, sp, #24\n"
      "  ldmia r2, {r0, r6, r7}\n"
      "  mov lr, r7\n"
      "  adds r7, #1\n"
      "  str r7, [sp, #32]\n" NEXT_BLOCK
      "  b.w 4b\n"
      "5:\n"
      "  add sp, #40\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}

/* Two pixels to three words, with r12 and lr, whose contents do not matter then. */
#define TWO(X, Y, Z)                               \
  "  ldr r12, [r1], #2\n"                          \
  "  ldr lr, [r1], #4\n"                           \
  "  sxtb16 " X ", r12\n"                          \
  "  sxtb16 " Y ", r12, ror #8\n"                  \
  "  sxtb16 r12, lr\n"                             \
  "  sxtb16 lr, lr, ror #8\n"                      \
  "  pkhtb " Z ", lr, r12, asr #16\n"
/* r2 zero, r3 rows, r4 turns, r5-r10 words, r11 flags. */
__attribute__((naked, noinline)) static void expand(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  mov r4, r2\n"
      "  ldr r2, [r3, #8]\n"
      "  ldrd r11, r3, [r3]\n"
      "  push {r3}\n"
      "  mov r3, r4\n"
      "1:\n"
      "  lsls r4, r11, #31\n"
      "  bpl 2f\n"
      "  ldrsb r6, [r1], #1\n"
      "  ldrsb r7, [r1], #1\n"
      "  ldrsb r8, [r1], #1\n"
      "  mov r5, r2\n"
      "  pkhbt r6, r2, r6, lsl #16\n"
      "  pkhbt r7, r7, r8, lsl #16\n"
      "  stmia.w r0!, {r5, r6, r7}\n"
      "2:\n"
      "  bcc 3f\n" TWO("r5", "r6", "r7")
      "  stmia.w r0!, {r5, r6, r7}\n"
      "3:\n"
      "  ldr r4, [sp]\n" /* at least 1: lines have three outputs or more */
      "4:\n" TWO("r5", "r6", "r7") TWO("r8", "r9", "r10")
      "  subs r4, #1\n"
      "  stmia.w r0!, {r5, r6, r7, r8, r9, r10}\n"
      "  bne 4b\n"
      "  lsls r4, r11, #29\n"
      "  bmi 5f\n"
      "  strd r2, r2, [r0], #8\n"
      "  subs r3, #1\n"
      "  bne 1b\n"
      "  b 6f\n"
      "5:\n"
      "  ldrsb r5, [r1], #1\n"
      "  ldrsb r6, [r1], #1\n"
      "  ldrsb r7, [r1], #1\n"
      "  add.w r1, r1, r11, lsr #8\n"
      "  pkhbt r5, r5, r7, lsl #16\n"
      "  strd r5, r6, [r0], #8\n"
      "  subs r3, #1\n"
      "  bne 1b\n"
      "6:\n"
      "  add sp, #4\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

static const uint8_t HALVES[] = {0, 2, 1, 3, 4, 5}; /* of two pixels: the halfwords of their three words */

static int8_t output(const outputs_t *o, const int32_t *w, const uint8_t *x) {
  int32_t sum = w[5];
  for (int32_t row = 0; row < ROWS; ++row, x += w[11] + 36) {
    const uint32_t *words = (const uint32_t *)(const void *)x;
    for (int32_t i = 0; i < 5; ++i) {
      sum = ek_smlad(words[i], (uint32_t)w[6 * row + i], sum);
    }
  }
  return ek_requantize(sum, w[18], w[19], o->zero);
}

static void lines_of(const outputs_t *o) {
  int8_t *channel = o->y;
  for (const int32_t *w = o->stream; w != o->stream_end; w += WIDE) {
    const uint8_t *x = o->x;
    int8_t *y = channel++;
    for (const int32_t *list = o->list; *list != 3; ++list) {
      const int32_t threes = *list & 1;
      x += (*list - threes) / 4;
      for (int32_t i = 0; i < 4 - threes; ++i, y -= o->minus) {
        *y = output(o, w, x + 12 * i);
      }
      x += 2 * (w[11] + 36) + 36;
    }
  }
}

static void expand(uint32_t *to, const int8_t *from, int32_t rows, const params_t *p) {
  const int32_t padded = p->flags & 1, last = (p->flags & 4) != 0;
  const int32_t halves = 6 * (padded + (p->flags >> 1 & 1) + 2 * p->twos) + 3, inside = halves - 3 * padded - 3 * !last;
  for (; rows > 0; --rows, from += p->in_row, to += (halves + 1) / 2) {
    for (int32_t i = 0; i <= halves; ++i) {
      const int32_t at = i / 6 * 6 + HALVES[i % 6] - 3 * padded, outside = at < 0 || at >= inside;
      const uint32_t half = (uint32_t)(outside ? ek_low_half((uint32_t)p->in_zero) : from[at]);
      to[i / 2] = i % 2 == 0 ? half : ek_pack_low(to[i / 2], half);
    }
  }
}

#endif

void ek_conv_2d_three_dsp(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t line = p->out_w * p->out_c, sixteens = (p->pitch + 15) / 16;
  outputs_t o;
  o.stream = p->stream;
  o.stream_end = p->stream + WIDE * p->out_c;
  o.minus = -p->out_c;
  o.out_c = p->out_c;
  o.zero = p->out_zero;
  o.unused[0] = o.unused[1] = 0;
  o.x = scratch + p->start;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines, row = first * p->stride_h - p->pad_top;
      const ek_rows_t rows = ek_rows(row, (lines - 1) * p->stride_h + ROWS, p->in_h);
      uint8_t *const inside = scratch + rows.above * p->pitch, *const below = inside + rows.inside * p->pitch;
      if (n == 0 || p->lines < p->out_h) { /* else the padding is there */
        ek_fill_sixteens((uint32_t *)(void *)scratch, rows.above * sixteens, p->in_zero);
        ek_fill_sixteens((uint32_t *)(void *)below, rows.below * sixteens, p->in_zero);
      }
      expand((uint32_t *)(void *)inside, x + (row + rows.above) * p->in_row, rows.inside, p);
      o.y = y;
      o.list = p->list + (p->lines - lines) * p->blocks;
      lines_of(&o);
      ek_clamp_all(y, lines * line, p->low, p->high);
      y += lines * line;
    }
  }
}
