/* y[oy,ox] = requantize(bias + sum over ci of (x[2 oy,2 ox,ci] - in_zero) * w[ci]), as conv_2d.c with 1x1 taps in steps of two,
 * of one output, rows of 7 outputs and 4, 8, 16, 24 or 32 inputs, with the DSP instructions.
 *
 * Blocking: a row is 4 pixels, then 3, x 8 inputs each, which share the weights' load. All its addresses are in the code.
 * Weights are halfwords, twice as large: SMMULR wants twice the sum. The zero point is folded into the bias.
 * Registers: r0 stream, r1 x, r2 y, r4-r7 weights, then constants, r8-r11 sums, r3 and r12 eight inputs, lr two of them; what a
 * row's end needs comes from the stack with its last constants. Of 4 and 8 inputs weights and constants stay in registers.
 * Budget: 37 for 4 pixels x 8 inputs (1.16 a MAC), 28 for 3; 17 and 13 for their outputs, 3 for a row, 17 for the call: 163 for a
 * row of 16 inputs, 1.46 a MAC. Of 4 and 8 inputs 9 and 13 a pixel, 3 and 4 for a row, 16 and 18 for the call: 2.44 and 1.74 a
 * MAC. Cycles by LDR 2, LDM 1 + n, LDRD 3, branch 2: 49 for 4 pixels x 8 inputs, 1.53 a MAC. */
#include "edgekit/pointwise_one_sevens_dsp.h"

#include <stddef.h>

#include "edgekit/one_output_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_one_sevens_dsp_t, row_step) == 20, "six words in the assembly's order");

/* Of the row's pixels from FIRST, bytes from x, those eight inputs that lie AT in each. */
#define THREE(FIRST, STEP, AT)                                             \
  EK_ONE_PIXEL("r8", ", #" FIRST "+" AT "]")                               \
  EK_ONE_PIXEL("r9", ", #" FIRST "+" STEP "+" AT "]")                      \
  EK_ONE_PIXEL("r10", ", #" FIRST "+2*" STEP "+" AT "]")
#define FOUR(FIRST, STEP, AT) THREE(FIRST, STEP, AT) EK_ONE_PIXEL("r11", ", #" FIRST "+3*" STEP "+" AT "]")
#define OF_16(BLOCK, FIRST, STEP) \
  EK_ONE_WEIGHTS(EK_ONE_BIASES) BLOCK(FIRST, STEP, "0") EK_ONE_WEIGHTS("") BLOCK(FIRST, STEP, "8")
#define OF_24(BLOCK, FIRST, STEP) OF_16(BLOCK, FIRST, STEP) EK_ONE_WEIGHTS("") BLOCK(FIRST, STEP, "16")
#define OF_32(BLOCK, FIRST, STEP) OF_24(BLOCK, FIRST, STEP) EK_ONE_WEIGHTS("") BLOCK(FIRST, STEP, "24")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 multiplier, 8 divider, 12 zero point, 16 end of y, 20 bytes from row to row. */
#define SEVENS(NAME, STEP, INPUTS)                                                                           \
  __attribute__((naked)) void NAME(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y) {     \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r3, r4, r5, r6, r7}\n"                                                           \
        "  add r6, r2\n"                                                                                     \
        "  push {r0, r3, r4, r5, r6, r7}\n"                                                                  \
        "1:\n" INPUTS(FOUR, "0", STEP)                                                                       \
        "  ldmia.w sp, {r0, r4, r5, r6}\n"                                                                   \
        EK_ONE_OUTPUT("r8") EK_ONE_OUTPUT("r9") EK_ONE_OUTPUT("r10") EK_ONE_OUTPUT("r11")                    \
        INPUTS(THREE, "4*" STEP, STEP)                                                                       \
        "  ldmia.w sp, {r0, r4, r5, r6, r7, r12}\n"                                                          \
        EK_ONE_OUTPUT("r8") EK_ONE_OUTPUT("r9") EK_ONE_OUTPUT("r10")                                         \
        "  add r1, r12\n"                                                                                    \
        "  cmp r2, r7\n"                                                                                     \
        "  bne.w 1b\n"                                                                                       \
        "  add sp, #24\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
/* Four inputs: r4 and r5 weights, r8 bias, r9 multiplier, r10 divider, r11 zero point, r12 end of y, lr bytes from row to row. */
#define PIXEL4(FROM) "  ldr r0, [r1, #" FROM "]\n" EK_ONE_SUM_OF_4("r3", "r0") EK_ONE_STORED("r3", "r9", "r10", "r11")
__attribute__((naked)) void ek_pointwise_one_sevens_4_dsp(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r9, r10, r11, r12, lr}\n"
      "  add r12, r2\n"
      "  ldmia.w r0, {r4, r5, r8}\n"
      "1:\n"
      PIXEL4("0") PIXEL4("8") PIXEL4("16") PIXEL4("24") PIXEL4("32") PIXEL4("40") PIXEL4("48")
      "  add r1, lr\n"
      "  cmp r2, r12\n"
      "  bne.w 1b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
/* Eight inputs: r4-r7 weights, r8 bias, r9 multiplier, r10 divider, r11 zero point, r12 end of y. On the stack: bytes from row
 * to row. */
#define PIXEL8(FROM) "  ldrd r0, r3, [r1, #" FROM "]\n" EK_ONE_SUM_OF_8("lr", "r0", "r3") EK_ONE_STORED("lr", "r9", "r10", "r11")
__attribute__((naked)) void ek_pointwise_one_sevens_8_dsp(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r9, r10, r11, r12, lr}\n"
      "  add r12, r2\n"
      "  ldmia.w r0, {r4, r5, r6, r7, r8}\n"
      "  push {lr}\n"
      "1:\n"
      PIXEL8("0") PIXEL8("16") PIXEL8("32") PIXEL8("48") PIXEL8("64") PIXEL8("80") PIXEL8("96")
      "  ldr r0, [sp]\n"
      "  add r1, r0\n"
      "  cmp r2, r12\n"
      "  bne.w 1b\n"
      "  add sp, #4\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
SEVENS(ek_pointwise_one_sevens_16_dsp, "32", OF_16)
SEVENS(ek_pointwise_one_sevens_24_dsp, "48", OF_24)
SEVENS(ek_pointwise_one_sevens_32_dsp, "64", OF_32)
#pragma GCC diagnostic pop

#else

static void sevens_of(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs) {
  for (int32_t i = 0; i < p->size; ++i) {
    const int32_t sum = ek_one_sum(p->stream, x + i / 7 * p->row_step + i % 7 * 2 * inputs, inputs);
    y[i] = ek_requantize(sum, p->multiplier, p->divider, p->zero_point);
  }
}
#define SEVENS(NAME, INPUTS)                                                                  \
  void NAME(const ek_pointwise_one_sevens_dsp_t *p, const int8_t *x, int8_t *y) {             \
    sevens_of(p, x, y, INPUTS);                                                               \
  }
SEVENS(ek_pointwise_one_sevens_4_dsp, 4)
SEVENS(ek_pointwise_one_sevens_8_dsp, 8)
SEVENS(ek_pointwise_one_sevens_16_dsp, 16)
SEVENS(ek_pointwise_one_sevens_24_dsp, 24)
SEVENS(ek_pointwise_one_sevens_32_dsp, 32)

#endif
