/* Blocks of outputs of one channel: the inner loops of depthwise_conv_2d_planes_dsp.c, which has their budgets. */
#ifndef EDGEKIT_DEPTHWISE_BLOCKS_DSP_H
#define EDGEKIT_DEPTHWISE_BLOCKS_DSP_H

#include <stddef.h>

#include "edgekit/assembly_dsp.h"
#include "edgekit/depthwise_planes_dsp.h"
#include "edgekit/relu_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CONSTANTS = 6, TAPS = 3 };

/* From the end of a column of blocks to the next one's beginning; with stride 2 of a line of blocks. */
typedef struct {
  int32_t x, y;
} back_t;

/* Strips of outputs of four channels, in the order in which the assembly copies it to its stack; in brackets with stride 2. */
typedef struct {
  int32_t column_step, line_step, zero; /* of the outputs */
  int32_t pitch;                        /* 12: bytes to the next row of words */
  int32_t bytes;                        /* of all strips (to the last column of outputs) */
  back_t three, two;                    /* (two: to the last line) */
  int32_t threes, twos;                 /* 36: columns of blocks (threes: lines, twos: lines of outputs) */
  const int32_t *constants;
  const uint32_t *x;                    /* the first channel's first row */
  int8_t *y;                            /* the next channel's is one byte further */
  int32_t plane, odd;                   /* 56; odd: below these is one line more */
} strips_t;

typedef void outputs_t(const strips_t *strips);

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(strips_t, pitch) == 12 && offsetof(strips_t, threes) == 36 && offsetof(strips_t, plane) == 56, "strips_t");

/* The stack: 0 multiplier, divider, column step, line step, end of the strips, zero; 24 weights of a row's first line (w0, w1)
 * by column, bias; 40 those of a row's second line (w1, w2), pitch; 56 bytes of the strips; 60 the ways back; 76 threes, twos;
 * 84 constants, x, y, plane, odd; 104 channels left, 108 columns of blocks left. */
#define PAIRS(ABOVE, BELOW, W) /* of a column, doubled */ \
  BYTES_OF(ABOVE, BELOW, W) "  sxtab16 " ABOVE ", " ABOVE ", " W "\n  sxtab16 " BELOW ", " BELOW ", " W ", ror #8\n"
#define PROLOGUE                                                        \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                      \
  "  sub sp, sp, #116\n"                                                \
  "  ldmia r0!, {r1, r2, r3}\n"                                         \
  "  strd r1, r2, [sp, #8]\n"                                           \
  "  str r3, [sp, #20]\n"                                               \
  "  add r12, sp, #52\n"                                                \
  "  ldmia r0!, {r1, r2, r3, r4, r5, r6}\n"                             \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6}\n"                          \
  "  ldmia r0!, {r1, r2, r3, r4, r5, r6, r7}\n"                         \
  "  mov r8, #4\n"                                                      \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8}\n"                  \
  "1:\n"                                                                \
  "  ldr.w r12, [sp, #84]\n"                                            \
  "  ldmia.w r12!, {r4, r5, r6, r7, r8, r9}\n"                          \
  "  str.w r12, [sp, #84]\n"                                            \
  PAIRS("r1", "r10", "r4") PAIRS("r2", "r11", "r5") PAIRS("r3", "r12", "r6") \
  "  add r0, sp, #24\n"                                                 \
  "  strd r7, r8, [sp]\n"                                               \
  "  stmia.w r0, {r1, r2, r3, r9, r10, r11, r12}\n"                     \
  "  ldrd r0, lr, [sp, #88]\n"                                          \
  "  ldr r4, [sp, #96]\n"                                               \
  "  ldr r6, [sp, #56]\n"                                               \
  "  add r4, r4, r0\n"                                                  \
  "  add r5, lr, #1\n"                                                  \
  "  ldr r7, [sp, #76]\n"                                               \
  "  add r6, r6, r0\n"                                                  \
  "  strd r4, r5, [sp, #88]\n"                                          \
  "  cmp r7, #0\n"                                                      \
  "  beq.w 4f\n"

/* A column of blocks, as often as r7 says: r0 x, lr y, r6 the end; where it ends, how far it is to the next. */
#define BEGIN(LABEL)        \
  LABEL ":\n"               \
  "  str r6, [sp, #16]\n"   \
  "  str r7, [sp, #108]\n"
#define AGAIN(LABEL, BACK, BYTES)       \
  "8:\n"                                \
  "  ldrd r1, r2, [sp, #" BACK "]\n"    \
  "  ldr r6, [sp, #16]\n"               \
  "  ldr r7, [sp, #108]\n"              \
  "  add r0, r0, r1\n"                  \
  "  add lr, lr, r2\n"                  \
  "  adds r6, r6, #" BYTES "\n"         \
  "  subs r7, r7, #1\n"                 \
  "  bne.w " LABEL "b\n"
#define TWOS                \
  "4:\n"                    \
  "  ldr r7, [sp, #80]\n"   \
  "  cmp r7, #0\n"          \
  "  beq.w 7f\n"
#define EPILOGUE                                    \
  "7:\n"                                            \
  "  ldr r1, [sp, #104]\n"                          \
  "  subs r1, r1, #1\n"                             \
  "  str r1, [sp, #104]\n"                          \
  "  bne.w 1b\n"                                    \
  "  add sp, sp, #116\n"                            \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

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
#define ALONE(ROW) "  ldr r1, [sp, #100]\n  cmp r1, #0\n  beq.w 8f\n" ABOVE ROW(ALONE_1, ALONE_N) BELOW ROW(LAST_1, LAST_N)
#define SUMS_3 "2:\n" ABOVE ROW_3(ABOVE_1, ABOVE_N) BELOW ROW_3(BELOW_1, BELOW_N)
#define SUMS_2 "5:\n" ABOVE ROW_2(ABOVE_1, ABOVE_N) BELOW ROW_2(BELOW_1, BELOW_N)

/* r1 multiplier, r2 divider or start, r3 column step, r4 line step, r5 end, r6 zero. */
#define PLAIN(ALL) "  ldmia.w sp, {r1, r2, r3, r4, r5, r6}\n  cmp r0, r5\n" ALL(REQUANTIZED)
#define REQUANTIZED(A) REQUANTIZE(A, "r1", "r2", "r6")
#define RELU(ALL) "  ldmia.w sp, {r1, r2, r3, r4, r5}\n  cmp r0, r5\n" ALL(RELU_OF) ALL(EK_RELU_SATURATE)
#define RELU_OF(A) EK_RELU_OF(A, "r1", "r2")
#define SIX(OF) OF("r7") OF("r8") OF("r9") OF("r10") OF("r11") OF("r12")
#define FOUR(OF) OF("r8") OF("r9") OF("r10") OF("r12")
#define THREE(OF) OF("r7") OF("r8") OF("r9")
#define TWO(OF) OF("r8") OF("r9")

#define OUT_2(A, B, Y) "  strb " A ", [" Y "]\n  strb " B ", [" Y ", r3]\n"
#define OUT_3(A, B, C, Y) OUT_2(A, B, Y) "  strb " C ", [" Y ", r3, lsl #1]\n"
#define ABOVE_3 OUT_3("r7", "r8", "r9", "lr")
#define ABOVE_2 OUT_2("r8", "r9", "lr")
#define STORE_3 "  add r6, lr, r4\n" ABOVE_3 OUT_3("r10", "r11", "r12", "r6") "  add lr, r6, r4\n  bne.w 2b\n"
#define STORE_2 "  add r6, lr, r4\n" ABOVE_2 OUT_2("r10", "r12", "r6") "  add lr, r6, r4\n  bne.w 5b\n"

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
