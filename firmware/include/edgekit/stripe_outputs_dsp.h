/* The outputs of a line from its stripe: the inner loops of conv_2d_stripe_dsp.c, which has their registers and budgets. */
#ifndef EDGEKIT_STRIPE_OUTPUTS_DSP_H
#define EDGEKIT_STRIPE_OUTPUTS_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/assembly_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Outputs of a line, in the order in which the assembly has them on its stack; pixels have no `second`: it is their first. */
typedef struct {
  const uint32_t *first; /* the window of the first pixel of a pair */
  int32_t zero, apart;   /* 4; 8: from the output of the first to that of the second */
  const int32_t *stream_end;
  const uint32_t *second; /* 16 */
  int32_t step, skip;     /* 20: from window to window; 24: bytes of code */
  const uint32_t *end;    /* 28: of the first window */
  const int32_t *stream;  /* 32 */
  int32_t gap, count;     /* 36: from the last channel to the first of the next pixels; 40: pixels or pairs of them */
  int8_t *y;              /* 44 */
} outputs_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(outputs_t, second) == 16 && offsetof(outputs_t, stream) == 32 && sizeof(outputs_t) == 48, "outputs_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* All but y, which is in r6. */
#define ENTER                                        \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"  \
  "  sub sp, sp, #44\n"                              \
  "  mov r12, sp\n"                                  \
  "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6}\n"        \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6}\n"       \
  "  ldmia.w r0, {r1, r2, r3, r4, r5, r6}\n"         \
  "  stmia.w r12, {r1, r2, r3, r4, r5}\n"
#define LOAD(FROM, LIST) "  ldmia.w " FROM "!, {" LIST "}\n"
#define START4                                                                                                            \
  LOAD("r1", "r6, r7, r8, r9, r10")                                                                                       \
  LOAD("lr", "r2, r3, r4, r5")                                                                                            \
  ADD("r11", "r2", "r6", "r10") ADD("r11", "r3", "r7", "r11") ADD("r11", "r4", "r8", "r11") ADD("r11", "r5", "r9", "r11") \
  LOAD("r0", "r2, r3, r4, r5")                                                                                            \
  ADD("r10", "r2", "r6", "r10") ADD("r10", "r3", "r7", "r10") ADD("r10", "r4", "r8", "r10") ADD("r10", "r5", "r9", "r10")
#define START2                                                                           \
  LOAD("r1", "r6, r7, r10")                                                              \
  LOAD("lr", "r2, r3") ADD("r11", "r2", "r6", "r10") ADD("r11", "r3", "r7", "r11")       \
  LOAD("r0", "r2, r3") ADD("r10", "r2", "r6", "r10") ADD("r10", "r3", "r7", "r10")
#define WORDS4                                                                                                            \
  LOAD("r1", "r6, r7, r8, r9")                                                                                            \
  LOAD("lr", "r2, r3, r4, r5")                                                                                            \
  ADD("r11", "r2", "r6", "r11") ADD("r11", "r3", "r7", "r11") ADD("r11", "r4", "r8", "r11") ADD("r11", "r5", "r9", "r11") \
  LOAD("r0", "r2, r3, r4, r5")                                                                                            \
  ADD("r10", "r2", "r6", "r10") ADD("r10", "r3", "r7", "r10") ADD("r10", "r4", "r8", "r10") ADD("r10", "r5", "r9", "r10")

/* After the first words, the loop of four times 44 bytes is entered where the rest is done, or left at once. */
#define PAIRS(NAME, START)                                                                                       \
  __attribute__((naked, noinline)) static void NAME(const outputs_t *outputs) {                                      \
    __asm__ volatile(                                                                                            \
        ENTER "  mov r12, r6\n"                                                                                  \
        "  ldr r0, [sp]\n"                                                                                       \
        "  ldr.w lr, [sp, #16]\n"                                                                                \
        "1:\n"                                                                                                   \
        "  ldr r1, [sp, #32]\n"                                                                                  \
        "2:\n" START                                                                                             \
        "  ldr r2, [sp, #24]\n"                                                                                  \
        "  add pc, r2\n"                                                                                         \
        "  nop\n"                                                                                                \
        "3:\n" WORDS4 WORDS4 WORDS4 WORDS4                                                                       \
        "  ldr.w r2, [sp, #28]\n"                                                                                \
        "  cmp.w r0, r2\n"                                                                                       \
        "  bne.w 3b\n"                                                                                           \
        "  ldmia.w r1!, {r6, r7}\n"                                                                              \
        "  ldmia.w sp, {r0, r2, r3, r4, lr}\n"                                                                   \
        "  smmulr r10, r10, r6\n"                                                                                \
        "  smmulr r11, r11, r6\n"                                                                                \
        "  smmlar r10, r10, r7, r2\n"                                                                            \
        "  smmlar r11, r11, r7, r2\n"                                                                            \
        "  ssat r10, #8, r10\n"                                                                                  \
        "  ssat r11, #8, r11\n"                                                                                  \
        "  strb r11, [r12, r3]\n"                                                                                \
        "  strb r10, [r12], #1\n"                                                                                \
        "  cmp r1, r4\n"                                                                                         \
        "  bne.w 2b\n"                                                                                           \
        "  ldr r2, [sp, #20]\n"                                                                                  \
        "  ldr r4, [sp, #28]\n"                                                                                  \
        "  ldr r3, [sp, #36]\n"                                                                                  \
        "  add r0, r0, r2\n"                                                                                     \
        "  add lr, lr, r2\n"                                                                                     \
        "  add r4, r4, r2\n"                                                                                     \
        "  str r0, [sp]\n"                                                                                       \
        "  str.w lr, [sp, #16]\n"                                                                                \
        "  ldr r2, [sp, #40]\n"                                                                                  \
        "  str r4, [sp, #28]\n"                                                                                  \
        "  add r12, r12, r3\n"                                                                                   \
        "  subs r2, r2, #1\n"                                                                                    \
        "  str r2, [sp, #40]\n"                                                                                  \
        "  bne.w 1b\n"                                                                                           \
        "  add sp, sp, #44\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                       \
  }
PAIRS(pairs_from_2, START2)
PAIRS(pairs_from_4, START4)

#define FINISH(D, MULTIPLIER, DIVIDER) REQUANTIZE(D, MULTIPLIER, DIVIDER, "r2") "  strb " D ", [r0], #1\n"
#define CHANNEL2 LOAD("r1", "r5, r6, r7, r8, r9") TAP("r5", "r3", "r6") TAP("r5", "r4", "r7") FINISH("r5", "r8", "r9")
#define CHANNEL3                                                                                             \
  LOAD("r1", "r6, r7, r8, r9, r10, r11")                                                                     \
  TAP("r6", "r3", "r7") TAP("r6", "r4", "r8") TAP("r6", "r5", "r9") FINISH("r6", "r10", "r11")
#define CHANNEL4                                                                                             \
  LOAD("r1", "r7, r8, r9, r10, r11, r12, lr")                                                                \
  TAP("r7", "r3", "r8") TAP("r7", "r4", "r9") TAP("r7", "r5", "r10") TAP("r7", "r6", "r11") FINISH("r7", "r12", "lr")
#define CHANNEL5                                                                                             \
  LOAD("r1", "r8, r9, r10, r11, r12, lr")                                                                    \
  TAP("r8", "r3", "r9") TAP("r8", "r4", "r10") TAP("r8", "r5", "r11") TAP("r8", "r6", "r12") TAP("r8", "r7", "lr") \
  LOAD("r1", "r12, lr") FINISH("r8", "r12", "lr")
#define CHANNEL6                                                                                             \
  LOAD("r1", "r9, r10, r11, r12, lr")                                                                        \
  TAP("r9", "r3", "r10") TAP("r9", "r4", "r11") TAP("r9", "r5", "r12") TAP("r9", "r6", "lr")                 \
  LOAD("r1", "r10, r11, r12, lr") TAP("r9", "r7", "r10") TAP("r9", "r8", "r11") FINISH("r9", "r12", "lr")
#define CHANNEL8                                                                                             \
  LOAD("r1", "r11, r12, lr") TAP("r11", "r3", "r12") TAP("r11", "r4", "lr")                                  \
  LOAD("r1", "r12, lr") TAP("r11", "r5", "r12") TAP("r11", "r6", "lr")                                       \
  LOAD("r1", "r12, lr") TAP("r11", "r7", "r12") TAP("r11", "r8", "lr")                                       \
  LOAD("r1", "r12, lr") TAP("r11", "r9", "r12") TAP("r11", "r10", "lr")                                      \
  LOAD("r1", "r12, lr") FINISH("r11", "r12", "lr")

/* The first turn enters the loop of four channels where the rest of out_c / 4 is done. */
#define PIXELS(NAME, TAPS, CHANNEL)                                              \
  __attribute__((naked, noinline)) static void NAME(const outputs_t *outputs) {  \
    __asm__ volatile(                                                            \
        ENTER                                                                    \
        "  mov r0, r6\n"                                                         \
        "  ldr r2, [sp, #4]\n"                                                   \
        "1:\n"                                                                   \
        "  ldr r1, [sp, #32]\n"                                                  \
        "  ldrd r11, r12, [sp, #16]\n"                                           \
        "  ldr.w lr, [sp, #24]\n"                                                \
        "  ldmia.w r11, {" TAPS "}\n"                                            \
        "  add r11, r11, r12\n"                                                  \
        "  str.w r11, [sp, #16]\n"                                               \
        "  add pc, lr\n"                                                         \
        "  nop\n"                                                                \
        "2:\n" CHANNEL CHANNEL CHANNEL CHANNEL                                   \
        "  ldr.w r12, [sp, #12]\n"                                               \
        "  cmp r1, r12\n"                                                        \
        "  bne.w 2b\n"                                                           \
        "  ldrd r11, r12, [sp, #36]\n"                                           \
        "  add r0, r0, r11\n"                                                    \
        "  subs r12, r12, #1\n"                                                  \
        "  str.w r12, [sp, #40]\n"                                               \
        "  bne.w 1b\n"                                                           \
        "  add sp, sp, #44\n"                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                       \
  }
PIXELS(pixels_2, "r3, r4", CHANNEL2)
PIXELS(pixels_3, "r3, r4, r5", CHANNEL3)
PIXELS(pixels_4, "r3, r4, r5, r6", CHANNEL4)
PIXELS(pixels_5, "r3, r4, r5, r6, r7", CHANNEL5)
PIXELS(pixels_6, "r3, r4, r5, r6, r7, r8", CHANNEL6)
PIXELS(pixels_8, "r3, r4, r5, r6, r7, r8, r9, r10", CHANNEL8)
#pragma GCC diagnostic pop

#else

static int8_t output(const uint32_t *window, const int32_t *stream, int32_t bias, int32_t words, int32_t zero) {
  int32_t sum = stream[bias];
  for (int32_t i = 0; i < words; ++i) {
    sum = ek_smlad(window[i], (uint32_t)stream[i + (i >= bias)], sum);
  }
  return ek_requantize(sum, stream[words + 1], stream[words + 2], zero);
}

static void pairs_from(const outputs_t *p, int32_t bias) {
  const int32_t words = (int32_t)(p->end - p->first), step = p->step / 4;
  int8_t *y = p->y;
  for (int32_t i = 0; i < p->count; ++i, y += p->gap) {
    for (const int32_t *stream = p->stream; stream != p->stream_end; stream += words + 3, ++y) {
      y[p->apart] = output(p->second + i * step, stream, bias, words, p->zero);
      y[0] = output(p->first + i * step, stream, bias, words, p->zero);
    }
  }
}
static void pairs_from_2(const outputs_t *p) { pairs_from(p, 2); }
static void pairs_from_4(const outputs_t *p) { pairs_from(p, 4); }

#define PIXELS(WORDS)                                                                                       \
  static void pixels_##WORDS(const outputs_t *p) {                                                           \
    const uint32_t *window = p->second;                                                                     \
    int8_t *y = p->y;                                                                                       \
    for (int32_t i = 0; i < p->count; ++i, y += p->gap, window += p->step / 4) {                            \
      for (const int32_t *stream = p->stream; stream != p->stream_end; stream += WORDS + 3) {               \
        int32_t sum = stream[0];                                                                            \
        for (int32_t k = 0; k < WORDS; ++k) {                                                               \
          sum = ek_smlad(window[k], (uint32_t)stream[1 + k], sum);                                          \
        }                                                                                                   \
        *y++ = ek_requantize(sum, stream[WORDS + 1], stream[WORDS + 2], p->zero);                           \
      }                                                                                                     \
    }                                                                                                       \
  }
PIXELS(2)
PIXELS(3)
PIXELS(4)
PIXELS(5)
PIXELS(6)
PIXELS(8)

#endif

#ifdef __cplusplus
}
#endif
#endif
