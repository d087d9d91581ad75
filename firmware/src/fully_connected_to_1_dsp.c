/* y[n] = requantize(bias + sum over ci of (x[n,ci] - in_zero) * w[ci]), as fully_connected.c and conv_2d.c with 1x1 taps, of one
 * output and up to 140 inputs in whole words, with the DSP instructions.
 *
 * Blocking: 1 sample, up to 3 times 4 inputs, then 16 at a time. Weights are halfwords, twice as large: SMMULR wants twice the
 * sum. The zero point is folded into the bias. There is no counter: the code is entered where the inputs that are not are done.
 * Registers: r0 stream, r1 x, r2 y, r3 sum, r4-r7 weights, then constants, r8-r11 inputs, r12 two of them as halfwords, lr bytes
 * of code to skip. One sample has a function of its own, without loops, and one of 64 inputs.
 * Budget: 19 for 16 inputs (1.19 a MAC), 6 for 4, 13 for a sample, 9 for a line, 7 for the call; 11 for one sample. Cycles by LDR 2, LDM 1 + n,
 * branch 2: 31 for 16 inputs, 1.9 a MAC. */
#include "edgekit/fully_connected_to_1_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_fully_connected_to_1_dsp_t, skip) == 16, "five words in the assembly's order");

#define INPUTS4(X, EVEN, ODD)               \
  "  sxtb16 r12, " X "\n"                   \
  "  smlad r3, r12, " EVEN ", r3\n"         \
  "  sxtb16 " X ", " X ", ror #8\n"         \
  "  smlad r3, " X ", " ODD ", r3\n"
#define FOUR "  ldmia r0!, {r4, r5}\n  ldr r8, [r1], #4\n" INPUTS4("r8", "r4", "r5")
#define EIGHT(A, B) "  ldmia r0!, {r4, r5, r6, r7}\n" INPUTS4(A, "r4", "r5") INPUTS4(B, "r6", "r7")
#define SIXTEEN "  ldmia.w r1!, {r8, r9, r10, r11}\n" EIGHT("r8", "r9") EIGHT("r10", "r11")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define INPUTS                                                                                       \
  "  ldrd r3, r4, [r0], #8\n"                                                                        \
  "  add pc, r4\n"                                                                                   \
  "  nop\n" FOUR FOUR FOUR                                                                           \
  "  add pc, lr\n"                                                                                   \
  "  nop\n" SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN SIXTEEN

/* On the stack: 0 end of the line's y, 4 outputs, 8 lines left, 12 gap. */
__attribute__((naked)) void ek_fully_connected_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r4, r5, r6, lr}\n"
      "  add r3, r2, r4\n"
      "  push {r3, r4, r5, r6}\n"
      "1:\n" INPUTS
      "  ldmia.w r0, {r4, r5, r6, r7, r8}\n"
      "  smmulr r3, r3, r4\n"
      "  ldr.w r9, [sp]\n"
      "  smmlar r3, r3, r5, r6\n"
      "  add r1, r7\n"
      "  ssat r3, #8, r3\n"
      "  add r0, r8\n"
      "  strb r3, [r2], #1\n"
      "  cmp r2, r9\n"
      "  bne.w 1b\n"
      "  ldrd r4, r5, [sp, #4]\n"
      "  subs r5, #1\n"
      "  bne 2f\n"
      "  add sp, #16\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
      "2:\n"
      "  ldr r6, [sp, #12]\n"
      "  add r9, r4\n"
      "  add r1, r6\n"
      "  str.w r9, [sp]\n"
      "  str r5, [sp, #8]\n"
      "  b.w 1b\n");
}

__attribute__((naked)) void ek_fully_connected_1_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r4, r5, r6, lr}\n" INPUTS
      "  ldmia r0, {r4, r5, r6}\n"
      "  smmulr r3, r3, r4\n"
      "  smmlar r3, r3, r5, r6\n"
      "  ssat r3, #8, r3\n"
      "  strb r3, [r2]\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}

/* Of 64 inputs, whose code needs no entry. */
__attribute__((naked)) void ek_fully_connected_64_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldr r0, [r0]\n"
      "  ldrd r3, r4, [r0], #8\n" SIXTEEN SIXTEEN SIXTEEN SIXTEEN
      "  ldmia r0, {r4, r5, r6}\n"
      "  smmulr r3, r3, r4\n"
      "  smmlar r3, r3, r5, r6\n"
      "  ssat r3, #8, r3\n"
      "  strb r3, [r2]\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

void ek_fully_connected_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t *const weights = p->stream + 2, *const constants = weights + p->in_c / 2;
  for (int32_t line = 0; line < p->lines; ++line, x += p->gap) {
    for (int32_t i = 0; i < p->outputs; ++i, x += p->in_c + constants[3]) {
      int32_t sum = p->stream[0];
      for (int32_t k = 0; k < p->in_c; k += 4) {
        const uint32_t four = ek_load4(x + k);
        sum = ek_smlad(ek_sxtb16(four), (uint32_t)weights[k / 2], sum);
        sum = ek_smlad(ek_sxtb16_odd(four), (uint32_t)weights[k / 2 + 1], sum);
      }
      *y++ = ek_requantize(sum, constants[0], constants[1], constants[2]);
    }
  }
}

void ek_fully_connected_1_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  ek_fully_connected_to_1_dsp(p, x, y);
}
void ek_fully_connected_64_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y) {
  ek_fully_connected_to_1_dsp(p, x, y);
}

#endif
