/* Pixels of 2 to 4 inputs whose outputs are stored by eights or fours: what pointwise_packed_four_dsp.c, which says how, and
 * conv_1d_packed_dsp.c do with them. PIXELS(NAME, N, CHANNELS, CODE) is a function for N inputs; pixels may share some. */
#ifndef EDGEKIT_PACKED_FOUR_PIXELS_DSP_H
#define EDGEKIT_PACKED_FOUR_PIXELS_DSP_H

#include <stddef.h>

#include "edgekit/packed_four_dsp.h"
#include "edgekit/pointwise_packed_four_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define COMMON(EACH) EACH(4, FOUR) EACH(8, EIGHT) EACH(12, EIGHT FOUR) EACH(16, TWICE(EIGHT)) \
  EACH(24, TWICE(EIGHT) EIGHT) EACH(32, TWICE(TWICE(EIGHT))) EACH(64, TWICE(TWICE(TWICE(EIGHT))))

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_four_dsp_t, all) == 28, "eight words in the assembly's order");

#define EIGHT EK_FOUR_EIGHT "  strd r4, r7, [r2], #8\n"
#define FOUR EK_FOUR_FIRST "  ldr r6, [r0], #4\n" EK_FOUR_FIRST_WORD "  str r4, [r2], #4\n"
#define TWICE(CODE) CODE CODE

/* A pixel at r4. */
#define LOADED_4 "  ldr r7, [r4]\n"
#define EXPANDED_4 EK_FOUR_EXPAND("r7")
#define FIRST_AND(LAST) "  ldrsb r1, [r4]\n  ldrsb r7, [r4, #" LAST "]\n"
#define EXPANDED_2 "  pkhbt r1, r1, r7, lsl #16\n"
#define LOADED_2 FIRST_AND("1")
#define LOADED_3 FIRST_AND("2") "  ldrsb r3, [r4, #1]\n"
#define EXPANDED_3 EXPANDED_2

/* On the stack: 0 stream, 4 x, 8 step, 12 where the line's last outputs begin, 16 lines left, 20 gap, 24 outputs before a line's
 * last ones, 28 images left, 32 gap after an image, 36 lines of an image. */
#define PIXELS(NAME, N, CHANNELS, CODE)                                                                      \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {    \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r4, r5, r6, r7, r9, r10, r11}\n"                                                 \
        "  mov r8, r5\n"                                                                                     \
        "  add r5, r2\n"                                                                                     \
        "  push {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11}\n"                                                \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r4, r5, r6}\n" LOADED_##N                                                        \
        "  add r4, r5\n"                                                                                     \
        "  str r4, [sp, #4]\n"                                                                               \
        "  cmp r2, r6\n" EXPANDED_##N CODE                                                                   \
        "  bne.w 1b\n"                                                                                       \
        "  ldr r4, [sp, #4]\n"                                                                               \
        "  ldrd r6, r5, [sp, #16]\n"                                                                         \
        "  subs r6, #1\n"                                                                                    \
        "  bne 2f\n"                                                                                         \
        "  add r7, sp, #28\n"                                                                                \
        "  ldmia r7, {r0, r1, r6}\n"                                                                         \
        "  subs r0, #1\n"                                                                                    \
        "  beq 3f\n"                                                                                         \
        "  str r0, [r7]\n"                                                                                   \
        "  add r4, r1\n"                                                                                     \
        "2:\n"                                                                                               \
        "  add r4, r5\n"                                                                                     \
        "  str r4, [sp, #4]\n"                                                                               \
        "  ldr r5, [sp, #24]\n"                                                                              \
        "  add r5, r2\n"                                                                                     \
        "  strd r5, r6, [sp, #12]\n"                                                                         \
        "  b.w 1b\n"                                                                                         \
        "3:\n"                                                                                               \
        "  add sp, #40\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }

#else

static int8_t *pixel_of(const int32_t *at, const int8_t *x, int8_t *y, int32_t channels, int32_t inputs) {
  static const uint8_t places[2][4] = {{0, 1}, {0, 4, 1, 5}}; /* in a channel's words as halfwords */
  for (int32_t i = 0; i < channels; ++i, at += 5) {
    int32_t sum = at[1];
    for (int32_t k = 0; k < inputs; ++k) {
      const int32_t place = places[inputs > 2][k];
      const uint32_t word = (uint32_t)at[place / 2];
      sum += x[k] * (place % 2 == 0 ? ek_low_half(word) : ek_high_half(word));
    }
    /* its place among four is not its place in the stream; two are after these */
    const int32_t among = i / 4 < channels / 4 ? i % 4 / 2 + i % 2 * 2 : i % 4;
    y[i / 4 * 4 + among] = ek_divide_packed(ek_smmulr(sum, at[3]), at[4]);
  }
  return y + channels;
}
static void pixels_of(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y, int32_t channels, int32_t inputs) {
  for (int32_t image = 0; image < p->images; ++image, x += p->image_gap) {
    for (int32_t line = 0; line < p->all; ++line, x += p->gap) {
      for (const int8_t *const end = y + p->last + channels; y != end; x += p->step) {
        y = pixel_of(p->stream, x, y, channels, inputs);
      }
    }
  }
}
#define PIXELS(NAME, N, CHANNELS, CODE)                                                           \
  void NAME(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {                \
    pixels_of(p, x, y, CHANNELS, N);                                                              \
  }

#endif

#ifdef __cplusplus
}
#endif
#endif
