/* y[co] = requantize(bias[co] + sum over ci of (x[ci] - in_zero) * w[co,ci]), as fully_connected.c, of one sample, 10 inputs and
 * 4 outputs, with the DSP instructions.
 *
 * Blocking: all at once, in the order that leaves the most registers for what is loaded: 32 words of constants take five LDMs,
 * of 9, 5, 6, 7 and 5 words. The last inputs' word is read whole; its two bytes beyond meet nothing. The parameters are the
 * constants, so that nothing is read to find them. Outputs are put together as in pointwise_packed_dsp.c. Weights are halfwords,
 * twice as large: SMMULR wants twice the sum. The zero point is folded into the bias.
 * Registers: r0 constants, r2 y, r5, r8, r11 and r9 sums; inputs 0 to 3 r1 and, expanded, r3; 4 to 7 r3 and r6; 8 and 9 r4.
 * Budget: 49 and 11 for the call (1.5 a MAC): 7 for the inputs, 20 for products, 5 for constants, 15 for outputs, PUSH and POP.
 * Cycles by LDR 2, LDM 1 + n, branch 2: 106. */
#include "edgekit/fully_connected_packed_dsp.h"

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

#define LOAD(LIST) "  ldmia.w r0!, {" LIST "}\n"
#define ADD(SUM, X, W) "  smlad " SUM ", " X ", " W ", " SUM "\n"
#define EXPAND(A, B)                 \
  "  sxtb16 " A ", " B "\n"          \
  "  sxtb16 " B ", " B ", ror #8\n"
#define MULTIPLY(A, MULTIPLIER) "  smmulr " A ", " A ", " MULTIPLIER "\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

__attribute__((naked)) void ek_fully_connected_packed_10_to_4_dsp(const ek_fully_connected_packed_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r1, {r1, r3, r4}\n"
      LOAD("r5, r6, r7, r8, r9, r10, r11, r12, lr")
      "  pkhbt r4, r4, r4, lsl #8\n"
      "  sxtb16 r4, r4\n" ADD("r5", "r4", "r6")
      EXPAND("r6", "r3") ADD("r5", "r6", "r7") ADD("r8", "r3", "r9") ADD("r8", "r6", "r10")
      ADD("r11", "r6", "r12") ADD("r11", "r3", "lr")
      LOAD("r7, r9, r10, r12, lr") ADD("r5", "r3", "r7") ADD("r9", "r3", "r10") ADD("r9", "r4", "r12") ADD("r9", "r6", "lr")
      LOAD("r3, r6, r7, r10, r12, lr") ADD("r8", "r4", "r3") ADD("r11", "r4", "r6")
      EXPAND("r3", "r1") ADD("r5", "r1", "r7") ADD("r8", "r1", "r10") ADD("r11", "r1", "r12") ADD("r9", "r1", "lr")
      LOAD("r1, r4, r6, r7, r10, r12, lr") ADD("r5", "r3", "r1") ADD("r8", "r3", "r4") ADD("r11", "r3", "r6") ADD("r9", "r3", "r7")
      MULTIPLY("r5", "r10") MULTIPLY("r8", "r12") MULTIPLY("r11", "lr")
      "  ldmia.w r0, {r1, r3, r4, r6, r7}\n" MULTIPLY("r9", "r6")
      EK_DIVIDE_PACKED("r5", "r1") EK_DIVIDE_PACKED("r8", "r3") EK_DIVIDE_PACKED("r11", "r4") EK_DIVIDE_PACKED("r9", "r7") EK_PACK_2("r5", "r11") EK_PACK_2("r8", "r9")
      EK_PACK_4("r5", "r8")
      "  str r5, [r2]\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* Where the words of each output are: bias, of inputs 0 and 2, 1 and 3, 4 and 6, 5 and 7, 8 and 9, multiplier, divider. */
static const int8_t places[4][8] = {
    {0, 20, 16, 2, 9, 1, 24, 27}, {3, 21, 17, 5, 4, 14, 25, 28}, {6, 22, 18, 7, 8, 15, 26, 29}, {10, 23, 19, 13, 11, 12, 30, 31}};

void ek_fully_connected_packed_10_to_4_dsp(const ek_fully_connected_packed_dsp_t *p, const int8_t *x, int8_t *y) {
  const uint32_t low = ek_load4(x), high = ek_load4(x + 4);
  const uint32_t inputs[] = {ek_sxtb16(low), ek_sxtb16_odd(low), ek_sxtb16(high), ek_sxtb16_odd(high),
                             ek_pack_low((uint32_t)x[8], (uint32_t)x[9])};
  for (int32_t i = 0; i < 4; ++i) {
    const int8_t *const at = places[i];
    int32_t sum = p->stream[at[0]];
    for (int32_t k = 0; k < 5; ++k) {
      sum = ek_smlad(inputs[k], (uint32_t)p->stream[at[1 + k]], sum);
    }
    y[i] = ek_divide_packed(ek_smmulr(sum, p->stream[at[6]]), p->stream[at[7]]);
  }
}

#endif
