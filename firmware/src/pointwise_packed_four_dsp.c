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

#include "edgekit/packed_four_pixels_dsp.h"

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

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define OF(N, CHANNELS, CODE) PIXELS(ek_pointwise_packed_##N##_to_##CHANNELS##_dsp, N, CHANNELS, CODE)
#define OF_4(CHANNELS, CODE) OF(4, CHANNELS, CODE)
#define OF_3(CHANNELS, CODE) OF(3, CHANNELS, CODE)
#define OF_2(CHANNELS, CODE) OF(2, CHANNELS, CODE)
COMMON(OF_4)
COMMON(OF_3)
OF_3(10, TEN)

#if EK_DSP_INSTRUCTIONS

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

#else

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

COMMON(OF_2)
OF_2(10, TEN)
#pragma GCC diagnostic pop
