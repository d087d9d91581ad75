/* The outputs of two strips: the inner loops of depthwise_conv_2d_dsp.c, which has their registers and budgets. */
#ifndef EDGEKIT_DEPTHWISE_OUTPUTS_DSP_H
#define EDGEKIT_DEPTHWISE_OUTPUTS_DSP_H

#include <stddef.h>

#include "edgekit/depthwise_strips_dsp.h"
#include "edgekit/relu_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Of what the assembly has of an output; between the same columns of two channels of a strip. */
enum { TABLE_WORDS = 10, CHANNEL_BYTES = 8 };

/* One strip of outputs, in the order in which the assembly has it on its stack. */
typedef struct {
  const int32_t *weights; /* of the channel: these five are set by the assembly */
  int8_t *y;
  const uint32_t *end; /* of the columns */
  int32_t multiplier, divider;
  int32_t column_step, line_step, zero; /* 20 */
  const uint32_t *top, *bottom;         /* 32: the two strips of the input */
  const int32_t *table;                 /* 40: of the first channel */
  int8_t *first;                        /* 44: its output, the next output one byte further */
  int32_t bytes;                        /* 48: from the first to the end of the columns */
  const int32_t *table_end;             /* 52 */
} strip_t;

typedef void outputs_t(const strip_t *strip);

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(strip_t, column_step) == 20 && offsetof(strip_t, top) == 32 && offsetof(strip_t, table_end) == 52, "strip_t");

/* For each output of each channel: r0, r1 strips, r2 weights, r3 y, r7 bytes to the strips of the next. */
#define PROLOGUE                                   \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n" \
  "  sub sp, sp, #60\n"                            \
  "  add r8, sp, #20\n"                            \
  "  add r0, r0, #20\n"                            \
  "  ldmia r0!, {r1, r2, r3, r4, r5, r6, r7}\n"    \
  "  stmia.w r8!, {r1, r2, r3, r4, r5, r6, r7}\n"  \
  "  ldrd r1, r2, [r0]\n"                          \
  "  strd r1, r2, [r8]\n"                          \
  "1:\n"                                           \
  "  add r8, sp, #32\n"                            \
  "  ldmia.w r8, {r0, r1, r2, r3, r4}\n"           \
  "  ldmia r2!, {r5, r6, r7}\n"                    \
  "  add r4, r4, r0\n"                             \
  "  stmia.w sp, {r2, r3, r4, r5, r6}\n"           \
  "  add r4, r0, r7\n" /* of the next output */    \
  "  add r5, r1, r7\n"                             \
  "  add r6, r2, #28\n"                            \
  "  add r7, r3, #1\n"                             \
  "  stmia.w r8, {r4, r5, r6, r7}\n"

/* r2 weights, r3 y, r4 end of the columns, r5 multiplier, r6 divider, r7 column step, r8 line step, r9 zero */
#define CONSTANTS "  ldmia.w sp, {r2, r3, r4, r5, r6, r7, r8, r9}\n"
#define HIGH(A) "  smmulr " A ", " A ", r5\n"
#define DIVIDE(A) "  smmlar " A ", " A ", r6, r9\n"
#define SATURATE(A) "  ssat " A ", #8, " A "\n"
/* The same for one multiplication: r6 is its start. */
#define RELU_CONSTANTS "  ldmia.w sp, {r2, r3, r4, r5, r6, r7, r8}\n"
#define RELU(A) EK_RELU_OF(A, "r5", "r6")

#define EPILOGUE            \
  "  ldr r2, [sp, #40]\n"   \
  "  ldr r3, [sp, #52]\n"   \
  "  cmp r2, r3\n"          \
  "  bne 1b\n"              \
  "  add sp, sp, #60\n"     \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define SUMS_1                                  \
  "2:\n"                                        \
  "  ldmia.w r2, {r4, r5, r6, r7, r8, r9, lr}\n" \
  "  ldrd r2, r3, [r0], #32\n"                  \
  "  smlad r10, r2, r4, lr\n"                   \
  "  smlatb r11, r2, r4, lr\n"                  \
  "  smlad r10, r3, r6, r10\n"                  \
  "  smlatb r11, r3, r6, r11\n"                 \
  "  smlad r12, r3, r4, lr\n"                   \
  "  smlatb lr, r3, r4, lr\n"                   \
  "  ldrd r2, r3, [r0]\n"                       \
  "  smlabt r10, r2, r5, r10\n"                 \
  "  smlad r11, r2, r5, r11\n"                  \
  "  smlabt r10, r3, r7, r10\n"                 \
  "  smlad r11, r3, r7, r11\n"                  \
  "  smlabt r12, r3, r5, r12\n"                 \
  "  smlad lr, r3, r5, lr\n"                    \
  "  ldrd r2, r3, [r1], #32\n"                  \
  "  smlad r10, r2, r8, r10\n"                  \
  "  smlatb r11, r2, r8, r11\n"                 \
  "  smlad r12, r2, r6, r12\n"                  \
  "  smlatb lr, r2, r6, lr\n"                   \
  "  smlad r12, r3, r8, r12\n"                  \
  "  smlatb lr, r3, r8, lr\n"                   \
  "  ldrd r2, r3, [r1]\n"                       \
  "  smlabt r10, r2, r9, r10\n"                 \
  "  smlad r11, r2, r9, r11\n"                  \
  "  smlabt r12, r2, r7, r12\n"                 \
  "  smlad lr, r2, r7, lr\n"                    \
  "  smlabt r12, r3, r9, r12\n"                 \
  "  smlad lr, r3, r9, lr\n"
#define STORE_1                                 \
  "  strb lr, [r8, r7]\n"                       \
  "  strb r12, [r8]\n"                          \
  "  strb r11, [r3, r7]\n"                      \
  "  strb r10, [r3]\n"                          \
  "  add r3, r3, r7, lsl #1\n"                  \
  "  cmp r0, r4\n"                              \
  "  str r3, [sp, #4]\n"                        \
  "  bne 2b\n"
#define BELOW "  add r8, r8, r3\n"
#define ALL(OF) OF("r10") OF("r11") OF("r12") OF("lr")

__attribute__((naked, noinline)) static void stride_1(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_1 CONSTANTS ALL(HIGH) BELOW ALL(DIVIDE) ALL(SATURATE) STORE_1 EPILOGUE);
}

__attribute__((naked, noinline)) static void stride_1_relu(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_1 RELU_CONSTANTS ALL(RELU) BELOW ALL(EK_RELU_SATURATE) STORE_1 EPILOGUE);
}

#define SUMS_2                                   \
  "  mov r12, r3\n"                              \
  "2:\n"                                         \
  "  ldmia.w r2, {r4, r5, r6, r7, r8, r9, r11}\n" \
  "  ldrd r2, r3, [r0], #64\n"                   \
  "  smlad r10, r2, r4, r11\n"                   \
  "  smlad r10, r3, r6, r10\n"                   \
  "  ldrd r2, r3, [r0, #-32]\n"                  \
  "  smlabt r10, r2, r5, r10\n"                  \
  "  smlad r11, r2, r4, r11\n"                   \
  "  smlabt r10, r3, r7, r10\n"                  \
  "  smlad r11, r3, r6, r11\n"                   \
  "  ldrd r2, r3, [r0]\n"                        \
  "  smlabt r11, r2, r5, r11\n"                  \
  "  smlabt r11, r3, r7, r11\n"                  \
  "  ldr r2, [r1], #64\n"                        \
  "  ldr r3, [r1, #-32]\n"                       \
  "  smlad r10, r2, r8, r10\n"                   \
  "  smlad r11, r3, r8, r11\n"                   \
  "  ldr r2, [r1]\n"                             \
  "  smlabt r10, r3, r9, r10\n"                  \
  "  smlabt r11, r2, r9, r11\n"
#define STORE_2                                  \
  "  strb r11, [r12, r7]\n"                      \
  "  strb r10, [r12]\n"                          \
  "  add r12, r12, r7, lsl #1\n"                 \
  "  cmp r0, r4\n"                               \
  "  bne 2b\n"
#define BOTH(OF) OF("r10") OF("r11")

__attribute__((naked, noinline)) static void stride_2(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_2 CONSTANTS BOTH(HIGH) BOTH(DIVIDE) BOTH(SATURATE) STORE_2 EPILOGUE);
}

__attribute__((naked, noinline)) static void stride_2_relu(const strip_t *strip) {
  __asm__ volatile(PROLOGUE SUMS_2 "  ldmia.w sp, {r2, r3, r4, r5, r6, r7}\n" /**/
                   BOTH(RELU) BOTH(EK_RELU_SATURATE) STORE_2 EPILOGUE);
}
#pragma GCC diagnostic pop

#else

static int32_t row(const uint32_t *x, const uint32_t *w, int32_t odd, int32_t sum) {
  sum = odd ? ek_smlatb(x[0], w[0], sum) : ek_smlad(x[0], w[0], sum);
  return odd ? ek_smlad(x[STRIP_WORDS], w[1], sum) : ek_smlabt(x[STRIP_WORDS], w[1], sum);
}

static void strip_of(const strip_t *s, int32_t stride, int relu) {
  int32_t own = 0; /* the strips' place of the channel, in words */
  int8_t *first = s->first;
  for (const int32_t *table = s->table; table != s->table_end; own += table[2] / 4, table += TABLE_WORDS) {
    int8_t *y = first++;
    for (int32_t at = 0; at < s->bytes / 4; at += stride * STRIP_WORDS, y += 2 * s->column_step) {
      const uint32_t *top = s->top + own + at, *bottom = s->bottom + own + at;
      const uint32_t *lines[4] = {top, top + 1, bottom, bottom + 1};
      for (int32_t i = 3 / stride; i >= 0; --i) { /* the second line first, the second column first */
        const int32_t dy = i / 2, dx = i % 2;
        int32_t sum = table[9];
        for (int32_t k = 0; k < 3; ++k) {
          uint32_t w[2];
          memcpy(w, table + 3 + 2 * k, sizeof w);
          sum = row(lines[dy + k] + (stride == 2 ? dx * STRIP_WORDS : 0), w, stride == 1 && dx, sum);
        }
        y[dy * s->line_step + dx * s->column_step] =
            relu ? ek_requantize_relu(sum, table[0], table[1]) : ek_requantize(sum, table[0], table[1], s->zero);
      }
    }
  }
}

static void stride_1(const strip_t *strip) { strip_of(strip, 1, 0); }
static void stride_2(const strip_t *strip) { strip_of(strip, 2, 0); }
static void stride_1_relu(const strip_t *strip) { strip_of(strip, 1, 1); }
static void stride_2_relu(const strip_t *strip) { strip_of(strip, 2, 1); }

#endif

#ifdef __cplusplus
}
#endif
#endif
