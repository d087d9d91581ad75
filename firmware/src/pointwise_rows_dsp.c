/* y[oy,ox,co] = requantize(bias[co] + sum over ci of (x[2 oy,2 ox,ci] - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps in
 * steps of two, of 8 inputs, 3 or 4 channels and rows of 7 or 8 pixels, with the DSP instructions.
 *
 * Blocking: 1 row x 1 channel x 8 inputs, whose weights and constants stay in registers. With the first channel the row's
 * pixels are expanded to halfwords and pushed; the other channels take them from the stack, forwards and backwards in turn.
 * Weights are twice as large: SMMULR wants twice the sum. The zero point is folded into the bias. There is a function for each
 * shape; channels, pixels of a row and the bytes from one to the next are in the code.
 * Registers: r0 multiplier, r1 x, then the row's end or begin on the stack, r2 y, r3 zero point, r4-r7 a pixel, in r4 its sum,
 * r8-r11 weights, r12 bias, lr divider.
 * Budget: 14 for a pixel of the first channel, 9 of others; 1 for the first channel of a row, 4 and 3 for others, 7 for a row,
 * 20 for the call: with 3 channels 1.44 a MAC. Cycles by LDR 2, LDM 1 + n, LDRD 3, branch 2: 13 for a pixel of a channel, 1.6 a
 * MAC. */
#include "edgekit/pointwise_rows_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_rows_dsp_t, step) == 12, "four words in the assembly's order");

/* The sum's begin is the bias, its place the pixel's first word. */
#define OUTPUT(STORE)            \
  "  smlad r4, r4, r8, r12\n"    \
  "  smlad r4, r5, r9, r4\n"     \
  "  smlad r4, r6, r10, r4\n"    \
  "  smlad r4, r7, r11, r4\n"    \
  "  smmulr r4, r4, r0\n"        \
  "  smmlar r4, r4, lr, r3\n"    \
  "  ssat r4, #8, r4\n"          \
  "  strb.w r4, [r2" STORE "\n"
#define FIRST(CHANNELS)                      \
  "  ldrd r5, r7, [r1], #16\n"               \
  "  sxtb16 r4, r5\n"                        \
  "  sxtb16 r5, r5, ror #8\n"                \
  "  sxtb16 r6, r7\n"                        \
  "  sxtb16 r7, r7, ror #8\n"                \
  "  push {r4, r5, r6, r7}\n" OUTPUT("], #" CHANNELS)
#define FORWARDS(CHANNELS) "  ldmdb.w r1!, {r4, r5, r6, r7}\n" OUTPUT("], #" CHANNELS)
#define BACKWARDS(CHANNELS) "  ldmia.w r1!, {r4, r5, r6, r7}\n" OUTPUT(", #-" CHANNELS "]!")
#define SEVEN(CODE) CODE CODE CODE CODE CODE CODE CODE
#define EIGHT(CODE) CODE SEVEN(CODE)
/* Constants of the channel whose place is at OFFSET of what is on the stack below the row; its first output. */
#define CHANNEL(BYTES, OFFSET)               \
  "  ldr r4, [sp, #" BYTES "+" OFFSET "]\n"  \
  "  add.w r2, r2, #1\n"                     \
  "  ldmia.w r4, {r0, r8, r9, r10, r11, r12, lr}\n"

#define THREE(BYTES, PIXELS)                                  \
  CHANNEL(BYTES, "16") "  mov r1, sp\n" PIXELS(BACKWARDS("3")) \
  CHANNEL(BYTES, "20") PIXELS(FORWARDS("3"))                  \
  "  subs r2, #2\n"
/* Backwards once more, to the first pixel's last channel. */
#define FOUR(BYTES, PIXELS)                                   \
  CHANNEL(BYTES, "16") "  mov r1, sp\n" PIXELS(BACKWARDS("4")) \
  CHANNEL(BYTES, "20") PIXELS(FORWARDS("4"))                  \
  CHANNEL(BYTES, "24") PIXELS(BACKWARDS("4"))                 \
  "  adds r2, #" BYTES "/4-3\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* BYTES: 16 for each pixel of a row. On the stack: 0 constants of the first channel, 4 x, 8 end of y, 12 step, 16, 20 and 24
 * constants of the others. */
#define ROWS(NAME, CHANNELS, OTHERS, BYTES, PIXELS)                                                        \
  __attribute__((naked)) void NAME(const ek_pointwise_rows_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                      \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                  \
        "  ldmia.w r0, {r0, r3, r4, r5}\n"                                                                 \
        "  add r4, r2\n"                                                                                   \
        "  add.w r6, r0, #28\n"                                                                            \
        "  add.w r7, r0, #56\n"                                                                            \
        "  add.w r8, r0, #84\n"                                                                            \
        "  push {r0, r1, r4, r5, r6, r7, r8}\n"                                                            \
        "1:\n"                                                                                             \
        "  ldmia.w r0, {r0, r8, r9, r10, r11, r12, lr}\n" PIXELS(FIRST(CHANNELS)) OTHERS(BYTES, PIXELS)    \
        "  add sp, #" BYTES "\n"                                                                           \
        "  ldmia.w sp, {r0, r1, r4, r5}\n"                                                                 \
        "  add r1, r5\n"                                                                                   \
        "  str r1, [sp, #4]\n"                                                                             \
        "  cmp r2, r4\n"                                                                                   \
        "  bne.w 1b\n"                                                                                     \
        "  add sp, #28\n"                                                                                  \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                 \
  }
ROWS(ek_pointwise_rows_8_to_3_by_7_dsp, "3", THREE, "112", SEVEN)
ROWS(ek_pointwise_rows_8_to_3_by_8_dsp, "3", THREE, "128", EIGHT)
ROWS(ek_pointwise_rows_8_to_4_by_7_dsp, "4", FOUR, "112", SEVEN)
ROWS(ek_pointwise_rows_8_to_4_by_8_dsp, "4", FOUR, "128", EIGHT)
#pragma GCC diagnostic pop

#else

static void rows_of(const ek_pointwise_rows_dsp_t *p, const int8_t *x, int8_t *y, int32_t channels, int32_t pixels) {
  for (const int8_t *const end = y + p->size; y != end; x += p->step) {
    for (int32_t pixel = 0; pixel < pixels; ++pixel) {
      const uint32_t low = ek_load4(x + 16 * pixel), high = ek_load4(x + 16 * pixel + 4);
      for (const int32_t *at = p->stream; at != p->stream + 7 * channels; at += 7) {
        int32_t sum = ek_smlad(ek_sxtb16(low), (uint32_t)at[1], at[5]);
        sum = ek_smlad(ek_sxtb16_odd(low), (uint32_t)at[2], sum);
        sum = ek_smlad(ek_sxtb16(high), (uint32_t)at[3], sum);
        sum = ek_smlad(ek_sxtb16_odd(high), (uint32_t)at[4], sum);
        *y++ = ek_requantize(sum, at[0], at[6], p->out_zero);
      }
    }
  }
}
#define ROWS(NAME, CHANNELS, PIXELS)                                                   \
  void NAME(const ek_pointwise_rows_dsp_t *p, const int8_t *x, int8_t *y) {            \
    rows_of(p, x, y, CHANNELS, PIXELS);                                                \
  }
ROWS(ek_pointwise_rows_8_to_3_by_7_dsp, 3, 7)
ROWS(ek_pointwise_rows_8_to_3_by_8_dsp, 3, 8)
ROWS(ek_pointwise_rows_8_to_4_by_7_dsp, 4, 7)
ROWS(ek_pointwise_rows_8_to_4_by_8_dsp, 4, 8)

#endif
