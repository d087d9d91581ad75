/* Blocks of outputs of one channel: the inner loops of depthwise_conv_2d_planes_dsp.c, which has their budgets. */
#ifndef EDGEKIT_DEPTHWISE_BLOCKS_DSP_H
#define EDGEKIT_DEPTHWISE_BLOCKS_DSP_H

#include "edgekit/depthwise_strips_of_blocks_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CONSTANTS = 6, TAPS = 3 };

#if EK_DSP_INSTRUCTIONS

/* The stack, beside what depthwise_strips_of_blocks_dsp.h has there: 24 weights of a row's first line (w0, w1) by column, bias; 40
 * those of a row's second line (w1, w2), pitch. */
#define PROLOGUE                                                        \
  ENTER("116")                                                          \
  "1:\n"                                                                \
  "  ldr.w r12, [sp, #84]\n"                                            \
  "  ldmia.w r12!, {r4, r5, r6, r7, r8, r9}\n"                          \
  "  str.w r12, [sp, #84]\n"                                            \
  PAIRS("r1", "r10", "r4") PAIRS("r2", "r11", "r5") PAIRS("r3", "r12", "r6") \
  "  add r0, sp, #24\n"                                                 \
  "  strd r7, r8, [sp]\n"                                               \
  "  stmia.w r0, {r1, r2, r3, r9, r10, r11, r12}\n"                     \
  CHANNEL
#define EPILOGUE LEAVE("116")

/* Weights to r1, r2, r3: of a row's first line, with the bias; of its second line, and the next row's address. */
#define ABOVE "  ldrd r1, r2, [sp, #24]\n  ldrd r3, r12, [sp, #32]\n"
#define BELOW "  ldrd r1, r2, [sp, #40]\n  ldrd r3, r4, [sp, #48]\n  add r0, r0, r4\n"
/* A column X of two lines, to the outputs A and B of the strip's two lines: from the first row, of which r1 comes first and
 * finds the bias, and from the second. */
#define ABOVE_1(A, B, X) "  smlad " A ", " X ", r1, r12\n  smlatb " B ", " X ", r1, r12\n"
#define ABOVE_N(A, B, X, W) "  smlad " A ", " X ", " W ", " A "\n  smlatb " B ", " X ", " W ", " B "\n"
#define BELOW_1(A, B, X) BELOW_N(A, B, X, "r1")
#define BELOW_N(A, B, X, W) "  smlabt " A ", " X ", " W ", " A "\n  smlad " B ", " X ", " W ", " B "\n"

/* A row to two lines of three outputs, r7, r8, r9 and r10, r11, r12; of two, r8, r9 and r10, r12. */
#define ROW_3(ONE, N)                                                                    \
  "  ldmia r0, {r4, r5, r6}\n"                                                           \
  ONE("r7", "r10", "r4")                                                                 \
  N("r7", "r10", "r5", "r2") ONE("r8", "r11", "r5")                                      \
  N("r7", "r10", "r6", "r3") N("r8", "r11", "r6", "r2") ONE("r9", "r12", "r6")           \
  "  ldrd r4, r5, [r0, #12]\n"                                                           \
  N("r8", "r11", "r4", "r3") N("r9", "r12", "r4", "r2")                                  \
  N("r9", "r12", "r5", "r3")
#define ROW_2(ONE, N)                                                                    \
  "  ldmia r0, {r4, r5, r6, r7}\n"                                                       \
  ONE("r8", "r10", "r4")                                                                 \
  N("r8", "r10", "r5", "r2") ONE("r9", "r12", "r5")                                      \
  N("r8", "r10", "r6", "r3") N("r9", "r12", "r6", "r2")                                  \
  N("r9", "r12", "r7", "r3")
/* The odd line below. */
#define ALONE_1(A, B, X) "  smlad " A ", " X ", r1, r12\n"
#define ALONE_N(A, B, X, W) "  smlad " A ", " X ", " W ", " A "\n"
#define LAST_1(A, B, X) LAST_N(A, B, X, "r1")
#define LAST_N(A, B, X, W) "  smlabt " A ", " X ", " W ", " A "\n"
#define ALONE(ROW) ODD ABOVE ROW(ALONE_1, ALONE_N) BELOW ROW(LAST_1, LAST_N)
#define SUMS_3 "2:\n" ABOVE ROW_3(ABOVE_1, ABOVE_N) BELOW ROW_3(BELOW_1, BELOW_N)
#define SUMS_2 "5:\n" ABOVE ROW_2(ABOVE_1, ABOVE_N) BELOW ROW_2(BELOW_1, BELOW_N)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
#define OUTPUTS(NAME, FINISH)                                                                   \
  __attribute__((naked, noinline)) static void NAME(const strips_t *strips) {                    \
    __asm__ volatile(PROLOGUE BEGIN("3") SUMS_3 FINISH(SIX) STORE_3                               \
                     ALONE(ROW_3) FINISH(THREE) ABOVE_3 AGAIN("3", "60", "12")                    \
                     TWOS BEGIN("6") SUMS_2 FINISH(FOUR) STORE_2                                  \
                     ALONE(ROW_2) FINISH(TWO) ABOVE_2 AGAIN("6", "68", "8") EPILOGUE);            \
  }
OUTPUTS(plain_outputs, PLAIN)
OUTPUTS(relu_outputs, RELU)
#pragma GCC diagnostic pop

#else

static void outputs_of(const strips_t *s, int32_t stride, int relu) {
  const int32_t words = s->pitch / 4, width = ((words < 0 ? -words : words) - TAPS) / stride + 1;
  const int32_t strips = stride == 2 ? s->twos : s->bytes / s->pitch + s->odd, odd = stride == 1 && s->odd;
  for (int32_t c = 0; c < PLANES; ++c) {
    const int32_t *of = s->constants + c * CONSTANTS;
    const uint32_t *x = s->x + c * (s->plane / 4);
    int8_t *y = s->y + c;
    for (int32_t strip = 1; strip <= strips; ++strip, x += words) {
      for (int32_t line = 0; line < 3 - stride - (odd && strip == strips); ++line, y += s->line_step) {
        for (int32_t i = 0; i < width; ++i) {
          int32_t sum = of[5];
          for (int32_t k = 0; k < TAPS; ++k) {
            const uint32_t w = (uint32_t)of[k], above = ek_sxtab16(ek_sxtb16(w), w), below = ek_sxtab16_odd(ek_sxtb16_odd(w), w);
            const uint32_t first = x[stride * i + k], second = x[words + stride * i + k];
            sum = line ? ek_smlatb(first, above, sum) : ek_smlad(first, above, sum);
            sum = line ? ek_smlad(second, below, sum) : ek_smlabt(second, below, sum);
          }
          y[i * s->column_step] = relu ? ek_requantize_relu(sum, of[3], of[4]) : ek_requantize(sum, of[3], of[4], s->zero);
        }
      }
    }
  }
}

static void plain_outputs(const strips_t *strips) { outputs_of(strips, 1, 0); }
static void relu_outputs(const strips_t *strips) { outputs_of(strips, 1, 1); }

#endif

#ifdef __cplusplus
}
#endif
#endif
