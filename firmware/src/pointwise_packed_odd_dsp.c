/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 5 inputs, 16
 * channels and lines of any number of pixels, each or every second one, with the DSP instructions.
 *
 * SMLAD takes two products of one output, so that of five inputs one is left. SMLAL takes its products with the weights of two
 * channels: 256 x (wb + 2^24 wa) adds x wa to the upper word, where the first one's sum is, and 256 times x wb to the lower
 * one, where the other one's is, 256 times as large. The lower word must not change its sign meanwhile, or the upper one would
 * be one too much: so SMLAL comes first, and what inputs 0 to 3 are moved by is in the bias that it begins with. Of a sum that is
 * not doubled, SMMLSR takes 2^32 less twice the multiplier away; of one that is 256 times as large the multiplier has 24 bits,
 * with which the outputs are proven channel by channel (edgekit/backends/c/forms/dsp/conv_2d_packed_odd.py).
 *
 * Blocking: 1 pixel x 2 channels x all taps; outputs as in pointwise_packed_dsp.c.
 * Registers: r10 stream, r11, r12 and lr the pixel, r0-r9 constants; sums take the place of biases. x, y and what a line needs are on
 * the stack, where the first eight outputs wait: one LDM brings all of it back. Eight channels, 44 words, take six LDMs, of 10,
 * 8, 7, 7, 7 and 5 words.
 * Budget: 54 for eight channels: 4 SMLAL, 16 products, 16 for requantization, 12 to put together, 6 loads; 11 for a pixel,
 * 4 for a line, 17 for the call: 1.49 a MAC, 1.5 of 49 pixels in lines of 7. Cycles by LDR 2, LDM 1 + n, branch 2: 98 for eight
 * channels, 2.9 a MAC. */
#include "edgekit/pointwise_packed_odd_dsp.h"

#include <stddef.h>

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_odd_dsp_t, offset) == 20, "six words in the assembly's order");

#define LOAD(LIST) "  ldmia.w r10!, {" LIST "}\n"
#define FIFTH(B, A, W) "  smlal " B ", " A ", lr, " W "\n"
#define EVEN(SUM, W) "  smlad " SUM ", r11, " W ", " SUM "\n"
#define ODD(SUM, W) "  smlad " SUM ", r12, " W ", " SUM "\n"
#define FIRST(A, MULTIPLIER, DIVIDER) "  smmlsr " A ", " A ", " MULTIPLIER ", " A "\n" EK_DIVIDE_PACKED(A, DIVIDER)
#define MULTIPLY(B, MULTIPLIER) "  smmulr " B ", " B ", " MULTIPLIER "\n"
#define JOIN(TO, A, B) "  orr " TO ", " A ", " B ", lsl #8\n"
#define SIGNED(TO, A) "  eor " TO ", " A ", #0x80808080\n"
/* Of a pair: biases of the second and the first one, fifth weights, two words of weights of the first one, two of the second
 * one, multiplier and divider of either. Words of outputs in r8 and r9. */
#define EIGHT                                                                                                                 \
  LOAD("r0, r1, r2, r3, r4, r5, r6, r7, r8, r9") FIFTH("r0", "r1", "r2") EVEN("r1", "r3") ODD("r1", "r4")                      \
  FIRST("r1", "r7", "r8") EVEN("r0", "r5") ODD("r0", "r6") MULTIPLY("r0", "r9")                                                \
  LOAD("r2, r3, r4, r5, r6, r7, r8, r9") EK_DIVIDE_PACKED("r0", "r2") EK_PACK_2("r1", "r0") FIFTH("r3", "r4", "r5")            \
  EVEN("r4", "r6") ODD("r4", "r7") EVEN("r3", "r8") ODD("r3", "r9")                                                            \
  LOAD("r0, r2, r5, r6, r7, r8, r9") FIRST("r4", "r0", "r2") MULTIPLY("r3", "r5") EK_DIVIDE_PACKED("r3", "r6")                 \
  EK_PACK_2("r4", "r3") JOIN("r1", "r1", "r4") FIFTH("r7", "r8", "r9")                                                         \
  LOAD("r0, r2, r3, r4, r5, r6, r9") EVEN("r8", "r0") ODD("r8", "r2") FIRST("r8", "r5", "r6") EVEN("r7", "r3") ODD("r7", "r4") \
  MULTIPLY("r7", "r9")                                                                                                         \
  LOAD("r0, r2, r3, r4, r5, r6, r9") EK_DIVIDE_PACKED("r7", "r0") EK_PACK_2("r8", "r7") FIFTH("r2", "r3", "r4")                \
  EVEN("r3", "r5") ODD("r3", "r6") EVEN("r2", "r9")                                                                            \
  LOAD("r0, r4, r5, r6, r7") ODD("r2", "r0") FIRST("r3", "r4", "r5") MULTIPLY("r2", "r6") EK_DIVIDE_PACKED("r2", "r7")         \
  EK_PACK_2("r3", "r2") JOIN("r9", "r8", "r3") SIGNED("r8", "r1") SIGNED("r9", "r9")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 lines that are left, 4 x, 8 y, 12 end of the line, 16 two words that wait, 24 from the end of a line to the next,
 * 28 from line to line, 32 stream, 36 offset. */
#define PIXELS(NAME, STEP)                                                                                    \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_odd_dsp_t *p, const int8_t *x, int8_t *y) {      \
    __asm__ volatile(                                                                                         \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                     \
        "  ldmia.w r0, {r0, r3, r6, r7, r10, r11}\n"                                                          \
        "  add r3, r1\n"                                                                                      \
        "  push {r0, r1, r2, r3, r4, r5, r6, r7, r10, r11}\n"                                                 \
        "1:\n"                                                                                                \
        "  ldr r4, [r1], #" STEP "\n"                                                                         \
        "  ldrsb lr, [r1, #4-" STEP "]\n"                                                                     \
        "  stmia.w sp, {r0, r1, r2, r3}\n"                                                                    \
        "  sxtab16 r12, r11, r4, ror #8\n"                                                                    \
        "  sxtab16 r11, r11, r4\n"                                                                            \
        "  lsl lr, lr, #8\n" EIGHT                                                                            \
        "  strd r8, r9, [sp, #16]\n" EIGHT                                                                    \
        "  ldmia.w sp, {r0, r1, r2, r3, r4, r5, r6, r7, r10, r11}\n"                                          \
        "  stmia.w r2!, {r4, r5, r8, r9}\n"                                                                   \
        "  cmp r1, r3\n"                                                                                      \
        "  bne.w 1b\n"                                                                                        \
        "  add r3, r7\n"                                                                                      \
        "  add r1, r6\n"                                                                                      \
        "  subs r0, #1\n"                                                                                     \
        "  bne.w 1b\n"                                                                                        \
        "  add sp, #40\n"                                                                                     \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                    \
  }
PIXELS(ek_pointwise_packed_odd_5_to_16_dsp, "5")
PIXELS(ek_pointwise_packed_odd_5_to_16_by_2_dsp, "10")
#pragma GCC diagnostic pop

#else

static void pixels_of(const ek_pointwise_packed_odd_dsp_t *p, const int8_t *x, int8_t *y, int32_t step) {
  for (int32_t line = 0; line < p->lines; ++line, x += p->line_step) {
    for (int32_t at_x = 0; at_x != p->row; at_x += step, y += 16) {
      const uint32_t four = ek_load4(x + at_x);
      const uint32_t even = ek_sxtab16(p->offset, four), odd = ek_sxtab16_odd(p->offset, four);
      const int32_t *at = p->stream;
      for (int32_t i = 0; i < 16; i += i % 2 ? 3 : 1, at += 11) {
        const uint64_t biases = (uint64_t)(uint32_t)at[1] << 32 | (uint32_t)at[0];
        const uint64_t sums = biases + (uint64_t)((int64_t)x[at_x + 4] * 256 * at[2]);
        const int32_t first = ek_smlad(odd, (uint32_t)at[4], ek_smlad(even, (uint32_t)at[3], (int32_t)(uint32_t)(sums >> 32)));
        const int32_t second = ek_smlad(odd, (uint32_t)at[6], ek_smlad(even, (uint32_t)at[5], (int32_t)(uint32_t)sums));
        const int64_t product = ((INT64_C(1) << 32) - at[7]) * first;
        y[i] = ek_divide_packed((int32_t)((product + (INT64_C(1) << 31)) >> 32), at[8]);
        y[i + 2] = ek_divide_packed(ek_smmulr(second, at[9]), at[10]);
      }
    }
  }
}
#define PIXELS(NAME, STEP)                                                        \
  void NAME(const ek_pointwise_packed_odd_dsp_t *p, const int8_t *x, int8_t *y) { \
    pixels_of(p, x, y, STEP);                                                     \
  }
PIXELS(ek_pointwise_packed_odd_5_to_16_dsp, 5)
PIXELS(ek_pointwise_packed_odd_5_to_16_by_2_dsp, 10)

#endif
