/* y[n] = requantize(bias + sum over ci of (x[n,ci] - in_zero) * w[ci]), as conv_2d.c with 1x1 taps and fully_connected.c, of one
 * output, 4, 8, 16, 24, 32 or 64 inputs and a multiple of four pixels one after the other, with the DSP instructions.
 *
 * Blocking: 4 pixels x 8 inputs, which share the weights' load; their outputs are stored as one word, put together as in
 * pointwise_packed_dsp.c. The pixels' bytes from one to the next are in the code. Weights are halfwords, twice as large: SMMULR
 * wants twice the sum. The zero point is folded into the bias.
 * Registers: r0 stream, r1 x, r2 y, r4-r7 weights, then constants, r8-r11 sums, r3 and r12 eight inputs, lr two of them. Of 4 and
 * 8 inputs weights and constants stay in registers, and of 8 up to 12 pixels are a turn, which begins where the rest of them
 * does.
 * Budget: 37 for 8 inputs (1.16 a MAC), 20 for the outputs, 17 for the call: 1.47 a MAC of 16 inputs. Layers of 4 inputs: 34 for
 * four outputs, 16 for the call; of 8 50, 3 a turn, 19 for the call: 2.2 and 1.6 a MAC. Cycles by LDR 2, LDM 1 + n, LDRD 3,
 * branch 2: 49 for 8 inputs, 1.53 a MAC. */
#include "edgekit/pointwise_one_fours_dsp.h"

#include <stddef.h>

#include "edgekit/one_output_dsp.h"
#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_one_fours_dsp_t, last) == 4, "two words in the assembly's order");

#define OUTPUT(SUM) "  smmulr " SUM ", " SUM ", r4\n" EK_DIVIDE_PACKED(SUM, "r5")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 end of x. */
#define FOURS(NAME, STEP, MORE)                                                                              \
  __attribute__((naked)) void NAME(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y) {      \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldrd r0, r3, [r0]\n"                                                                              \
        "  add r3, r1\n"                                                                                     \
        "  push {r0, r3}\n"                                                                                  \
        "1:\n"                                                                                               \
        EK_ONE_EIGHTS(EK_ONE_FOUR(STEP), MORE)                                                               \
        "  ldrd r4, r5, [r0]\n"                                                                              \
        "  add.w r1, r1, #3*" STEP "\n" OUTPUT("r8") OUTPUT("r9") OUTPUT("r10") OUTPUT("r11")                \
        EK_PACK_2("r8", "r10") EK_PACK_2("r9", "r11") EK_PACK_4("r8", "r9")                                  \
        "  str r8, [r2], #4\n"                                                                               \
        "  ldrd r0, r3, [sp]\n"                                                                              \
        "  cmp r1, r3\n"                                                                                     \
        "  bne.w 1b\n"                                                                                       \
        "  add sp, #8\n"                                                                                     \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }

/* Four inputs: r4 and r5 weights, r6 to r9 biases, r10 multiplier, r11 divider, r3 end of x; of the biases r8 stays. */
#define PIXEL4(SUM, X)                                                                                       \
  EK_ONE_SUM_OF_4(SUM, X)                                                                                    \
  "  smmulr " SUM ", " SUM ", r10\n" EK_DIVIDE_PACKED(SUM, "r11")
__attribute__((naked)) void ek_pointwise_one_fours_4_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldrd r0, r3, [r0]\n"
      "  add r3, r1\n"
      "  ldmia.w r0, {r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "1:\n"
      "  ldmia.w r1!, {r0, r6, r7, r12}\n"
      PIXEL4("lr", "r0") PIXEL4("r0", "r6") PIXEL4("r6", "r7") PIXEL4("r7", "r12")
      EK_PACK_2("lr", "r6") EK_PACK_2("r0", "r7") EK_PACK_4("lr", "r0")
      "  str lr, [r2], #4\n"
      "  cmp r1, r3\n"
      "  bne.w 1b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
/* Eight inputs: r4-r7 weights, r8 bias, r9 multiplier, r10 divider; r0, r3, r11, r12 and lr are pixels, then outputs. r12 begins as
 * bytes of code to skip: all instructions of four pixels have four bytes, as _one_fours.py knows. On the stack: end of x. */
#define PIXEL(SUM, LOW, HIGH)                                                                                \
  EK_ONE_SUM_OF_8(SUM, LOW, HIGH)                                                                            \
  "  smmulr " SUM ", " SUM ", r9\n" EK_DIVIDE_PACKED(SUM, "r10")
#define FOUR8                                                                                                \
  "  ldmia.w r1!, {r0, r3, r11, r12}\n" PIXEL("lr", "r0", "r3") PIXEL("r3", "r11", "r12")                    \
  "  ldrd r11, r12, [r1], #8\n" PIXEL("r0", "r11", "r12") EK_PACK_2("lr", "r0")                              \
  "  ldrd r11, r12, [r1], #8\n" PIXEL("r0", "r11", "r12") EK_PACK_2("r3", "r0") EK_PACK_4("lr", "r3")        \
  "  str lr, [r2], #4\n"
__attribute__((naked)) void ek_pointwise_one_fours_8_dsp(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldrd r0, r3, [r0]\n"
      "  add r3, r1\n"
      "  push {r3}\n"
      "  ldmia.w r0, {r4, r5, r6, r7, r8, r9, r10, r12}\n"
      "  add pc, r12\n"
      "  nop\n"
      "1:\n" EK_THRICE(FOUR8)
      "  ldr r3, [sp]\n"
      "  cmp r1, r3\n"
      "  bne.w 1b\n"
      "  add sp, #4\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
FOURS(ek_pointwise_one_fours_16_dsp, "16", EK_ONCE)
FOURS(ek_pointwise_one_fours_24_dsp, "24", EK_TWICE)
FOURS(ek_pointwise_one_fours_32_dsp, "32", EK_THRICE)
FOURS(ek_pointwise_one_fours_64_dsp, "64", EK_SEVEN_TIMES)
#pragma GCC diagnostic pop

#else

static void fours_of(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs) {
  const int32_t *const constants = p->stream + (inputs == 8 ? 5 : 4 + inputs / 2);
  for (const int8_t *const end = x + p->last; x != end; x += inputs) {
    *y++ = ek_divide_packed(ek_smmulr(ek_one_sum(p->stream, x, inputs), constants[0]), constants[1]);
  }
}
#define FOURS(NAME, INPUTS)                                                                       \
  void NAME(const ek_pointwise_one_fours_dsp_t *p, const int8_t *x, int8_t *y) {                  \
    fours_of(p, x, y, INPUTS);                                                                    \
  }
FOURS(ek_pointwise_one_fours_4_dsp, 4)
FOURS(ek_pointwise_one_fours_8_dsp, 8)
FOURS(ek_pointwise_one_fours_16_dsp, 16)
FOURS(ek_pointwise_one_fours_24_dsp, 24)
FOURS(ek_pointwise_one_fours_32_dsp, 32)
FOURS(ek_pointwise_one_fours_64_dsp, 64)

#endif
