/* y[n,oy,ox,co] = requantize(bias[co] + sum over ci of (x - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 4 inputs and a
 * multiple of 4 channels, with the DSP instructions.
 *
 * Blocking: 1 pixel x 1 channel x all taps, eight channels stored at once, as in pointwise_packed_dsp.c: the divider is the
 * addend too, two outputs saturate in one instruction, of four words of two bytes each two are put together. A channel is five
 * words, eight channels five loads of as many words as there are registers free; a channel's words may come in two of them.
 * Weights are halfwords, twice as large: SMMULR wants twice the sum. The zero point is folded into the bias. There is a function
 * for each number of channels.
 * Registers: r0 stream, r1 and r3 the pixel, r2 y, r4-r12 and lr weights and constants; a channel's sum takes the place of its
 * first weights, and goes on as its output. The flags that say whether there are more pixels last to the pixel's end: no
 * instruction between sets any.
 * Budget: 50 for eight channels (1.56 a MAC), 26 for four; 8 for a pixel, 5 where they come in pairs, 10 for a line, 16 and 18
 * for the call. Cycles by LDR 2, LDM 1 + n, LDRD 3, branch 2: 92 for eight channels, 2.9 a MAC. */
#include "edgekit/pointwise_packed_four_dsp.h"

#include <stddef.h>

#include "edgekit/packed_four_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_four_dsp_t, all) == 28, "eight words in the assembly's order");

#define EIGHT EK_FOUR_EIGHT "  strd r4, r7, [r2], #8\n"
#define FOUR EK_FOUR_FIRST "  ldr r6, [r0], #4\n" EK_FOUR_FIRST_WORD "  str r4, [r2], #4\n"
#define TWICE(CODE) CODE CODE

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 step, 12 where the line's last outputs begin, 16 lines left, 20 gap, 24 outputs before a line's
 * last ones, 28 images left, 32 gap after an image, 36 lines of an image. */
#define PIXELS(NAME, CHANNELS, CODE)                                                                         \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {    \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r4, r5, r6, r7, r9, r10, r11}\n"                                                 \
        "  mov r8, r5\n"                                                                                     \
        "  add r5, r2\n"                                                                                     \
        "  push {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11}\n"                                                \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r4, r5, r6}\n"                                                                   \
        "  ldr r7, [r4]\n"                                                                                   \
        "  add r4, r5\n"                                                                                     \
        "  str r4, [sp, #4]\n"                                                                               \
        "  cmp r2, r6\n" EK_FOUR_EXPAND("r7") CODE                                                           \
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
PIXELS(ek_pointwise_packed_4_to_4_dsp, 4, FOUR)
PIXELS(ek_pointwise_packed_4_to_8_dsp, 8, EIGHT)
PIXELS(ek_pointwise_packed_4_to_12_dsp, 12, EIGHT FOUR)
PIXELS(ek_pointwise_packed_4_to_16_dsp, 16, TWICE(EIGHT))
PIXELS(ek_pointwise_packed_4_to_24_dsp, 24, TWICE(EIGHT) EIGHT)
PIXELS(ek_pointwise_packed_4_to_32_dsp, 32, TWICE(TWICE(EIGHT)))
PIXELS(ek_pointwise_packed_4_to_64_dsp, 64, TWICE(TWICE(TWICE(EIGHT))))

/* On the stack: 0 stream, 4 the pair's second pixel, 8 x, 12 where the last pair's outputs begin. */
#define PAIRS(NAME, CHANNELS, CODE)                                                                          \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {    \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r4, r5}\n"                                                                       \
        "  mov r4, r1\n"                                                                                     \
        "  add r5, r2\n"                                                                                     \
        "  push {r0, r1, r4, r5}\n"                                                                          \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r3, r4, r5}\n"                                                                   \
        "  ldrd r6, r7, [r4], #8\n"                                                                          \
        "  strd r7, r4, [sp, #4]\n"                                                                          \
        "  cmp r2, r5\n" EK_FOUR_EXPAND("r6") CODE                                                           \
        "  ldmia.w sp, {r0, r4}\n" EK_FOUR_EXPAND("r4") CODE                                                 \
        "  bne.w 1b\n"                                                                                       \
        "  add sp, #16\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
PAIRS(ek_pointwise_packed_4_to_4_pairs_dsp, 4, FOUR)
PAIRS(ek_pointwise_packed_4_to_8_pairs_dsp, 8, EIGHT)
PAIRS(ek_pointwise_packed_4_to_16_pairs_dsp, 16, TWICE(EIGHT))
#pragma GCC diagnostic pop

#else

static int8_t *pixel_of(const int32_t *at, const int8_t *x, int8_t *y, int32_t channels) {
  for (int32_t i = 0; i < channels; ++i, at += 5) {
    y[i / 4 * 4 + i % 4 / 2 + i % 2 * 2] = ek_packed_four(at, x); /* its place among four is not its place in the stream */
  }
  return y + channels;
}
static void pixels_of(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y, int32_t channels) {
  for (int32_t image = 0; image < p->images; ++image, x += p->image_gap) {
    for (int32_t line = 0; line < p->all; ++line, x += p->gap) {
      for (const int8_t *const end = y + p->last + channels; y != end; x += p->step) {
        y = pixel_of(p->stream, x, y, channels);
      }
    }
  }
}
#define PIXELS(NAME, CHANNELS, CODE)                                                              \
  void NAME(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {                \
    pixels_of(p, x, y, CHANNELS);                                                                 \
  }
PIXELS(ek_pointwise_packed_4_to_4_dsp, 4, FOUR)
PIXELS(ek_pointwise_packed_4_to_8_dsp, 8, EIGHT)
PIXELS(ek_pointwise_packed_4_to_12_dsp, 12, EIGHT FOUR)
PIXELS(ek_pointwise_packed_4_to_16_dsp, 16, TWICE(EIGHT))
PIXELS(ek_pointwise_packed_4_to_24_dsp, 24, TWICE(EIGHT) EIGHT)
PIXELS(ek_pointwise_packed_4_to_32_dsp, 32, TWICE(TWICE(EIGHT)))
PIXELS(ek_pointwise_packed_4_to_64_dsp, 64, TWICE(TWICE(TWICE(EIGHT))))
#define PAIRS(NAME, CHANNELS)                                                                     \
  void NAME(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {                \
    for (const int8_t *const end = y + p->last + 2 * (CHANNELS); y != end; x += 4) {              \
      y = pixel_of(p->stream, x, y, CHANNELS);                                                    \
    }                                                                                             \
  }
PAIRS(ek_pointwise_packed_4_to_4_pairs_dsp, 4)
PAIRS(ek_pointwise_packed_4_to_8_pairs_dsp, 8)
PAIRS(ek_pointwise_packed_4_to_16_pairs_dsp, 16)

#endif
