/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 5 inputs, 8, 16
 * or 64 channels and an even number of pixels one after the other, with the DSP instructions.
 *
 * Blocking: 1 pixel x 1 channel x all taps, eight channels stored at once. An output needs no register for its zero point and
 * no store of its own: the divider is the addend too, as its lower half is the zero point and 128, and of the sum only the
 * lower half goes on; two outputs saturate in one instruction, at 0 and 255, which is 128 too much; of four words of two bytes
 * each two are put together. The fifth input's other half is 2 and its weight's the bias, so that a channel is five words.
 * Weights are halfwords, twice as large: SMMULR wants twice the sum. There is a function for each number of channels.
 * Registers: r0 stream, r1, r3 and r12 the pixel, r2 y, r4-r11 and lr weights and constants; a channel's sum takes the place of
 * its first weights, and goes on as its output. The flags that say whether there are more pixels last for two of them: no
 * instruction between sets any.
 * Budget: 59 for eight channels (1.48 a MAC), 7.5 for a pixel, 17 for the call. Cycles by LDR 2, LDM 1 + n, LDRD 3, branch 2: 101
 * for eight channels, 2.5 a MAC. */
#include "edgekit/pointwise_packed_dsp.h"

#include <stddef.h>

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_dsp_t, last) == 12, "four words in the assembly's order");

#define LOAD(LIST) "  ldmia.w r0!, {" LIST "}\n"
/* Of three words of weights, in place of the first. */
#define SUM(A, B, C)                              \
  "  smuad " A ", r1, " A "\n"                    \
  "  smlad " A ", r3, " B ", " A "\n"             \
  "  smlad " A ", r12, " C ", " A "\n"
#define MULTIPLY(A, MULTIPLIER) "  smmulr " A ", " A ", " MULTIPLIER "\n"
#define OUTPUT(A, MULTIPLIER, DIVIDER) MULTIPLY(A, MULTIPLIER) EK_DIVIDE_PACKED(A, DIVIDER)
/* The words are of one channel after the other, 0, 2, 1, 3, 4, 6, 5, 7: three of weights, multiplier, divider. */
#define EIGHT                                                                                          \
  LOAD("r4, r5, r6, r7, r8") SUM("r4", "r5", "r6") OUTPUT("r4", "r7", "r8")                            \
  LOAD("r5, r6, r7, r8, r9, r10, r11, lr") SUM("r5", "r6", "r7") OUTPUT("r5", "r8", "r9") EK_PACK_2("r4", "r5") SUM("r10", "r11", "lr") \
  LOAD("r5, r6, r7, r8, r9, r11, lr") OUTPUT("r10", "r5", "r6") SUM("r7", "r8", "r9") OUTPUT("r7", "r11", "lr") \
  EK_PACK_2("r10", "r7") EK_PACK_4("r4", "r10")                                                                  \
  LOAD("r5, r6, r7, r8, r9, r10, r11, lr") SUM("r5", "r6", "r7") OUTPUT("r5", "r8", "r9") SUM("r10", "r11", "lr") \
  LOAD("r6, r7, r8, r9, r11, lr") OUTPUT("r10", "r6", "r7") EK_PACK_2("r5", "r10") SUM("r8", "r9", "r11") MULTIPLY("r8", "lr") \
  LOAD("r6, r7, r9, r10, r11, lr") EK_DIVIDE_PACKED("r8", "r6") SUM("r7", "r9", "r10") OUTPUT("r7", "r11", "lr") \
  EK_PACK_2("r8", "r7") EK_PACK_4("r5", "r8")                                                                    \
  "  strd r4, r5, [r2], #8\n"
#define TWICE(CODE) CODE CODE
#define FOUR_TIMES(CODE) TWICE(CODE) TWICE(CODE)

/* r5 less the input's zero point in both halves, r6 in the lower, 2 in the upper one. */
#define EXPAND                              \
  "  sxtab16 r1, r5, r8\n"                  \
  "  sxtab16 r3, r5, r8, ror #8\n"          \
  "  sxtab16 r12, r6, r9\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 and 12 what is added to inputs, 16 end of x. */
#define PIXELS(NAME, CHANNELS)                                                                               \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r5, r6, r7}\n"                                                                   \
        "  mov r4, r1\n"                                                                                     \
        "  add r7, r1\n"                                                                                     \
        "  push {r0, r4, r5, r6, r7}\n"                                                                      \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r4, r5, r6, r7}\n"                                                               \
        "  ldr r8, [r4], #10\n"                                                                              \
        "  ldrb r9, [r4, #-6]\n"                                                                             \
        "  str r4, [sp, #4]\n"                                                                               \
        "  cmp r4, r7\n" EXPAND CHANNELS                                                                     \
        "  ldmia.w sp, {r0, r4, r5, r6}\n"                                                                   \
        "  ldr r8, [r4, #-5]\n"                                                                              \
        "  ldrb r9, [r4, #-1]\n" EXPAND CHANNELS                                                             \
        "  bne.w 1b\n"                                                                                       \
        "  add sp, #20\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
PIXELS(ek_pointwise_packed_5_to_8_dsp, EIGHT)
PIXELS(ek_pointwise_packed_5_to_16_dsp, TWICE(EIGHT))
PIXELS(ek_pointwise_packed_5_to_64_dsp, FOUR_TIMES(TWICE(EIGHT)))
#pragma GCC diagnostic pop

#else

/* Of a pixel's two words and last byte; the output's place among four is not its place in the stream. */
static void pixels_of(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y, int32_t channels) {
  for (const int8_t *const end = x + p->last; x != end; x += 5, y += channels) {
    const uint32_t four = ek_load4(x);
    const uint32_t even = ek_sxtab16(p->offset, four), odd = ek_sxtab16_odd(p->offset, four);
    const uint32_t fifth = ek_sxtab16(p->fifth, (uint8_t)x[4]);
    const int32_t *at = p->stream;
    for (int32_t i = 0; i < channels; ++i, at += 5) {
      int32_t sum = ek_smlad(even, (uint32_t)at[0], 0);
      sum = ek_smlad(odd, (uint32_t)at[1], sum);
      sum = ek_smmulr(ek_smlad(fifth, (uint32_t)at[2], sum), at[3]);
      y[i / 4 * 4 + i % 4 / 2 + i % 2 * 2] = ek_divide_packed(sum, at[4]);
    }
  }
}
#define PIXELS(NAME, CHANNELS)                                                               \
  void NAME(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y) {                \
    pixels_of(p, x, y, CHANNELS);                                                            \
  }
PIXELS(ek_pointwise_packed_5_to_8_dsp, 8)
PIXELS(ek_pointwise_packed_5_to_16_dsp, 16)
PIXELS(ek_pointwise_packed_5_to_64_dsp, 64)

#endif
