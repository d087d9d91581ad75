/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, for layers of so few weights that
 * they may take two bytes each, with the DSP instructions.
 *
 * Blocking: 2 pixels x all channels, 2 channels at a time, 4 taps; the pixels are below each other, in an odd last line side by
 * side. Their taps are expanded to halfwords in a buffer, `columns`: 4 of the first pixel, 4 of the second. The zero point is
 * folded into the bias, and padding is the zero point: no output is at an edge. With stride 1, two windows below each other
 * share all rows but one.
 * Registers: r0 columns, r1 weights and constants, r2-r5 eight halfwords of both pixels, r6-r9 eight weights of both channels,
 * r10 and r11 the second channel's sums, r12 and lr the first's. Everything else is on the stack.
 * Budget: 10 instructions for 4 taps (16 MACs: 0.625 each), 3 for every 32 but the first 4, 26 for the four outputs of a block;
 * of an odd channel 6 for 4 taps and 20 for both outputs. 23 for a pair of pixels, and 21 (15 where rows are shared) for 12 taps
 * of each. Cycles by LDR 2, LDM 1 + n, branch 2: 18 for 4 taps, 1.13 a MAC. With one multiplication an output (_relu): 22 for four
 * outputs, 18 for both of an odd channel. */
#include "edgekit/conv_2d_halves_dsp.h"

#include <stddef.h>

#include "edgekit/relu_dsp.h"

typedef ek_conv_2d_halves_dsp_t params_t;
typedef struct pass pass_t;

/* The taps of both windows to `columns`. In assembly with registers of its own: r0 columns, r1 and r2 the windows, r3 to r12
 * are free, the pass lies on the stack. */
typedef void expand_t(const pass_t *p);

/* Pairs of pixels at equal distances, in the order in which the assembly has them on its stack. */
struct pass {
  int8_t *y[2];
  int32_t zero; /* 8 */
  const int32_t *stream_end, *stream; /* 12: of the pairs of channels; 16 */
  uint32_t *columns;        /* 20 */
  int32_t skip;             /* 24: bytes of code */
  const uint32_t *end;      /* 28: of the columns */
  const int8_t *window[2];  /* 32 */
  expand_t *expand;         /* 40 */
  int32_t step, gap, count; /* 44: from window to window; 48: from the last output of a pixel to the first of the next; 52 */
  int32_t odd;              /* 56: bytes of code to skip for an odd last channel; negative where there is none */
  int32_t rows, pitch;      /* 60: of the kernel; 64: from one to the next */
  int32_t words, back;      /* 68: whole ones of a row; 72: where, from their end, its last word begins; 0 if there is no rest */
  void (*pairs)(const pass_t *p);
};

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(pass_t, stream_end) == 12 && offsetof(pass_t, end) == 28 && offsetof(pass_t, expand) == 40, "pass_t");
_Static_assert(offsetof(pass_t, odd) == 56 && offsetof(pass_t, back) == 72 && sizeof(pass_t) == 80, "pass_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */

#define BYTES(EVEN, ODD) "  sxtb16 " EVEN ", " ODD "\n  sxtb16 " ODD ", " ODD ", ror #8\n"
#define WORD(A, B)                                                                                       \
  "  ldr.w r5, " A "\n"                                                                                  \
  "  ldr.w r7, " B "\n" BYTES("r4", "r5") BYTES("r6", "r7")                                              \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"
#define NEXT_WORD "  adds r1, #4\n  adds r2, #4\n"
/* A word of three rows: of any two windows; of those whose rows are shared but one. */
#define APART WORD("[r1]", "[r2]") WORD("[r1, r3]", "[r2, r3]") WORD("[r1, r3, lsl #1]", "[r2, r3, lsl #1]")
#define SHARED                                                                                           \
  "  ldr.w r5, [r1]\n"                                                                                   \
  "  ldr.w r7, [r1, r3]\n"                                                                               \
  "  ldr.w r9, [r1, r3, lsl #1]\n"                                                                       \
  "  ldr.w r11, [r2, r3, lsl #1]\n" BYTES("r4", "r5") BYTES("r6", "r7") BYTES("r8", "r9") BYTES("r10", "r11") \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"                                                                    \
  "  stmia.w r0!, {r6, r7, r8, r9}\n"                                                                    \
  "  stmia.w r0!, {r8, r9, r10, r11}\n"
/* One tap that is left of each of three rows. What is in the upper half of r5 and r7 meets weights of 0. */
#define ONES_APART                                     \
  "  ldrsb.w r4, [r1]\n"                               \
  "  ldrsb.w r5, [r1, r3]\n"                           \
  "  ldrsb.w r8, [r1, r3, lsl #1]\n"                   \
  "  ldrsb.w r6, [r2]\n"                               \
  "  ldrsb.w r7, [r2, r3]\n"                           \
  "  ldrsb.w r9, [r2, r3, lsl #1]\n"                   \
  "  pkhbt r4, r4, r8, lsl #16\n"                      \
  "  pkhbt r6, r6, r9, lsl #16\n"                      \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"
#define ONES_SHARED                                    \
  "  ldrsb.w r4, [r1]\n"                               \
  "  ldrsb.w r5, [r1, r3]\n"                           \
  "  ldrsb.w r7, [r1, r3, lsl #1]\n"                   \
  "  ldrsb.w r6, [r2, r3, lsl #1]\n"                   \
  "  pkhbt r4, r4, r7, lsl #16\n"                      \
  "  pkhbt r6, r5, r6, lsl #16\n"                      \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"
/* Two taps: those of two rows are one word, in r8 and r9; of the third row they are in r6 and r7. */
#define TWOS                                                                                     \
  BYTES("r10", "r11") "  mov r9, r8\n" BYTES("r8", "r9") "  stmia.w r0!, {r8, r9, r10, r11}\n"    \
  "  sxtb16 r4, r6\n"                                                                            \
  "  sxtb16 r5, r6, ror #8\n" BYTES("r6", "r7") "  stmia.w r0!, {r4, r5, r6, r7}\n"
#define TWOS_APART                                     \
  "  ldrh.w r4, [r1]\n"                                \
  "  ldrh.w r5, [r1, r3]\n"                            \
  "  ldrh.w r6, [r1, r3, lsl #1]\n"                    \
  "  ldrh.w r9, [r2]\n"                                \
  "  ldrh.w r10, [r2, r3]\n"                           \
  "  ldrh.w r7, [r2, r3, lsl #1]\n"                    \
  "  orr r8, r4, r5, lsl #16\n"                        \
  "  orr r11, r9, r10, lsl #16\n" TWOS
#define TWOS_SHARED                                    \
  "  ldrh.w r4, [r1]\n"                                \
  "  ldrh.w r5, [r1, r3]\n"                            \
  "  ldrh.w r6, [r1, r3, lsl #1]\n"                    \
  "  ldrh.w r7, [r2, r3, lsl #1]\n"                    \
  "  orr r8, r4, r5, lsl #16\n"                        \
  "  orr r11, r5, r6, lsl #16\n" TWOS

#define EXPAND(NAME, TEXT) \
  __attribute__((naked, noinline)) static void NAME(const pass_t *p) { __asm__ volatile("  ldr r3, [sp, #64]\n" TEXT "  bx lr\n"); }
#define THREE(NAME, WORDS)          \
  EXPAND(NAME, "  ldr r12, [sp, #68]\n"         \
               "1:\n" WORDS NEXT_WORD           \
               "  subs r12, r12, #1\n"          \
               "  bne 1b\n"                     \
               "  ldr r12, [sp, #72]\n"         \
               "  cmp r12, #0\n"                \
               "  it eq\n"                      \
               "  bxeq lr\n"                    \
               "  add r1, r12\n"                \
               "  add r2, r12\n" WORDS)
EXPAND(three_9, APART NEXT_WORD APART NEXT_WORD ONES_APART)
EXPAND(three_9_shared, SHARED NEXT_WORD SHARED NEXT_WORD ONES_SHARED)
EXPAND(three_6, APART NEXT_WORD TWOS_APART)
EXPAND(three_6_shared, SHARED NEXT_WORD TWOS_SHARED)
THREE(three, APART)
THREE(three_shared, SHARED)
EXPAND(rows, "  mov r8, r1\n"
             "  mov r9, r2\n"
             "  ldr r10, [sp, #60]\n"
             "  ldr r11, [sp, #72]\n"
             "1:\n"
             "  ldr r12, [sp, #68]\n"
             "2:\n" WORD("[r1], #4", "[r2], #4")
             "  subs r12, r12, #1\n"
             "  bne 2b\n"
             "  cmp r11, #0\n"
             "  beq 3f\n"
             "  add r1, r11\n"
             "  add r2, r11\n" WORD("[r1]", "[r2]")
             "3:\n"
             "  add r8, r3\n"
             "  add r9, r3\n"
             "  mov r1, r8\n"
             "  mov r2, r9\n"
             "  subs r10, r10, #1\n"
             "  bne 1b\n")

#define ADD(D, X, W, TO) "  smlad " D ", " X ", " W ", " TO "\n"
/* Of 4 taps; the first ones begin with the biases. */
#define FOUR(FIRST, SECOND)                                          \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n"                                \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n"                                \
  ADD("lr", "r4", "r6", FIRST) ADD("r12", "r2", "r6", "r12")         \
  ADD("lr", "r5", "r7", "lr") ADD("r12", "r3", "r7", "r12")          \
  ADD("r11", "r4", "r8", SECOND) ADD("r10", "r2", "r8", "r10")       \
  ADD("r11", "r5", "r9", "r11") ADD("r10", "r3", "r9", "r10")
#define FOUR_MORE FOUR("lr", "r11")
#define SINGLE_MORE                                                  \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n"                                \
  "  ldmia.w r1!, {r6, r7}\n"                                        \
  ADD("r11", "r4", "r6", "r11") ADD("r10", "r2", "r6", "r10")        \
  ADD("r11", "r5", "r7", "r11") ADD("r10", "r3", "r7", "r10")
#define FINISH(D, MULTIPLIER, DIVIDER)         \
  "  smmulr " D ", " D ", " MULTIPLIER "\n"    \
  "  smmlar " D ", " D ", " DIVIDER ", r3\n"   \
  "  ssat " D ", #8, " D "\n"
#define OUTPUTS                                                                                           \
  "  ldmia.w sp, {r0, r2, r3, r8}\n" FINISH("r12", "r4", "r5") FINISH("lr", "r4", "r5")                   \
  FINISH("r10", "r6", "r7") FINISH("r11", "r6", "r7")
#define SINGLE_OUTPUTS "  ldmia.w sp, {r0, r2, r3}\n" FINISH("r10", "r6", "r7") FINISH("r11", "r6", "r7")
/* The same for one multiplication; without a zero point the stream's end takes its place. */
#define RELU(D, MULTIPLIER, START) EK_RELU_OF(D, MULTIPLIER, START) EK_RELU_SATURATE(D)
#define RELU_OUTPUTS                                                                                      \
  "  ldmia.w sp, {r0, r2, r8}\n" RELU("r12", "r4", "r5") RELU("lr", "r4", "r5")                           \
  RELU("r10", "r6", "r7") RELU("r11", "r6", "r7")
#define RELU_SINGLE_OUTPUTS "  ldrd r0, r2, [sp]\n" RELU("r10", "r6", "r7") RELU("r11", "r6", "r7")

/* r4 bytes from outputs to outputs, r5 pairs left, r0 and r2 the outputs. */
#define NEXT_PIXELS                                  \
  "  add r0, r4\n  add r2, r4\n  strd r0, r2, [sp]\n" \
  "  subs r5, r5, #1\n  str r5, [sp, #52]\n"         \
  "  bne.w 1b\n"                                     \
  "  add sp, sp, #80\n"                              \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

/* After the first four taps, the loop of eight fours, of 40 and 24 bytes of code, is entered where the rest is done, or left at
 * once. */
#define PAIRS(NAME, MOVE, FOUR_OUTPUTS, TWO_OUTPUTS)                                                           \
  __attribute__((naked, noinline)) static void NAME(const pass_t *pass) {                                      \
    __asm__ volatile(                                                                                          \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                      \
        "  sub sp, sp, #80\n"                                                                                  \
        "  mov r12, sp\n"                                                                                      \
        "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n" MOVE                                      \
        "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                                          \
        "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                                           \
        "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                                          \
        "1:\n"                                                                                                 \
        "  ldrd r1, r2, [sp, #32]\n"                                                                           \
        "  ldrd r4, r3, [sp, #40]\n"                                                                           \
        "  add r5, r1, r3\n"                                                                                   \
        "  add r6, r2, r3\n"                                                                                   \
        "  strd r5, r6, [sp, #32]\n"                                                                           \
        "  ldr r0, [sp, #20]\n"                                                                                \
        "  blx r4\n"                                                                                           \
        "  ldrd r8, r1, [sp, #12]\n"                                                                           \
        "  cmp r1, r8\n"                                                                                       \
        "  beq.w 5f\n"                                                                                         \
        "  .p2align 2\n"                                                                                       \
        "2:\n"                                                                                                 \
        "  ldr.w r0, [sp, #20]\n"                                                                              \
        "  ldmia.w r1!, {r10, r12}\n" FOUR("r12", "r10")                                                       \
        "  ldr.w r2, [sp, #24]\n"                                                                              \
        "  add pc, r2\n"                                                                                       \
        "  nop\n"                                                                                              \
        "3:\n" FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE                 \
        "  ldr.n r2, [sp, #28]\n"                                                                              \
        "  cmp.n r0, r2\n"                                                                                     \
        "  bne.w 3b\n"                                                                                         \
        "  ldmia.w r1!, {r4, r5, r6, r7}\n"                                                                    \
        FOUR_OUTPUTS                                                                                           \
        "  strb r12, [r0], #1\n"                                                                               \
        "  strb r10, [r0], #1\n"                                                                               \
        "  strb lr, [r2], #1\n"                                                                                \
        "  strb r11, [r2], #1\n"                                                                               \
        "  strd r0, r2, [sp]\n"                                                                                \
        "  cmp r1, r8\n"                                                                                       \
        "  bne.w 2b\n"                                                                                         \
        "4:\n"                                                                                                 \
        "  ldr.n r2, [sp, #56]\n"                                                                              \
        "  cmp r2, #0\n"                                                                                       \
        "  bge.n 5f\n"                                                                                         \
        "  ldrd r4, r5, [sp, #48]\n"                                                                           \
        "  ldrd r0, r2, [sp]\n" NEXT_PIXELS                                                                    \
        "  .p2align 2\n"                                                                                       \
        "5:\n" /* an odd channel */                                                                            \
        "  ldr.w r0, [sp, #20]\n"                                                                              \
        "  ldmia.w r1!, {r6, r7, r10}\n"                                                                       \
        "  ldmia.w r0!, {r2, r3, r4, r5}\n"                                                                    \
        ADD("r11", "r4", "r6", "r10") ADD("r10", "r2", "r6", "r10")                                            \
        ADD("r11", "r5", "r7", "r11") ADD("r10", "r3", "r7", "r10")                                            \
        "  ldr.w r2, [sp, #56]\n"                                                                              \
        "  add pc, r2\n"                                                                                       \
        "  nop\n"                                                                                              \
        "6:\n" SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE \
        "  ldr.n r2, [sp, #28]\n"                                                                              \
        "  cmp.n r0, r2\n"                                                                                     \
        "  bne.w 6b\n"                                                                                         \
        "  ldmia.w r1!, {r6, r7}\n"                                                                            \
        TWO_OUTPUTS                                                                                            \
        "  strb r10, [r0], #1\n"                                                                               \
        "  strb r11, [r2], #1\n"                                                                               \
        "  ldrd r4, r5, [sp, #48]\n" NEXT_PIXELS);                                                             \
  }
PAIRS(pairs_of, "", OUTPUTS, SINGLE_OUTPUTS)
PAIRS(relu_pairs_of, "  mov r3, r4\n", RELU_OUTPUTS, RELU_SINGLE_OUTPUTS)
#pragma GCC diagnostic pop

#else

static uint32_t *word(uint32_t *to, uint32_t a, uint32_t b) {
  to[0] = ek_sxtb16(a);
  to[1] = ek_sxtb16_odd(a);
  to[2] = ek_sxtb16(b);
  to[3] = ek_sxtb16_odd(b);
  return to + 4;
}

/* The word at `at` of three rows. */
static uint32_t *three_words(const pass_t *p, uint32_t *to, int32_t at) {
  for (int32_t row = 0; row < 3; ++row, at += p->pitch) {
    to = word(to, ek_load4(p->window[0] + at), ek_load4(p->window[1] + at));
  }
  return to;
}
static void three(const pass_t *p) {
  uint32_t *to = p->columns;
  for (int32_t i = 0; i < p->words; ++i) {
    to = three_words(p, to, 4 * i);
  }
  if (p->back != 0) {
    three_words(p, to, 4 * p->words + p->back);
  }
}
/* `left` taps at the ends of three rows. */
static void ends(const pass_t *p, int32_t left) {
  int8_t taps[2][8] = {{0}, {0}};
  for (int32_t row = 0; row < 3; ++row) {
    for (int32_t i = 0; i < left; ++i) {
      taps[0][row * left + i] = p->window[0][row * p->pitch + 4 * p->words + i];
      taps[1][row * left + i] = p->window[1][row * p->pitch + 4 * p->words + i];
    }
  }
  uint32_t *to = p->columns + 12 * p->words;
  for (int32_t i = 0; i < 3 * left; i += 4) {
    to = word(to, ek_load4(taps[0] + i), ek_load4(taps[1] + i));
  }
}
static void three_rest(const pass_t *p) {
  for (int32_t i = 0; i < p->words; ++i) {
    three_words(p, p->columns + 12 * i, 4 * i);
  }
  ends(p, 4 + p->back);
}
#define three_9 three_rest
#define three_9_shared three_rest
#define three_6 three_rest
#define three_6_shared three_rest
#define three_shared three

static void rows(const pass_t *p) {
  uint32_t *to = p->columns;
  for (int32_t row = 0; row < p->rows; ++row) {
    const int8_t *a = p->window[0] + row * p->pitch, *b = p->window[1] + row * p->pitch;
    for (int32_t i = 0; i < 4 * p->words; i += 4) {
      to = word(to, ek_load4(a + i), ek_load4(b + i));
    }
    if (p->back != 0) {
      to = word(to, ek_load4(a + 4 * p->words + p->back), ek_load4(b + 4 * p->words + p->back));
    }
  }
}

/* Up to two channels of both pixels; the words of the stream that were read. */
static int32_t channels_of(const pass_t *p, const int32_t *stream, int32_t channels, int8_t *y[2], int relu) {
  const int32_t fours = (int32_t)(p->end - p->columns) / 4, words = 2 * channels * fours + channels;
  for (int32_t i = 0; i < 2 * channels; ++i) {
    const int32_t pixel = i % 2, channel = i / 2, *constants = stream + words + 2 * channel;
    int32_t sum = channels == 2 ? stream[1 - channel] : stream[2];
    for (int32_t k = 0; k < 2 * fours; ++k) {
      const int32_t at = channels == 2 ? 2 + k / 2 * 4 + k % 2 + 2 * channel : k + (k > 1);
      sum = ek_smlad(p->columns[k / 2 * 4 + k % 2 + 2 * pixel], (uint32_t)stream[at], sum);
    }
    *y[pixel]++ = relu ? ek_requantize_relu(sum, constants[0], constants[1])
                       : ek_requantize(sum, constants[0], constants[1], p->zero);
  }
  return words + 2 * channels;
}

static void all_pairs(const pass_t *pass, int relu) {
  pass_t p = *pass;
  for (; p.count > 0; --p.count) {
    const int32_t *stream = p.stream;
    p.expand(&p);
    while (stream != p.stream_end) {
      stream += channels_of(&p, stream, 2, p.y, relu);
    }
    if (p.odd >= 0) {
      channels_of(&p, stream, 1, p.y, relu);
    }
    for (int32_t i = 0; i < 2; ++i) {
      p.y[i] += p.gap;
      p.window[i] += p.step;
    }
  }
}

static void pairs_of(const pass_t *pass) { all_pairs(pass, 0); }
static void relu_pairs_of(const pass_t *pass) { all_pairs(pass, 1); }

#endif

/* How pairs of windows are expanded: below each other, and others. */
static void choose(const params_t *p, pass_t *pass, expand_t *found[2]) {
  const int shared = p->stride_h == p->dilation_h;
  pass->words = p->kernel_row / 4;
  pass->back = p->kernel_row % 4 == 0 ? 0 : p->kernel_row % 4 - 4;
  found[0] = found[1] = rows;
  if (p->kernel_h == 3) {
    found[1] = p->kernel_row == 9 ? three_9 : p->kernel_row == 6 ? three_6 : three;
    found[0] = !shared ? found[1] : p->kernel_row == 9 ? three_9_shared : p->kernel_row == 6 ? three_6_shared : three_shared;
  }
}

/* `count` pairs from `x` and `y` on; the second pixel's window and output lie `right` and `apart` bytes on. */
__attribute__((noinline)) static void run(pass_t *pass, const int8_t *x, int32_t right, int8_t *y, int32_t apart, int32_t count) {
  pass->window[0] = x;
  pass->window[1] = x + right;
  pass->y[0] = y;
  pass->y[1] = y + apart;
  pass->count = count;
  pass->pairs(pass);
}

/* Lines of outputs from `y` on whose first window begins at `x`. */
static void lines_of(const params_t *p, pass_t *pass, expand_t *const expand[2], const int8_t *x, int8_t *y, int32_t lines) {
  const int32_t line = p->out_w * p->out_c, down = p->stride_h * p->pitch;
  pass->expand = expand[0];
  pass->step = p->stride;
  pass->gap = 0;
  for (; lines > 1; lines -= 2, x += 2 * down, y += 2 * line) {
    run(pass, x, down, y, line, p->out_w);
  }
  if (lines == 0) {
    return;
  }
  pass->expand = expand[1];
  pass->step = 2 * p->stride;
  pass->gap = p->out_c;
  if (p->out_w > 1) {
    run(pass, x, p->stride, y, p->out_c, p->out_w / 2);
  }
  if (p->out_w % 2 != 0) { /* one pixel, twice */
    run(pass, x + (p->out_w - 1) * p->stride, 0, y + line - p->out_c, 0, 1);
  }
}

__attribute__((noinline)) static void images(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                             void (*pairs)(const pass_t *pass)) {
  const int32_t fours = p->groups - 1, line = p->out_w * p->out_c, down = p->stride_h * p->in_row;
  pass_t pass;
  expand_t *expand[2];
  choose(p, &pass, expand);
  pass.zero = p->out_zero;
  pass.stream = p->stream;
  pass.rows = p->kernel_h;
  pass.pairs = pairs;
  pass.stream_end = p->stream + p->out_c / 2 * (4 * p->groups + 6);
  pass.columns = (uint32_t *)(void *)scratch;
  pass.end = pass.columns + 4 * p->groups;
  pass.skip = fours == 0 ? 8 * 40 + 8 : (-fours & 7) * 40;
  pass.odd = p->out_c % 2 == 0 ? -1 : fours == 0 ? 8 * 24 + 8 : (-fours & 7) * 24;
  pass.pitch = p->dilation_h * p->pitch;
  int8_t *const band = p->copied ? ek_band(p, scratch + 16 * p->groups) : 0;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_h * line) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines;
      const int8_t *from = x + first * down;
      if (p->copied) {
        ek_fill_band(p, x, first * p->stride_h - p->pad_top, ek_band_rows(p, lines), band);
        from = band;
      }
      lines_of(p, &pass, expand, from, y + first * line, lines);
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}

void ek_conv_2d_halves_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, pairs_of);
}

void ek_conv_2d_halves_relu_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, relu_pairs_of);
}
