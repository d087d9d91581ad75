/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as fully_connected.c, of two outputs, up to 32
 * inputs in whole words and an even number of samples, with the DSP instructions.
 *
 * Blocking: 2 samples x 2 channels x 4 inputs: the samples share the weights' load. Weights are halfwords, twice as large:
 * SMMULR wants twice the sum. The zero point is folded into the bias. There is no counter: the code is entered where the inputs
 * that are not are done.
 * Registers: r0 stream, r1 x, r12 bytes to the next sample, r4-r7 weights, then constants, r8 and r9 sums of a sample, r10 and
 * r11 of the next one, r3 and r2 their inputs, lr two of them.
 * Budget: 15 for 4 inputs (0.94 a MAC), 25 for four outputs, 17 for the call. Cycles by LDR 2, LDM 1 + n, branch 2: 21 for 4
 * inputs, 1.3 a MAC. */
#include "edgekit/fully_connected_two_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_fully_connected_two_dsp_t, skip) == 12, "four words in the assembly's order");

#define ADD(SUM, X, W) "  smlad " SUM ", " X ", " W ", " SUM "\n"
#define SAMPLE(X, A, B)                                                                   \
  "  sxtb16 lr, " X "\n"                                                                  \
  "  sxtb16 " X ", " X ", ror #8\n" ADD(A, "lr", "r4") ADD(B, "lr", "r5") ADD(A, X, "r6") ADD(B, X, "r7")
#define INPUTS                          \
  "  ldmia.w r0!, {r4, r5, r6, r7}\n"   \
  "  ldr.w r2, [r1, r12]\n"             \
  "  ldr.w r3, [r1], #4\n" SAMPLE("r3", "r8", "r9") SAMPLE("r2", "r10", "r11")
#define FINISH(SUM, MULTIPLIER, DIVIDER)             \
  "  smmulr " SUM ", " SUM ", " MULTIPLIER "\n"      \
  "  smmlar " SUM ", " SUM ", " DIVIDER ", lr\n"     \
  "  ssat " SUM ", #8, " SUM "\n"                    \
  "  strb " SUM ", [r2], #1\n"
#define FOUR(CODE) CODE CODE CODE CODE

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 y, 12 its end, 16 bytes to the next sample, 20 bytes of code to skip. */
__attribute__((naked)) void ek_fully_connected_two_dsp(const ek_fully_connected_two_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r3, r12, lr}\n"
      "  add r3, r2\n"
      "  push {r0, r1, r2, r3, r12, lr}\n"
      "1:\n"
      "  ldmia.w r0!, {r8, r9, r10, r11}\n"
      "  add pc, lr\n"
      "  nop\n" FOUR(INPUTS) FOUR(INPUTS)
      "  add r1, r12\n"
      "  ldmia.w r0, {r4, r5, r6, r7, lr}\n"
      "  ldrd r2, r3, [sp, #8]\n"
      FINISH("r8", "r4", "r5") FINISH("r9", "r6", "r7") FINISH("r10", "r4", "r5") FINISH("r11", "r6", "r7")
      "  strd r1, r2, [sp, #4]\n"
      "  cmp r2, r3\n"
      "  ldmia.w sp, {r0, r1, r2, r3, r12, lr}\n"
      "  bne.w 1b\n"
      "  add sp, #24\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

void ek_fully_connected_two_dsp(const ek_fully_connected_two_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t *const constants = p->stream + 4 + p->in_c;
  for (const int8_t *const end = y + p->outputs; y != end; x += p->in_c, y += 2) {
    int32_t a = p->stream[0], b = p->stream[1];
    for (int32_t k = 0; k < p->in_c; k += 4) {
      const uint32_t four = ek_load4(x + k), even = ek_sxtb16(four), odd = ek_sxtb16_odd(four);
      const int32_t *const w = p->stream + 4 + k;
      a = ek_smlad(odd, (uint32_t)w[2], ek_smlad(even, (uint32_t)w[0], a));
      b = ek_smlad(odd, (uint32_t)w[3], ek_smlad(even, (uint32_t)w[1], b));
    }
    y[0] = ek_requantize(a, constants[0], constants[1], constants[4]);
    y[1] = ek_requantize(b, constants[2], constants[3], constants[4]);
  }
}

#endif
