/* How conv_2d_kronecker_dsp.c brings its input: words of two inputs of one channel, two columns apart, each moved by 128. */
#ifndef EDGEKIT_KRONECKER_COLUMNS_DSP_H
#define EDGEKIT_KRONECKER_COLUMNS_DSP_H

#include "edgekit/conv_2d_kronecker_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Columns of all channels; `columns`, of all rows, are a multiple of four, of eight where windows are apart. */
typedef void expand_t(uint8_t *to, const int8_t *from, int32_t columns);

#if EK_DSP_INSTRUCTIONS

_Static_assert(EK_KRONECKER_BITS == 21, "the assembly's shifts");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* Four columns: of (0,2) the three channels in r3, r5, r8, of (1,3) in r4, r7, r9. r2: 128 in both halves. */
#define FOUR                              \
  "  ldmia.w r1!, {r3, r4, r5}\n"         \
  "  sxtab16 r6, r2, r3\n"                \
  "  sxtab16 r7, r2, r3, ror #8\n"        \
  "  sxtab16 r8, r2, r4\n"                \
  "  sxtab16 r9, r2, r4, ror #8\n"        \
  "  sxtab16 r10, r2, r5\n"               \
  "  sxtab16 r11, r2, r5, ror #8\n"       \
  "  pkhbt r3, r6, r8, lsl #5\n"          \
  "  lsrs r4, r7, #16\n"                  \
  "  pkhbt r4, r4, r11, lsl #21\n" \
  "  pkhbt r5, r7, r9, lsl #5\n"          \
  "  pkhbt r7, r8, r10, lsl #5\n"         \
  "  lsrs r8, r6, #16\n"                  \
  "  pkhbt r8, r8, r10, lsl #21\n" \
  "  pkhbt r9, r9, r11, lsl #5\n"
#define STORE_FOUR(AT_0, AT_1, AT_2, AT_3, AT_4, AT_5)                                   \
  "  str r3, [r0, #" #AT_0 "]\n  str r4, [r0, #" #AT_1 "]\n  str r5, [r0, #" #AT_2 "]\n"  \
  "  str r7, [r0, #" #AT_3 "]\n  str r8, [r0, #" #AT_4 "]\n  str r9, [r0, #" #AT_5 "]\n"
#define EXPAND(NAME, COLUMNS, BLOCK)                                                     \
  __attribute__((naked, noinline)) static void NAME(uint8_t *to, const int8_t *from, int32_t columns) { \
    __asm__ volatile(                                                                    \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                \
        "  mov r12, r2\n"                                                                \
        "  mov r2, #0x800080\n"                                                          \
        "1:\n" BLOCK                                                                     \
        "  subs r12, #" #COLUMNS "\n"                                                    \
        "  bne 1b\n"                                                                     \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                               \
  }
EXPAND(expand_1, 4, FOUR "  stmia.w r0!, {r3, r4, r5, r7, r8, r9}\n")
EXPAND(expand_2, 8, FOUR STORE_FOUR(0, 8, 16, 24, 32, 40) FOUR STORE_FOUR(4, 12, 20, 28, 36, 44) "  adds r0, #48\n")
#pragma GCC diagnostic pop

#else

static int32_t word_of(const int8_t *from) {
  return (from[0] + 128) + (from[6] + 128) * (1 << EK_KRONECKER_BITS);
}
static void expand_1(uint8_t *to, const int8_t *from, int32_t columns) {
  for (; columns > 0; columns -= 4, from += 12) {
    for (int32_t i = 0; i < 6; ++i, to += 4) {
      *(int32_t *)(void *)to = word_of(from + i / 2 + i % 2 * 3);
    }
  }
}
static void expand_2(uint8_t *to, const int8_t *from, int32_t columns) {
  for (; columns > 0; columns -= 8, from += 24) {
    for (int32_t i = 0; i < 12; ++i, to += 4) {
      *(int32_t *)(void *)to = word_of(from + i / 4 + i / 2 % 2 * 3 + i % 2 * 12);
    }
  }
}

#endif

#ifdef __cplusplus
}
#endif
#endif
