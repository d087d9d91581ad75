/* Blocks of outputs of one channel, windows of 5x5 and 7x7: the inner loops of depthwise_conv_2d_planes_five_dsp.c and
 * depthwise_conv_2d_planes_seven_dsp.c, which have their budgets.
 * Words of weights of a channel, in the order in which a block takes them: of the first row of words (w0, w1) by column; of the
 * last one (w3, w4), of 7x7 (w5, w6); of those between, from the last one up, by column (w2, w3) and (w1, w2), then, of 7x7,
 * (w4, w5) and (w3, w4) before them. In flash a word has two of these, halved, in bytes 0, 2 and 1, 3. Of 7x7 one stands before
 * the last row's and one behind all that mean nothing. */
#ifndef EDGEKIT_DEPTHWISE_BLOCKS_LARGE_DSP_H
#define EDGEKIT_DEPTHWISE_BLOCKS_LARGE_DSP_H

#include "edgekit/depthwise_strips_of_blocks_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS

/* The stack, beside what depthwise_strips_of_blocks_dsp.h has there: 112 bias, weights; pitch before the last row's. */
#define ALL_OF_5                                                                      \
  "  add lr, sp, #116\n"                                                              \
  "  ldmia.w r12!, {r1, r2, r3, r4, r5}\n"                                            \
  PAIRS("r6", "r7", "r1") PAIRS("r8", "r9", "r2") PAIRS("r10", "r1", "r3")             \
  "  stmia.w lr!, {r6, r7, r8, r9, r10}\n"                                            \
  PAIRS("r6", "r7", "r4") PAIRS("r8", "r9", "r5")                                     \
  "  ldr r10, [sp, #52]\n"                                                            \
  "  str r10, [lr], #4\n"                                                             \
  "  stmia.w lr!, {r1, r6, r7, r8, r9}\n"                                             \
  "  ldmia.w r12!, {r1, r2, r3, r4, r5}\n"                                            \
  PAIRS("r6", "r7", "r1") PAIRS("r8", "r9", "r2") PAIRS("r10", "r11", "r3")            \
  "  stmia.w lr!, {r6, r7, r8, r9, r10, r11}\n"                                       \
  PAIRS("r6", "r7", "r4") PAIRS("r8", "r9", "r5")                                     \
  "  stmia.w lr, {r6, r7, r8, r9}\n"
/* Up to END of the stack, two words of flash at a time; the pitch to a place there. */
#define UNPACK(END)                                   \
  "  add lr, sp, #116\n"                              \
  "  add r11, sp, #" END "\n"                         \
  "  ldr r10, [sp, #52]\n"                            \
  "9:\n"                                              \
  "  ldrd r1, r2, [r12], #8\n"                        \
  PAIRS("r3", "r4", "r1") PAIRS("r5", "r6", "r2")     \
  "  stmia.w lr!, {r3, r4, r5, r6}\n"                 \
  "  cmp lr, r11\n"                                   \
  "  bne 9b\n"
#define PITCH(AT) "  str r10, [sp, #" AT "]\n"
#define ALL_OF_7 UNPACK("292") PITCH("144")
#define PROLOGUE(FRAME, WEIGHTS)             \
  ENTER(FRAME)                               \
  "1:\n"                                     \
  "  ldr.w r12, [sp, #84]\n"                 \
  WEIGHTS                                    \
  "  ldmia.w r12!, {r7, r8, r9}\n"           \
  "  str.w r12, [sp, #84]\n"                 \
  "  strd r7, r8, [sp]\n"                    \
  "  str r9, [sp, #112]\n"                   \
  CHANNEL

/* A column X of two lines to the outputs A and B of a strip: from its first row of words, which finds the bias at the first
 * column, from the last one, and from one between. Then to A alone, the odd line below. */
#define FIRST(A, B, X, W, V) "  smlad " A ", " X ", " W ", r12\n  smlatb " B ", " X ", " W ", r12\n"
#define ABOVE(A, B, X, W, V) "  smlad " A ", " X ", " W ", " A "\n  smlatb " B ", " X ", " W ", " B "\n"
#define BELOW(A, B, X, W, V) "  smlabt " A ", " X ", " W ", " A "\n  smlad " B ", " X ", " W ", " B "\n"
#define BETWEEN(A, B, X, W, V) TAP(A, X, W) TAP(B, X, V)
#define FIRST_ALONE(A, B, X, W, V) ADD(A, X, W, "r12")
#define ALONE(A, B, X, W, V) TAP(A, X, W)
#define BELOW_ALONE(A, B, X, W, V) "  smlabt " A ", " X ", " W ", " A "\n"

/* Two weights or columns. */
#define WEIGHT_2(D, E, AT) "  ldrd " D ", " E ", [sp, #(" AT ")]\n"
#define COLUMN_2(D, E, AT) "  ldrd " D ", " E ", [r0, #" AT "]\n"

/* A column of the window to three outputs of both lines, r7, r8, r9 and r10, r11, r12; of two, r8, r9 and r10, r12. */
#define TO_3(N, W, V, X, Y, Z) N("r7", "r10", X, W, V) N("r8", "r11", Y, W, V) N("r9", "r12", Z, W, V)
#define TO_2(N, W, V, X, Y, Z) N("r8", "r10", X, W, V) N("r9", "r12", Y, W, V)

/* A row whose outputs take a word of weights a column, the first of which is in r6 or, of two, in r7; AT is where they are. */
#define ROW_3_5(ONE, N, AT)                                                                       \
  "  ldmia.w r0, {r1, r2, r3, r4, r5}\n" TO_3(ONE, "r6", "", "r1", "r2", "r3")                    \
  WEIGHT_2("r6", "r1", AT "+4") TO_3(N, "r6", "", "r2", "r3", "r4") TO_3(N, "r1", "", "r3", "r4", "r5") \
  COLUMN_2("r2", "r3", "20") WEIGHT_2("r1", "r6", AT "+12")                                       \
  TO_3(N, "r1", "", "r4", "r5", "r2") TO_3(N, "r6", "", "r5", "r2", "r3")
#define ROW_3_7(ONE, N, AT)                                                                       \
  ROW_3_5(ONE, N, AT) COLUMN_2("r4", "r5", "28") WEIGHT_2("r1", "r6", AT "+20")                   \
  TO_3(N, "r1", "", "r2", "r3", "r4") TO_3(N, "r6", "", "r3", "r4", "r5")
#define ROW_2_5(ONE, N, AT)                                                                       \
  "  ldmia.w r0, {r1, r2, r3, r4, r5, r6}\n" TO_2(ONE, "r7", "", "r1", "r2", )                    \
  WEIGHT_2("r7", "r11", AT "+4") TO_2(N, "r7", "", "r2", "r3", ) TO_2(N, "r11", "", "r3", "r4", ) \
  WEIGHT_2("r7", "r11", AT "+12") TO_2(N, "r7", "", "r4", "r5", ) TO_2(N, "r11", "", "r5", "r6", )
#define ROW_2_7(ONE, N, AT)                                                                       \
  ROW_2_5(ONE, N, AT) COLUMN_2("r1", "r2", "24") WEIGHT_2("r7", "r11", AT "+20")                  \
  TO_2(N, "r7", "", "r6", "r1", ) TO_2(N, "r11", "", "r1", "r2", )
/* A row between. */
#define MORE_3(N, AT, X, Y, Z) WEIGHT_2("r4", "r5", AT) TO_3(N, "r4", "r5", X, Y, Z)
#define MORE_2(N, AT, X, Y) WEIGHT_2("r7", "r11", AT) TO_2(N, "r7", "r11", X, Y, )
#define INNER_3_5(N, AT)                                                                          \
  "  ldmia.w r0, {r1, r2, r3}\n" MORE_3(N, AT, "r1", "r2", "r3") COLUMN_2("r1", "r6", "12")        \
  MORE_3(N, AT "+8", "r2", "r3", "r1") MORE_3(N, AT "+16", "r3", "r1", "r6") COLUMN_2("r2", "r3", "20") \
  MORE_3(N, AT "+24", "r1", "r6", "r2") MORE_3(N, AT "+32", "r6", "r2", "r3")
#define INNER_3_7(N, AT)                                                                          \
  INNER_3_5(N, AT) COLUMN_2("r1", "r6", "28")                                                     \
  MORE_3(N, AT "+40", "r2", "r3", "r1") MORE_3(N, AT "+48", "r3", "r1", "r6")
#define INNER_2_5(N, AT)                                                                          \
  "  ldmia.w r0, {r1, r2, r3, r4, r5, r6}\n" MORE_2(N, AT, "r1", "r2") MORE_2(N, AT "+8", "r2", "r3") \
  MORE_2(N, AT "+16", "r3", "r4") MORE_2(N, AT "+24", "r4", "r5") MORE_2(N, AT "+32", "r5", "r6")
#define INNER_2_7(N, AT)                                                                          \
  INNER_2_5(N, AT) COLUMN_2("r1", "r2", "24") MORE_2(N, AT "+40", "r6", "r1") MORE_2(N, AT "+48", "r1", "r2")

/* A block of COLUMNS of outputs: the first row of words, the last one, then those between, up to where the next block begins. */
#define UP(AT) "  ldr r1, [sp, #" AT "]\n  sub r0, r0, r1\n"
#define SUMS_5(W, ROW, INNER, ONE, N, LAST, BOTH)                                                 \
  WEIGHT_2("r12", W, "112") ROW(ONE, N, "116")                                                    \
  WEIGHT_2("r1", W, "136") "  add r0, r0, r1, lsl #1\n" ROW(LAST, LAST, "140")                    \
  UP("136") INNER(BOTH, "160")
#define SUMS_7(W, ROW, INNER, ONE, N, LAST, BOTH)                                                 \
  WEIGHT_2("r12", W, "112") ROW(ONE, N, "116")                                                    \
  WEIGHT_2("r1", W, "144") "  add r0, r0, r1, lsl #1\n  add r0, r0, r1\n" ROW(LAST, LAST, "148")  \
  UP("144") INNER(BOTH, "176") UP("144") INNER(BOTH, "232")
#define STRIP(SUMS, W, ROW, INNER) SUMS(W, ROW, INNER, FIRST, ABOVE, BELOW, BETWEEN)
#define LINE(SUMS, W, ROW, INNER) ODD SUMS(W, ROW, INNER, FIRST_ALONE, ALONE, BELOW_ALONE, ALONE)

#define FRAME_5 "204"
#define FRAME_7 "292"
#define OUTPUTS(NAME, TAPS, FINISH)                                                                                     \
  __attribute__((naked, noinline)) static void NAME(const strips_t *strips __attribute__((unused))) {                    \
    __asm__ volatile(PROLOGUE(FRAME_##TAPS, ALL_OF_##TAPS)                                                               \
                     BEGIN("3") "2:\n" STRIP(SUMS_##TAPS, "r6", ROW_3_##TAPS, INNER_3_##TAPS) FINISH(SIX) STORE_3        \
                     LINE(SUMS_##TAPS, "r6", ROW_3_##TAPS, INNER_3_##TAPS) FINISH(THREE) ABOVE_3 AGAIN("3", "60", "12")  \
                     TWOS BEGIN("6") "5:\n" STRIP(SUMS_##TAPS, "r7", ROW_2_##TAPS, INNER_2_##TAPS) FINISH(FOUR) STORE_2  \
                     LINE(SUMS_##TAPS, "r7", ROW_2_##TAPS, INNER_2_##TAPS) FINISH(TWO) ABOVE_2 AGAIN("6", "68", "8")     \
                     LEAVE(FRAME_##TAPS));                                                                               \
  }

#else

enum { SLOTS = 44 };

/* Of a channel, as the assembly has them on its stack. */
static void weights_of(const int32_t *packed, int32_t pairs, uint32_t *w) {
  for (int32_t i = 0; i < pairs; ++i) {
    const uint32_t four = (uint32_t)packed[i];
    w[2 * i] = ek_sxtab16(ek_sxtb16(four), four);
    w[2 * i + 1] = ek_sxtab16_odd(ek_sxtb16_odd(four), four);
  }
}

static int8_t finished(const int32_t *end, int32_t sum, int32_t zero, int relu) {
  return relu ? ek_requantize_relu(sum, end[0], end[1]) : ek_requantize(sum, end[0], end[1], zero);
}

/* An output of the first or second line of a strip, whose first column of words is at x. */
static int32_t window(const uint32_t *x, int32_t words, const uint32_t *w, int32_t taps, int second, int32_t sum) {
  const uint32_t *last = w + (taps == 5 ? 5 : 8), *inner = last + taps;
  for (int32_t k = 0; k < taps; ++k) {
    const uint32_t end = x[taps / 2 * words + k];
    sum = second ? ek_smlatb(x[k], w[k], sum) : ek_smlad(x[k], w[k], sum);
    sum = second ? ek_smlad(end, last[k], sum) : ek_smlabt(end, last[k], sum);
    for (int32_t row = 1; row < taps / 2; ++row) {
      sum = ek_smlad(x[row * words + k], inner[2 * ((taps / 2 - 1 - row) * taps + k) + second], sum);
    }
  }
  return sum;
}

static void outputs_of(const strips_t *s, int32_t taps, int relu) {
  const int32_t words = s->pitch / 4, pairs = taps == 5 ? 10 : 22, strips = s->bytes / s->pitch + s->odd;
  for (int32_t c = 0; c < PLANES; ++c) {
    const int32_t *of = s->constants + c * (pairs + 3), *end = of + pairs;
    const uint32_t *x = s->x + c * (s->plane / 4);
    int8_t *y = s->y + c;
    uint32_t w[SLOTS];
    weights_of(of, pairs, w);
    for (int32_t strip = 1; strip <= strips; ++strip, x += words) {
      for (int second = 0; second < 2 - (s->odd && strip == strips); ++second, y += s->line_step) {
        for (int32_t i = 0; i < words - taps + 1; ++i) {
          const int32_t sum = window(x + i, words, w, taps, second, end[2]);
          y[i * s->column_step] = finished(end, sum, s->zero, relu);
        }
      }
    }
  }
}

enum { WITH_PLAIN, WITH_RELU };
#define OUTPUTS(NAME, TAPS, FINISH) \
  static void NAME(const strips_t *strips) { outputs_of(strips, TAPS, WITH_##FINISH); }

#endif

#ifdef __cplusplus
}
#endif
#endif
