/* y[n] = requantize(bias + sum over ci of (x[n,ci] - in_zero) * w[ci]), as conv_2d.c with 1x1 taps and fully_connected.c, of
 * one output and 8 to 64 inputs, with the DSP instructions.
 *
 * Blocking: 2 pixels x 8 inputs, which share the weights' load. A pixel of the first half of all goes with one of the second:
 * both pointers are at the next pixel when they have passed one. Of an odd number the one in the middle is computed twice.
 * Weights are halfwords, twice as large: SMMULR wants twice the sum. The zero point is folded into the bias.
 * Registers: r0 stream, r1 and r2 pixels, r3 y, r4-r7 weights, then constants, r8 and r9 sums, r10-r12 inputs, lr pairs left.
 * Budget: 19 for 8 inputs (16 MACs: 1.19 each), 13 for both outputs, 9 for the call. Cycles by LDR 2, LDM 1 + n, branch 2:
 * 27 for 8 inputs, 1.7 a MAC. */
#include "edgekit/pointwise_one_dsp.h"

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

#define ADD(SUM, X, W) "  smlad " SUM ", " X ", " W ", " SUM "\n"
#define PIXEL(X, SUM)                                             \
  "  ldmia.w " X "!, {r10, r11}\n"                                \
  "  sxtb16 r12, r10\n"                                           \
  "  sxtb16 r10, r10, ror #8\n" ADD(SUM, "r12", "r4") ADD(SUM, "r10", "r5") \
  "  sxtb16 r12, r11\n"                                           \
  "  sxtb16 r11, r11, ror #8\n" ADD(SUM, "r12", "r6") ADD(SUM, "r11", "r7")
#define INPUTS8 "  ldmia.w r0!, {r4, r5, r6, r7}\n" PIXEL("r1", "r8") PIXEL("r2", "r9")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 and 8 bias, 12 bytes of code to skip. The code is entered where the rest of 64 inputs is done. */
__attribute__((naked)) void ek_pointwise_one_dsp(const ek_pointwise_one_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  mov r3, r2\n"
      "  ldmia.w r0, {r0, r2, r8, r12, lr}\n"
      "  add r2, r1\n"
      "  mov r9, r8\n"
      "  push {r0, r8, r9, r12}\n"
      "1:\n"
      "  add pc, r12\n"
      "  nop\n" INPUTS8 INPUTS8 INPUTS8 INPUTS8 INPUTS8 INPUTS8 INPUTS8 INPUTS8
      "  ldmia.w r0, {r4, r5, r6, r7}\n"
      "  smmulr r8, r8, r4\n"
      "  smmulr r9, r9, r4\n"
      "  smmlar r8, r8, r5, r6\n"
      "  smmlar r9, r9, r5, r6\n"
      "  ssat r8, #8, r8\n"
      "  ssat r9, #8, r9\n"
      "  strb r9, [r3, r7]\n"
      "  strb r8, [r3], #1\n"
      "  ldmia.w sp, {r0, r8, r9, r12}\n"
      "  subs.w lr, lr, #1\n"
      "  bne.w 1b\n"
      "  add sp, #16\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

void ek_pointwise_one_dsp(const ek_pointwise_one_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t words = p->in_c / 2;
  const int32_t *constants = p->stream + words;
  for (int32_t i = 0; i < 2 * p->pairs; ++i) {
    const int32_t pixel = i < p->pairs ? i : i - p->pairs + constants[3];
    int32_t sum = p->bias;
    for (int32_t word = 0; word < words; word += 2) {
      const uint32_t taps = ek_load4(x + pixel * p->in_c + 2 * word);
      sum = ek_smlad(ek_sxtb16(taps), (uint32_t)p->stream[word], sum);
      sum = ek_smlad(ek_sxtb16_odd(taps), (uint32_t)p->stream[word + 1], sum);
    }
    y[pixel] = ek_requantize(sum, constants[0], constants[1], constants[2]);
  }
}

#endif
