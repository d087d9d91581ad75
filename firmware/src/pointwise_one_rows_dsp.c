/* y[oy,ox] = requantize(bias + sum over ci of (x[2 oy,2 ox,ci] - in_zero) * w[ci]), as conv_2d.c with 1x1 taps in steps of two,
 * of one output and 16, 24 or 32 inputs, with the DSP instructions.
 *
 * Blocking: 4 pixels x 8 inputs, which share the weights' load, then 3 pixels: a row is fours and then threes of pixels. Pixels
 * are so far apart as the code says, in which no more than the inputs differ. Weights are halfwords, twice as large: SMMULR
 * wants twice the sum. The zero point is folded into the bias.
 * Registers: r0 stream, r1 x, r2 y, r4-r7 weights, then constants, r8-r11 sums, r3 and r12 eight inputs, lr two of them.
 * Budget: 37 for 4 pixels x 8 inputs (1.16 a MAC), 28 for 3; 22 and 18 for their outputs, 9 for a row, 19 for the call.
 * Cycles by LDR 2, LDM 1 + n, LDRD 3, branch 2: 49 for 4 pixels x 8 inputs, 1.53 a MAC. */
#include "edgekit/pointwise_one_rows_dsp.h"

#include <stddef.h>

#include "edgekit/one_output_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_one_rows_dsp_t, outputs) == 16, "five words in the assembly's order");

/* PIXELS of them with all inputs. */
#define BLOCK(PIXELS, STEP, INPUTS, OUTPUTS) INPUTS                         \
  "  ldmia r0, {r4, r5, r6}\n"                                              \
  "  add.w r1, r1, #" PIXELS "*" STEP "-" STEP "/2\n"                       \
  "  sub.w r0, r0, #" STEP "+16\n" OUTPUTS

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: where y ends, 0 of the row's fours, 4 of the row, 8 of all; 12 gap, 16 outputs of a row. */
#define ROWS(NAME, STEP, MORE)                                                                                         \
  __attribute__((naked)) void NAME(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y) {                 \
    __asm__ volatile(                                                                                                  \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                              \
        "  ldmia.w r0, {r0, r3, r5, r6, r7}\n"                                                                         \
        "  add r3, r2\n"                                                                                               \
        "  add r4, r2, r7\n"                                                                                           \
        "  add r5, r2\n"                                                                                               \
        "  push {r3, r4, r5, r6, r7}\n"                                                                                \
        "1:\n" BLOCK("4", STEP, EK_ONE_EIGHTS(EK_ONE_FOUR(STEP), MORE),                                                \
                  EK_ONE_OUTPUT("r8") EK_ONE_OUTPUT("r9") EK_ONE_OUTPUT("r10") EK_ONE_OUTPUT("r11"))                   \
        "  ldrd r3, r4, [sp]\n"                                                                                        \
        "  cmp r2, r3\n"                                                                                               \
        "  bne.w 1b\n"                                                                                                 \
        "  cmp r2, r4\n"                                                                                               \
        "  beq 3f\n"                                                                                                   \
        "2:\n" BLOCK("3", STEP, EK_ONE_EIGHTS(EK_ONE_THREE(STEP), MORE),                                               \
                  EK_ONE_OUTPUT("r8") EK_ONE_OUTPUT("r9") EK_ONE_OUTPUT("r10"))                                        \
        "  ldr r4, [sp, #4]\n"                                                                                         \
        "  cmp r2, r4\n"                                                                                               \
        "  bne.w 2b\n"                                                                                                 \
        "3:\n" /* a row is done */                                                                                     \
        "  ldmia.w sp, {r3, r4, r5, r6, r7}\n"                                                                         \
        "  add r1, r6\n"                                                                                               \
        "  add r3, r7\n"                                                                                               \
        "  add r4, r7\n"                                                                                               \
        "  strd r3, r4, [sp]\n"                                                                                        \
        "  cmp r2, r5\n"                                                                                               \
        "  bne.w 1b\n"                                                                                                 \
        "  add sp, #20\n"                                                                                              \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                             \
  }
ROWS(ek_pointwise_one_rows_16_dsp, "32", EK_ONCE)
ROWS(ek_pointwise_one_rows_24_dsp, "48", EK_TWICE)
ROWS(ek_pointwise_one_rows_32_dsp, "64", EK_THRICE)
#pragma GCC diagnostic pop

#else

static void rows_of(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs) {
  const int32_t *const constants = p->stream + 4 + inputs / 2;
  for (const int8_t *const end = y + p->size; y != end; x += p->gap) {
    for (const int8_t *const row = y + p->outputs; y != row; x += 2 * inputs) {
      *y++ = ek_requantize(ek_one_sum(p->stream, x, inputs), constants[0], constants[1], constants[2]);
    }
  }
}
void ek_pointwise_one_rows_16_dsp(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y) { rows_of(p, x, y, 16); }
void ek_pointwise_one_rows_24_dsp(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y) { rows_of(p, x, y, 24); }
void ek_pointwise_one_rows_32_dsp(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y) { rows_of(p, x, y, 32); }

#endif
