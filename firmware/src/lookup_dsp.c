/* What `ek_lookup` computes, on cores with the DSP extension: values are loaded and stored as words.
 *
 * Blocking: 16 values of one LDM and STM, then words, then up to 3 values alone. A block is read before it is written: y may be x.
 * Registers: r0 table, r1 x, r2 y, r3 values left, r8 r9 r12 lr words, which become outputs, r4-r7 a word's values.
 * Budget: a word takes 4 UXTB or shifts, 4 LDRB, 3 ORR. 3.0 a value by 16, 3.75 by 4, 5 alone; 9 a call. */
#include "edgekit/lookup_dsp.h"

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

#define FOUND(A) "  ldrb " A ", [r0, " A "]\n"
#define WORD(W)                                                                                             \
  "  uxtb.w r4, " W "\n  uxtb.w r5, " W ", ror #8\n  uxtb.w r6, " W ", ror #16\n  lsr.w r7, " W ", #24\n"   \
  FOUND("r4") FOUND("r5") FOUND("r6") FOUND("r7")                                                           \
  "  orr.w r4, r4, r5, lsl #8\n  orr.w r6, r6, r7, lsl #8\n  orr.w " W ", r4, r6, lsl #16\n"
#define WORDS "{r8, r9, r12, lr}\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

__attribute__((naked)) void ek_lookup_dsp(const ek_lookup_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, lr}\n"
      "  ldrd r0, r3, [r0]\n"
      "  subs r3, #16\n"
      "  blo.n 2f\n"
      "1:\n"
      "  ldmia.w r1!, " WORDS WORD("r8") WORD("r9") WORD("r12") WORD("lr")
      "  stmia.w r2!, " WORDS
      "  subs r3, #16\n"
      "  bhs.n 1b\n"
      "2:\n"
      "  adds r3, #12\n"
      "  bmi.n 4f\n"
      "3:\n"
      "  ldr r8, [r1], #4\n" WORD("r8")
      "  str r8, [r2], #4\n"
      "  subs r3, #4\n"
      "  bhs.n 3b\n"
      "4:\n"
      "  adds r3, #4\n"
      "  beq.n 6f\n"
      "5:\n"
      "  ldrb r4, [r1], #1\n" FOUND("r4")
      "  strb r4, [r2], #1\n"
      "  subs r3, #1\n"
      "  bne.n 5b\n"
      "6:\n"
      "  pop {r4, r5, r6, r7, r8, r9, pc}\n");
}
#pragma GCC diagnostic pop

#else

void ek_lookup_dsp(const ek_lookup_dsp_t *p, const int8_t *x, int8_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    y[i] = p->table[(uint8_t)x[i]];
  }
}

#endif
