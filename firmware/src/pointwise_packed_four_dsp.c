/* y[n,oy,ox,co] = requantize(bias[co] + sum over ci of (x - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 2, 3 or 4 inputs and
 * a multiple of 4 channels, of 2 and 3 also 10, with the DSP instructions.
 *
 * Blocking: 1 pixel x 1 channel x all taps, eight channels stored at once, as in pointwise_packed_dsp.c: the divider is the
 * addend too, two outputs saturate in one instruction, of four words of two bytes each two are put together. A channel is five
 * words, eight channels five loads of as many words as there are registers free; a channel's words may come in two of them.
 * Fewer inputs are read byte by byte: two are one word of halfwords, of three the second one is in the other. Weights are halfwords, twice as large: SMMULR wants twice the sum. The zero point is folded into the bias. There is a function
 * for each number of channels.
 * Registers: r0 stream, r1 and r3 the pixel, r2 y, r4-r12 and lr weights and constants; a channel's sum takes the place of its
 * first weights, and goes on as its output. The flags that say whether there are more pixels last to the pixel's end: no
 * instruction between sets any.
 * Budget: 50 for eight channels (1.56 a MAC), 26 for four; 8 for a pixel, 5 where they come in pairs, 10 for a line, 16 and 18
 * for the call. Of 3 inputs 9 for a pixel; of 2 inputs 8, and 42 for eight channels, 22 for four. Cycles by LDR 2, LDM 1 + n, LDRD 3, branch 2: 92 for eight channels, 2.9 a MAC. */
#include "edgekit/pointwise_packed_four_dsp.h"

#include <stddef.h>

#include "edgekit/packed_four_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_four_dsp_t, all) == 28, "eight words in the assembly's order");

#define EIGHT EK_FOUR_EIGHT "  strd r4, r7, [r2], #8\n"
/* Eight and two where y lies in halves of words. */
#define TEN                                                                                                  \
  EK_FOUR_EIGHT                                                                                              \
  "  str r7, [r2, #4]\n"                                                                                     \
  "  str r4, [r2], #8\n"                                                                                     \
  EK_FOUR_LOAD("r4, r5, r6, r7, r8, r9, r10, r11, r12, lr")                                                  \
  EK_FOUR_SUM("r4", "r5", "r6") EK_FOUR_OUTPUT("r4", "r7", "r8")                                             \
  EK_FOUR_SUM("r9", "r10", "r11") EK_FOUR_OUTPUT("r9", "r12", "lr") EK_PACK_2("r4", "r9")                    \
  "  orr r4, r4, r4, lsr #8\n"                                                                               \
  "  eor r4, r4, #0x80808080\n"                                                                              \
  "  strh r4, [r2], #2\n"
#define FOUR EK_FOUR_FIRST "  ldr r6, [r0], #4\n" EK_FOUR_FIRST_WORD "  str r4, [r2], #4\n"
#define TWICE(CODE) CODE CODE

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

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
#define PIXELS(N, CHANNELS, CODE)                                                                            \
  __attribute__((naked)) void ek_pointwise_packed_##N##_to_##CHANNELS##_dsp(                                \
      const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {                                 \
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
#define ALL(N)                                                                                               \
  PIXELS(N, 4, FOUR)                                                                                         \
  PIXELS(N, 8, EIGHT)                                                                                        \
  PIXELS(N, 12, EIGHT FOUR)                                                                                  \
  PIXELS(N, 16, TWICE(EIGHT))                                                                                \
  PIXELS(N, 24, TWICE(EIGHT) EIGHT)                                                                          \
  PIXELS(N, 32, TWICE(TWICE(EIGHT)))                                                                         \
  PIXELS(N, 64, TWICE(TWICE(TWICE(EIGHT))))
ALL(4)
ALL(3)
PIXELS(3, 10, TEN)

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

/* Two inputs are in r1; channels have the same words. */
#undef EK_FOUR_END
#define EK_FOUR_END(A, B)
ALL(2)
PIXELS(2, 10, TEN)
#pragma GCC diagnostic pop

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
#define PIXELS(N, CHANNELS)                                                                       \
  void ek_pointwise_packed_##N##_to_##CHANNELS##_dsp(                                             \
      const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {                      \
    pixels_of(p, x, y, CHANNELS, N);                                                              \
  }
#define ALL(N) PIXELS(N, 4) PIXELS(N, 8) PIXELS(N, 12) PIXELS(N, 16) PIXELS(N, 24) PIXELS(N, 32) PIXELS(N, 64)
ALL(2)
ALL(3)
ALL(4)
PIXELS(2, 10)
PIXELS(3, 10)
#define PAIRS(NAME, CHANNELS)                                                                     \
  void NAME(const ek_pointwise_packed_four_dsp_t *p, const int8_t *x, int8_t *y) {                \
    for (const int8_t *const end = y + p->last + 2 * (CHANNELS); y != end; x += 4) {              \
      y = pixel_of(p->stream, x, y, CHANNELS, 4);                                                 \
    }                                                                                             \
  }
PAIRS(ek_pointwise_packed_4_to_4_pairs_dsp, 4)
PAIRS(ek_pointwise_packed_4_to_8_pairs_dsp, 8)
PAIRS(ek_pointwise_packed_4_to_16_pairs_dsp, 16)

#endif
