/* Windows of up to 4 inputs, two at a time, by one multiplication without an addend: the inner loop of conv_1d_dsp.c into 8 and
 * 16 channels.
 *
 * Blocking: 2 pixels x 1 channel x all taps: a pixel of the first half of a line and one of the second; of an odd number both
 * have the one in the middle. Registers: r0 stream, r2 y, r12 from there to the second pixel's, lr the y of the line's last
 * pair, r11 x, r4-r7 both pixels' taps, r1, r8-r10 bias, weights, multiplier; sums in r1 and r3. The flags that say whether
 * there are more pairs last to the pair's end: no instruction between sets any.
 * Budget: 11 for two outputs, 11 for a pair, 10 for a line. */
#ifndef EDGEKIT_CONV_1D_PAIRS_DSP_H
#define EDGEKIT_CONV_1D_PAIRS_DSP_H

#include <stddef.h>

#include "edgekit/assembly_dsp.h"
#include "edgekit/line_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  const int32_t *stream;               /* of each channel its bias, two words of weights, multiplier */
  int32_t step, to_second, lines, gap; /* bytes of x */
  int32_t outputs, to_second_output;   /* of a line before those of its last pair; from the first's to the second's */
} ek_pairs_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pairs_t, to_second_output) == 24, "seven words in the assembly's order");

#define PAIR_CHANNEL                                                                                         \
  "  ldmia.w r0!, {r1, r8, r9, r10}\n"                                                                       \
  ADD("r3", "r6", "r8", "r1") ADD("r1", "r4", "r8", "r1") ADD("r3", "r7", "r9", "r3") ADD("r1", "r5", "r9", "r1") \
  EK_LINE_OF("r3", "r10") EK_LINE_OF("r1", "r10")                                                            \
  "  strb r3, [r2, r12]\n"                                                                                   \
  "  strb r1, [r2], #1\n"
#define PAIR_CHANNELS_8 PAIR_CHANNEL PAIR_CHANNEL PAIR_CHANNEL PAIR_CHANNEL PAIR_CHANNEL PAIR_CHANNEL PAIR_CHANNEL PAIR_CHANNEL
#define PAIR_CHANNELS_16 PAIR_CHANNELS_8 PAIR_CHANNELS_8
/* On the stack: 0 step, 4 bytes to the second pixel, 8 lines left, 12 gap, 16 outputs of a line before the last pair's. */
#define PAIRS(NAME, N)                                                                                       \
  __attribute__((naked)) static void NAME(const ek_pairs_t *p, const int8_t *x, int8_t *y) {                 \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  mov r11, r1\n"                                                                                    \
        "  ldmia.w r0, {r0, r4, r5, r6, r7, r8, r12}\n"                                                      \
        "  add.w lr, r2, r8\n"                                                                               \
        "  push {r4, r5, r6, r7, r8}\n"                                                                      \
        "1:\n"                                                                                               \
        "  ldrd r4, r5, [sp]\n"                                                                              \
        "  cmp r2, lr\n"                                                                                     \
        "  ldr.w r7, [r11, r5]\n"                                                                            \
        "  ldr.w r5, [r11]\n"                                                                                \
        "  add r11, r4\n" BYTES("r4", "r5") BYTES("r6", "r7") PAIR_CHANNELS_##N                              \
        "  sub.w r0, r0, #16*" #N "\n"                                                                       \
        "  bne.w 1b\n"                                                                                       \
        "  ldr r7, [sp, #8]\n"                                                                               \
        "  subs r7, #1\n"                                                                                    \
        "  bne 2f\n"                                                                                         \
        "  add sp, #20\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"                                                     \
        "2:\n"                                                                                               \
        "  str r7, [sp, #8]\n"                                                                               \
        "  ldrd r4, r6, [sp, #12]\n"                                                                         \
        "  add r11, r4\n"                                                                                    \
        "  add r2, r12\n"                                                                                    \
        "  add.w lr, r2, r6\n"                                                                               \
        "  b.w 1b\n");                                                                                       \
  }

#else

static int8_t *pixel_of_line(const int32_t *at, const int8_t *x, int8_t *y, int32_t channels) {
  const uint32_t even = ek_sxtb16(ek_load4(x)), odd = ek_sxtb16_odd(ek_load4(x));
  for (const int8_t *const end = y + channels; y != end; at += 4) {
    *y++ = ek_requantize_line(ek_smlad(odd, (uint32_t)at[2], ek_smlad(even, (uint32_t)at[1], at[0])), at[3]);
  }
  return y;
}
static void pairs_of_lines(const ek_pairs_t *p, const int8_t *x, int8_t *y, int32_t channels) {
  for (int32_t line = 0; line < p->lines; ++line, x += p->gap, y += p->to_second_output) {
    for (const int8_t *const end = y + p->outputs + channels; y != end; x += p->step) {
      pixel_of_line(p->stream, x + p->to_second, y + p->to_second_output, channels);
      y = pixel_of_line(p->stream, x, y, channels);
    }
  }
}
#define PAIRS(NAME, N) \
  static void NAME(const ek_pairs_t *p, const int8_t *x, int8_t *y) { pairs_of_lines(p, x, y, N); }

#endif

#ifdef __cplusplus
}
#endif
#endif
