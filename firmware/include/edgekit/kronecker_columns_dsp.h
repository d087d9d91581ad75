/* How conv_2d_kronecker_dsp.c brings its input: words of two inputs of one channel, two columns apart, each moved by 128. */
#ifndef EDGEKIT_KRONECKER_COLUMNS_DSP_H
#define EDGEKIT_KRONECKER_COLUMNS_DSP_H

#include <stddef.h>

#include "edgekit/conv_2d_kronecker_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ek_conv_2d_kronecker_dsp_t params_t;

/* A row of the input. */
typedef void expand_t(uint8_t *to, const int8_t *from, const params_t *p);

#if EK_DSP_INSTRUCTIONS

_Static_assert(EK_KRONECKER_BITS == 21 && offsetof(params_t, blocks) == 28, "the assembly's shifts, two words in its order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* Four columns: of (0,2) the three channels in r3, r5, r8, of (1,3) in r4, r7, r9. r2: 128 in both halves. */
#define FOUR                              \
  "  ldmia r1!, {r3, r4, r5}\n"           \
  "  sxtab16 r6, r2, r3\n"                \
  "  sxtab16 r7, r2, r3, ror #8\n"        \
  "  sxtab16 r8, r2, r4\n"                \
  "  sxtab16 r9, r2, r4, ror #8\n"        \
  "  sxtab16 r10, r2, r5\n"               \
  "  sxtab16 r11, r2, r5, ror #8\n"       \
  "  pkhbt r3, r6, r8, lsl #5\n"          \
  "  lsrs r4, r7, #16\n"                  \
  "  pkhbt r4, r4, r11, lsl #21\n"        \
  "  pkhbt r5, r7, r9, lsl #5\n"          \
  "  pkhbt r7, r8, r10, lsl #5\n"         \
  "  lsrs r8, r6, #16\n"                  \
  "  pkhbt r8, r8, r10, lsl #21\n"        \
  "  pkhbt r9, r9, r11, lsl #5\n"
#define STORE_SECONDS                                                                    \
  "  str r3, [r0]\n  str r4, [r0, #8]\n  str r5, [r0, #16]\n"                            \
  "  str r7, [r0, #24]\n  str r8, [r0, #32]\n  str r9, [r0, #40]\n"
/* r12 blocks left, lr from one's end to the next. */
#define EXPAND(NAME, BYTES, BLOCK)                                                       \
  __attribute__((naked, noinline)) static void NAME(uint8_t *to, const int8_t *from, const params_t *p) { \
    __asm__ volatile(                                                                    \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                \
        "  ldrd r12, lr, [r2, #28]\n"                                                    \
        "  mov r2, #0x800080\n"                                                          \
        "  sub lr, #" #BYTES "\n"                                                        \
        "1:\n" BLOCK                                                                     \
        "  subs r12, #1\n"                                                               \
        "  add r0, lr\n"                                                                 \
        "  bne 1b\n"                                                                     \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                               \
  }
EXPAND(expand_1, 24, FOUR "  stmia.w r0!, {r3, r4, r5, r7, r8, r9}\n")
/* Every second word, twice: what is written begins at a multiple of 8. */
EXPAND(expand_2, 8, FOUR STORE_SECONDS "  adds r0, #4\n  lsls r3, r0, #29\n  bmi 1b\n")
#pragma GCC diagnostic pop

#else

static int32_t word_of(const int8_t *from) {
  return (from[0] + 128) + (from[6] + 128) * (1 << EK_KRONECKER_BITS);
}
static void expand(uint8_t *to, const int8_t *from, const params_t *p, int32_t apart) {
  for (int32_t block = 0; block < p->blocks; ++block, from += 12 * apart, to += p->pitch) {
    for (int32_t i = 0; i < 6 * apart; ++i) {
      const int32_t input = i / (2 * apart), odd = i / apart % 2, half = i % apart;
      *(int32_t *)(void *)(to + 4 * i) = word_of(from + input + 3 * odd + 12 * half);
    }
  }
}
static void expand_1(uint8_t *to, const int8_t *from, const params_t *p) { expand(to, from, p, 1); }
static void expand_2(uint8_t *to, const int8_t *from, const params_t *p) { expand(to, from, p, 2); }

#endif

/* The same of padding. */
static inline void fill(uint8_t *to, int32_t bytes, const params_t *p) {
  const int32_t word = p->in_zero, pitch = p->pitch;
  for (const uint8_t *const end = to + bytes; to != end; to += 4) {
    uint8_t *at = to;
    for (int32_t block = p->blocks; block > 0; --block, at += pitch) {
      *(int32_t *)(void *)at = word;
    }
  }
}

#ifdef __cplusplus
}
#endif
#endif
