/* y[n] = requantize(bias + sum over ci of (x[n,ci] - in_zero) * w[ci]), as conv_2d.c with 1x1 taps and fully_connected.c, of one
 * output, 8, 16, 24, 32 or 64 inputs and a multiple of four pixels one after the other, with the DSP instructions.
 *
 * Blocking: 4 pixels x 8 inputs, which share the weights' load; their outputs are stored as one word, put together as in
 * pointwise_packed_dsp.c. The pixels' bytes from one to the next are in the code. Weights are halfwords, twice as large: SMMULR
 * wants twice the sum. The zero point is folded into the bias.
 * Registers: r0 stream, r1 x, r2 y, r4-r7 weights, then constants, r8-r11 sums, r3 and r12 eight inputs, lr two of them.
 * Budget: 37 for 8 inputs (1.16 a MAC), 21 for the outputs, 17 for the call: 1.48 a MAC of 16 inputs. Cycles by LDR 2, LDM
 * 1 + n, LDRD 3, branch 2: 49 for 8 inputs, 1.53 a MAC. */
#include "edgekit/pointwise_one_fours_dsp.h"

#include <stddef.h>

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_one_fours_dsp_t, last) == 4, "two words in the assembly's order");

#define ADD(SUM, X, W) "  smlad " SUM ", " X ", " W ", " SUM "\n"
#define PIXEL(SUM, FROM)                                                                        \
  "  ldrd r3, r12, [r1" FROM "\n"                                                               \
  "  sxtb16 lr, r3\n"                                                                           \
  "  sxtb16 r3, r3, ror #8\n" ADD(SUM, "lr", "r4") ADD(SUM, "r3", "r5")                         \
  "  sxtb16 lr, r12\n"                                                                          \
  "  sxtb16 r12, r12, ror #8\n" ADD(SUM, "lr", "r6") ADD(SUM, "r12", "r7")
/* The first pixel is the last to be read, with which x goes on. */
#define EIGHT(STEP)                                                                             \
  "  ldmia.w r0!, {r4, r5, r6, r7}\n"                                                           \
  PIXEL("r11", ", #3*" STEP "]") PIXEL("r10", ", #2*" STEP "]") PIXEL("r9", ", #" STEP "]") PIXEL("r8", "], #8")
#define OUTPUT(SUM)                        \
  "  smmulr " SUM ", " SUM ", r4\n"        \
  "  smmlar " SUM ", " SUM ", r5, r5\n"
#define PAIR(A, B)                           \
  "  pkhbt " A ", " A ", " B ", lsl #16\n"   \
  "  usat16 " A ", #8, " A "\n"
#define ONCE(CODE) CODE
#define TWICE(CODE) CODE CODE
#define THRICE(CODE) CODE CODE CODE
#define FOUR_TIMES(CODE) TWICE(CODE) TWICE(CODE)
#define EIGHT_TIMES(CODE) FOUR_TIMES(CODE) FOUR_TIMES(CODE)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 end of x. */
#define FOURS(NAME, STEP, EIGHTS)                                                                            \
  __attribute__((naked)) void NAME(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y) {      \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldrd r0, r3, [r0]\n"                                                                              \
        "  add r3, r1\n"                                                                                     \
        "  push {r0, r3}\n"                                                                                  \
        "1:\n"                                                                                               \
        "  ldmia.w r0!, {r8, r9, r10, r11}\n" EIGHTS(EIGHT(STEP))                                            \
        "  ldrd r4, r5, [r0]\n"                                                                              \
        "  add.w r1, r1, #3*" STEP "\n" OUTPUT("r8") OUTPUT("r9") OUTPUT("r10") OUTPUT("r11")                \
        PAIR("r8", "r10") PAIR("r9", "r11")                                                                  \
        "  orr r8, r8, r9, lsl #8\n"                                                                         \
        "  eor r8, r8, #0x80808080\n"                                                                        \
        "  str r8, [r2], #4\n"                                                                               \
        "  ldrd r0, r3, [sp]\n"                                                                              \
        "  cmp r1, r3\n"                                                                                     \
        "  bne.w 1b\n"                                                                                       \
        "  add sp, #8\n"                                                                                     \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
FOURS(ek_pointwise_one_fours_8_dsp, "8", ONCE)
FOURS(ek_pointwise_one_fours_16_dsp, "16", TWICE)
FOURS(ek_pointwise_one_fours_24_dsp, "24", THRICE)
FOURS(ek_pointwise_one_fours_32_dsp, "32", FOUR_TIMES)
FOURS(ek_pointwise_one_fours_64_dsp, "64", EIGHT_TIMES)
#pragma GCC diagnostic pop

#else

static void fours_of(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs) {
  const int32_t *const weights = p->stream + 4, *const constants = weights + inputs / 2;
  for (const int8_t *const end = x + p->last; x != end; x += inputs) {
    int32_t sum = p->stream[0];
    for (int32_t k = 0; k < inputs; k += 4) {
      const uint32_t four = ek_load4(x + k);
      sum = ek_smlad(ek_sxtb16(four), (uint32_t)weights[k / 2], sum);
      sum = ek_smlad(ek_sxtb16_odd(four), (uint32_t)weights[k / 2 + 1], sum);
    }
    *y++ = ek_divide_packed(ek_smmulr(sum, constants[0]), constants[1]);
  }
}
#define FOURS(NAME, INPUTS)                                                                       \
  void NAME(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y) {                  \
    fours_of(p, x, y, INPUTS);                                                                    \
  }
FOURS(ek_pointwise_one_fours_8_dsp, 8)
FOURS(ek_pointwise_one_fours_16_dsp, 16)
FOURS(ek_pointwise_one_fours_24_dsp, 24)
FOURS(ek_pointwise_one_fours_32_dsp, 32)
FOURS(ek_pointwise_one_fours_64_dsp, 64)

#endif
