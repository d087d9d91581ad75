/* Blocks of 1x3 and 1x2 outputs two lines and two columns apart, windows of 5x5 and 7x7: the inner loops of
 * depthwise_conv_2d_planes_five_dsp.c and depthwise_conv_2d_planes_seven_dsp.c for stride 2.
 * Words of weights of a channel: of the first row of words (w0, w1) by column; of the last one w4 (7x7: w6) of two columns; of
 * those between, from the last one up, (w2, w3) by column, then, of 7x7, (w4, w5) before them. In front of all but the first row's
 * is one that means nothing. In flash as for stride 1. */
#ifndef EDGEKIT_DEPTHWISE_BLOCKS_LARGE_TWO_DSP_H
#define EDGEKIT_DEPTHWISE_BLOCKS_LARGE_TWO_DSP_H

#include "edgekit/depthwise_blocks_large_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#if EK_DSP_INSTRUCTIONS

/* The stack, beside what depthwise_strips_of_blocks_dsp.h has there: 112 bias, weights; the pitch instead of what means nothing. */
#define ALL_OF_5_TWO UNPACK("180") PITCH("136") PITCH("152")
#define ALL_OF_7_TWO UNPACK("228") PITCH("144") PITCH("164") PITCH("196")

/* A column of words to an output: of the first row at the first column, which finds the bias in r9; of the last row at even columns
 * and at odd ones. */
#define BIASED(A, X, W) ADD(A, X, W, "r9")
#define EVEN(A, X, W) "  smlabb " A ", " X ", " W ", " A "\n"
#define UNEVEN(A, X, W) "  smlabt " A ", " X ", " W ", " A "\n"
/* To three outputs, r7, r8, r9; to two, r8, r9. */
#define LINE_3(N, W, X, Y, Z) N("r7", X, W) N("r8", Y, W) N("r9", Z, W)
#define LINE_2(N, W, X, Y) N("r8", X, W) N("r9", Y, W)

/* A row, whose first word of weights is in r11; AT is where it was. */
#define COLUMNS_3 "  ldmia.w r0, {r1, r2, r3, r4, r5, r6, r10}\n"
#define COLUMNS_2 "  ldmia.w r0, {r1, r2, r3, r4, r5, r6, r7}\n"
#define WORDS_3_5(ONE, AT)                                                                                              \
  COLUMNS_3 LINE_3(ONE, "r11", "r1", "r3", "r5")                                                                        \
  WEIGHT_2("r11", "r12", AT "+4") LINE_3(TAP, "r11", "r2", "r4", "r6") LINE_3(TAP, "r12", "r3", "r5", "r10")            \
  WEIGHT_2("r11", "r12", AT "+12") COLUMN_2("r1", "r2", "28")                                                           \
  LINE_3(TAP, "r11", "r4", "r6", "r1") LINE_3(TAP, "r12", "r5", "r10", "r2")
#define WORDS_3_7(ONE, AT)                                                                                              \
  WORDS_3_5(ONE, AT) WEIGHT_2("r11", "r12", AT "+20") COLUMN_2("r3", "r4", "36")                                        \
  LINE_3(TAP, "r11", "r6", "r1", "r3") LINE_3(TAP, "r12", "r10", "r2", "r4")
#define WORDS_2_5(ONE, AT)                                                                                              \
  COLUMNS_2 LINE_2(ONE, "r11", "r1", "r3")                                                                              \
  WEIGHT_2("r11", "r12", AT "+4") LINE_2(TAP, "r11", "r2", "r4") LINE_2(TAP, "r12", "r3", "r5")                         \
  WEIGHT_2("r11", "r12", AT "+12") LINE_2(TAP, "r11", "r4", "r6") LINE_2(TAP, "r12", "r5", "r7")
#define WORDS_2_7(ONE, AT)                                                                                              \
  WORDS_2_5(ONE, AT) WEIGHT_2("r11", "r12", AT "+20") COLUMN_2("r1", "r2", "28")                                        \
  LINE_2(TAP, "r11", "r6", "r1") LINE_2(TAP, "r12", "r7", "r2")
/* The last row. */
#define HALVES_3_5(AT)                                                                                                  \
  COLUMNS_3 LINE_3(EVEN, "r11", "r1", "r3", "r5") LINE_3(UNEVEN, "r11", "r2", "r4", "r6")                               \
  WEIGHT_2("r11", "r12", AT "+4") COLUMN_2("r1", "r2", "28")                                                            \
  LINE_3(EVEN, "r11", "r3", "r5", "r10") LINE_3(UNEVEN, "r11", "r4", "r6", "r1") LINE_3(EVEN, "r12", "r5", "r10", "r2")
#define HALVES_3_7(AT)                                                                                                  \
  HALVES_3_5(AT) COLUMN_2("r3", "r4", "36") LINE_3(UNEVEN, "r12", "r6", "r1", "r3")                                     \
  "  ldr r11, [sp, #(" AT "+12)]\n" LINE_3(EVEN, "r11", "r10", "r2", "r4")
#define HALVES_2_5(AT)                                                                                                  \
  COLUMNS_2 LINE_2(EVEN, "r11", "r1", "r3") LINE_2(UNEVEN, "r11", "r2", "r4") WEIGHT_2("r11", "r12", AT "+4")           \
  LINE_2(EVEN, "r11", "r3", "r5") LINE_2(UNEVEN, "r11", "r4", "r6") LINE_2(EVEN, "r12", "r5", "r7")
#define HALVES_2_7(AT)                                                                                                  \
  HALVES_2_5(AT) COLUMN_2("r1", "r2", "28") LINE_2(UNEVEN, "r12", "r6", "r1")                                           \
  "  ldr r11, [sp, #(" AT "+12)]\n" LINE_2(EVEN, "r11", "r7", "r2")

/* The pitch, and a row's first word of weights. */
#define NEXT(AT) WEIGHT_2("r1", "r11", AT)
#define UP_TO(AT) NEXT(AT) "  sub r0, r0, r1\n"
#define SUMS_TWO_5(WORDS, HALVES)                                                                                       \
  WEIGHT_2("r9", "r11", "112") WORDS(BIASED, "116") NEXT("136") "  add r0, r0, r1, lsl #1\n" HALVES("140")              \
  UP_TO("152") WORDS(TAP, "156")
#define SUMS_TWO_7(WORDS, HALVES)                                                                                       \
  WEIGHT_2("r9", "r11", "112") WORDS(BIASED, "116") NEXT("144") "  add r0, r0, r1, lsl #1\n  add r0, r0, r1\n" HALVES("148") \
  UP_TO("164") WORDS(TAP, "168") UP_TO("196") WORDS(TAP, "200")
#define DOWN(LABEL) "  add lr, lr, r4\n  bne.w " LABEL "b\n"

#define FRAME_5_TWO "180"
#define FRAME_7_TWO "228"
#define OUTPUTS_TWO(NAME, TAPS, FINISH)                                                                                 \
  __attribute__((naked, noinline)) static void NAME(const strips_t *strips __attribute__((unused))) {                    \
    __asm__ volatile(PROLOGUE(FRAME_##TAPS##_TWO, ALL_OF_##TAPS##_TWO)                                                   \
                     BEGIN("3") "2:\n" SUMS_TWO_##TAPS(WORDS_3_##TAPS, HALVES_3_##TAPS) FINISH(THREE) ABOVE_3 DOWN("2")  \
                     AGAIN("3", "60", "24")                                                                              \
                     TWOS BEGIN("6") "5:\n" SUMS_TWO_##TAPS(WORDS_2_##TAPS, HALVES_2_##TAPS) FINISH(TWO) ABOVE_2 DOWN("5") \
                     AGAIN("6", "68", "16") LEAVE(FRAME_##TAPS##_TWO));                                                  \
  }

#else

/* An output whose first column of words is at x. */
static int32_t window_two(const uint32_t *x, int32_t words, const uint32_t *w, int32_t taps, int32_t sum) {
  const int32_t below = taps / 2;
  const uint32_t *last = w + taps + 1, *inner = last + below + 2;
  for (int32_t k = 0; k < taps; ++k) {
    sum = ek_smlad(x[k], w[k], sum);
    sum += ek_low_half(x[below * words + k]) * (k % 2 ? ek_high_half(last[k / 2]) : ek_low_half(last[k / 2]));
    for (int32_t row = 1; row < below; ++row) {
      sum = ek_smlad(x[row * words + k], inner[(below - 1 - row) * (taps + 1) + k], sum);
    }
  }
  return sum;
}

static void outputs_of_two(const strips_t *s, int32_t taps, int relu) {
  const int32_t words = s->pitch / 4, pairs = taps == 5 ? 8 : 14;
  for (int32_t c = 0; c < PLANES; ++c) {
    const int32_t *of = s->constants + c * (pairs + 3), *end = of + pairs;
    const uint32_t *x = s->x + c * (s->plane / 4);
    int8_t *y = s->y + c;
    uint32_t w[SLOTS];
    weights_of(of, pairs, w);
    for (int32_t line = 0; line < s->bytes / s->pitch; ++line, x += words, y += s->line_step) {
      for (int32_t i = 0; i < (words - taps) / 2 + 1; ++i) {
        const int32_t sum = window_two(x + 2 * i, words, w, taps, end[2]);
        y[i * s->column_step] = finished(end, sum, s->zero, relu);
      }
    }
  }
}

#define OUTPUTS_TWO(NAME, TAPS, FINISH) \
  static void NAME(const strips_t *strips) { outputs_of_two(strips, TAPS, WITH_##FINISH); }

#endif

#ifdef __cplusplus
}
#endif
#endif
