/* Pixels of up to 16 inputs, whose taps stay in registers: what pointwise_narrow_dsp.c and conv_1d_dsp.c, which say how, do with
 * them. PIXELS(NAME, WIDTH, TWICE) is a function of all pixels; ONCE and LINE are by one multiplication an output. */
#ifndef EDGEKIT_NARROW_DSP_H
#define EDGEKIT_NARROW_DSP_H

#include <stddef.h>

#include "edgekit/line_dsp.h"
#include "edgekit/pointwise_narrow_dsp.h"
#include "edgekit/relu_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WIDTHS(EACH) EACH(4) EACH(6) EACH(8) EACH(10) EACH(12) EACH(14) EACH(16)

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_narrow_dsp_t, outputs) == 32, "nine words in the assembly's order");

#define FOUR(CODE) CODE CODE CODE CODE
#define LOAD(LIST) "  ldmia.w r0!, {" LIST "}\n"
#define SUM(X, W) "  smlad r1, " X ", " W ", r1\n"
#define FINISH(MULTIPLIER)             \
  "  smmulr r1, r1, " MULTIPLIER "\n" \
  "  smmlar r1, r1, lr, r3\n"         \
  "  ssat r1, #8, r1\n"               \
  "  strb r1, [r2], #1\n"
#define RELU(MULTIPLIER) EK_RELU_OF("r1", MULTIPLIER, "lr") EK_RELU_SATURATE("r1") "  strb r1, [r2], #1\n"

#define CHANNEL4(FINISH) LOAD("r1, r10, r11, r12, lr") SUM("r4", "r10") SUM("r5", "r11") FINISH("r12")
#define CHANNEL6(FINISH) \
  LOAD("r1, r7, r8, r9, r12, lr") SUM("r4", "r7") SUM("r5", "r8") SUM("r6", "r9") FINISH("r12")
#define CHANNEL8(FINISH)                                                                            \
  LOAD("r1, r8, r9, r10, r11, r12, lr")                                                     \
  SUM("r4", "r8") SUM("r5", "r9") SUM("r6", "r10") SUM("r7", "r11") FINISH("r12")
#define CHANNEL10(FINISH)                                                                           \
  LOAD("r1, r9, r10, r11, r12, lr")                                                         \
  SUM("r4", "r9") SUM("r5", "r10") SUM("r6", "r11") SUM("r7", "r12") SUM("r8", "lr") LOAD("r12, lr") FINISH("r12")
#define CHANNEL12(FINISH)                                                                           \
  LOAD("r1, r10, r11, r12, lr") SUM("r4", "r10") SUM("r5", "r11") SUM("r6", "r12") SUM("r7", "lr") \
  LOAD("r10, r11, r12, lr") SUM("r8", "r10") SUM("r9", "r11") FINISH("r12")
#define CHANNEL14(FINISH)                                                                           \
  LOAD("r1, r11, r12, lr") SUM("r4", "r11") SUM("r5", "r12") SUM("r6", "lr")                \
  LOAD("r11, r12, lr") SUM("r7", "r11") SUM("r8", "r12") SUM("r9", "lr")                    \
  LOAD("r11, r12, lr") SUM("r10", "r11") FINISH("r12")
#define CHANNEL16(FINISH)                                                                           \
  LOAD("r1, r12, lr") SUM("r4", "r12") SUM("r5", "lr")                                      \
  LOAD("r12, lr") SUM("r6", "r12") SUM("r7", "lr")                                          \
  LOAD("r12, lr") SUM("r8", "r12") SUM("r9", "lr")                                          \
  LOAD("r12, lr") SUM("r10", "r12") SUM("r11", "lr")                                        \
  LOAD("r12, lr") FINISH("r12")

/* By one multiplication without an addend: no zero point either, whose register holds weights where that spares a load. */
#define LINE_END(MULTIPLIER) EK_LINE_OF("r1", MULTIPLIER) "  strb r1, [r2], #1\n"
#define LINE4 LOAD("r1, r10, r11, r12") SUM("r4", "r10") SUM("r5", "r11") LINE_END("r12")
#define LINE6 LOAD("r1, r7, r8, r9, r12") SUM("r4", "r7") SUM("r5", "r8") SUM("r6", "r9") LINE_END("r12")
#define LINE8                                                                                               \
  LOAD("r1, r8, r9, r10, r11, r12") SUM("r4", "r8") SUM("r5", "r9") SUM("r6", "r10") SUM("r7", "r11") LINE_END("r12")
#define LINE10                                                                                              \
  LOAD("r1, r3, r9, r10, r11, r12, lr")                                                                     \
  SUM("r4", "r3") SUM("r5", "r9") SUM("r6", "r10") SUM("r7", "r11") SUM("r8", "r12") LINE_END("lr")
#define LINE12                                                                                              \
  LOAD("r1, r3, r10, r11, r12, lr")                                                                         \
  SUM("r4", "r3") SUM("r5", "r10") SUM("r6", "r11") SUM("r7", "r12") SUM("r8", "lr")                         \
  LOAD("r12, lr") SUM("r9", "r12") LINE_END("lr")
#define LINE14                                                                                              \
  LOAD("r1, r3, r11, r12, lr") SUM("r4", "r3") SUM("r5", "r11") SUM("r6", "r12") SUM("r7", "lr")             \
  LOAD("r3, r11, r12, lr") SUM("r8", "r3") SUM("r9", "r11") SUM("r10", "r12") LINE_END("lr")
#define LINE16                                                                                              \
  LOAD("r1, r3, r12, lr") SUM("r4", "r3") SUM("r5", "r12") SUM("r6", "lr")                                   \
  LOAD("r3, r12, lr") SUM("r7", "r3") SUM("r8", "r12") SUM("r9", "lr")                                       \
  LOAD("r3, r12, lr") SUM("r10", "r3") SUM("r11", "r12") LINE_END("lr")

/* The word at r1 + OFFSET as two words of halfwords. */
#define EXPAND(OFFSET, A, B)            \
  "  ldr.w " B ", [r1, " OFFSET "]\n"   \
  "  sxtb16 " A ", " B "\n"             \
  "  sxtb16 " B ", " B ", ror #8\n"
/* The two bytes at r1 + lr as a word of halfwords. */
#define LAST2(A)                            \
  "  ldrh.w " A ", [r1, lr]\n"              \
  "  pkhbt " A ", " A ", " A ", lsl #8\n"   \
  "  sxtb16 " A ", " A "\n"
#define EXPAND4 EXPAND("lr", "r4", "r5")
#define EXPAND6 EXPAND("#0", "r4", "r5") LAST2("r6")
#define EXPAND10 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") LAST2("r8")
#define EXPAND14 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") EXPAND("#8", "r8", "r9") LAST2("r10")
#define EXPAND8 EXPAND("#0", "r4", "r5") EXPAND("lr", "r6", "r7")
#define EXPAND12 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") EXPAND("lr", "r8", "r9")
#define EXPAND16 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") EXPAND("#8", "r8", "r9") EXPAND("lr", "r10", "r11")

#define TWICE(WIDTH) CHANNEL##WIDTH(FINISH)
#define ONCE(WIDTH) CHANNEL##WIDTH(RELU)
#define LINE(WIDTH) LINE##WIDTH

/* On the stack: 0 stream, 4 x, 8 step, 12 bytes of code to skip, 16 bytes to the last word of a pixel, 20 end of the stream, 24
 * end of the line's y, 28 lines left, 32 gap, 36 outputs of a line. The first turn enters the loop of eight channels where the
 * rest of out_c / 8 is done. */
#define PIXELS(NAME, WIDTH, HOW) PIXELS_(NAME, EXPAND##WIDTH, HOW(WIDTH))
#define PIXELS_(NAME, TAPS, CHANNEL)                                                                         \
  __attribute__((naked)) void NAME(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r3, r4, r5, r6, r7, r9, r10, r11}\n"                                             \
        "  add r7, r0\n"                                                                                     \
        "  add.w r8, r2, r11\n"                                                                              \
        "  push {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11}\n"                                                \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r1, r4, r12, lr}\n"                                                              \
        "  add r4, r1\n"                                                                                     \
        "  str r4, [sp, #4]\n" TAPS                                                                          \
        "  add pc, r12\n"                                                                                    \
        "  nop\n"                                                                                            \
        "2:\n" FOUR(CHANNEL) FOUR(CHANNEL)                                                                   \
        "  ldrd r1, r12, [sp, #20]\n"                                                                        \
        "  cmp r0, r1\n"                                                                                     \
        "  bne.w 2b\n"                                                                                       \
        "  cmp r2, r12\n"                                                                                    \
        "  bne.w 1b\n"                                                                                       \
        "  ldr r7, [sp, #28]\n"                                                                              \
        "  subs r7, #1\n"                                                                                    \
        "  bne 3f\n"                                                                                         \
        "  add sp, #40\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"                                                     \
        "3:\n"                                                                                               \
        "  ldr r1, [sp, #4]\n"                                                                               \
        "  ldrd r4, r6, [sp, #32]\n"                                                                         \
        "  add r1, r4\n"                                                                                     \
        "  add r6, r2\n"                                                                                     \
        "  str r1, [sp, #4]\n"                                                                               \
        "  strd r6, r7, [sp, #24]\n"                                                                         \
        "  b.w 1b\n");                                                                                       \
  }
/* The same of 8 and 16 channels, without a loop. On the stack: 0 stream, 4 x, 8 step, 12 where the line's last outputs begin, 16
 * bytes to the last word of a pixel, 20 lines left, 24 gap, 28 outputs before a line's last ones: `outputs` is that here. The
 * flags that say whether there are more pixels last to the pixel's end: no instruction between sets any. */
#define PIXELS_8(NAME, WIDTH, HOW) EXACT(NAME, EXPAND##WIDTH, FOUR(HOW(WIDTH)) FOUR(HOW(WIDTH)))
#define PIXELS_16(NAME, WIDTH, HOW) EXACT(NAME, EXPAND##WIDTH, FOUR(FOUR(HOW(WIDTH))))
#define EXACT(NAME, TAPS, CHANNELS)                                                                          \
  __attribute__((naked)) void NAME(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r3, r4, r5, r6, r7, r9, r10, r11}\n"                                             \
        "  add.w r5, r2, r11\n"                                                                              \
        "  push {r0, r1, r4, r5, r6, r9, r10, r11}\n"                                                        \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r1, r4, r12, lr}\n"                                                              \
        "  add r4, r1\n"                                                                                     \
        "  str r4, [sp, #4]\n"                                                                               \
        "  cmp r2, r12\n" TAPS CHANNELS                                                                      \
        "  bne.w 1b\n"                                                                                       \
        "  ldr r7, [sp, #20]\n"                                                                              \
        "  subs r7, #1\n"                                                                                    \
        "  bne 2f\n"                                                                                         \
        "  add sp, #32\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"                                                     \
        "2:\n"                                                                                               \
        "  ldr r1, [sp, #4]\n"                                                                               \
        "  ldrd r4, r6, [sp, #24]\n"                                                                         \
        "  add r1, r4\n"                                                                                     \
        "  add r6, r2\n"                                                                                     \
        "  str r1, [sp, #4]\n"                                                                               \
        "  str r6, [sp, #12]\n"                                                                              \
        "  str r7, [sp, #20]\n"                                                                              \
        "  b.w 1b\n");                                                                                       \
  }

#else

#define TWICE 0
#define ONCE 1
#define LINE 2
/* `width` inputs, a multiple of four and up to two more; `after` outputs of a line are not in `outputs`. */
static void pixels_of(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y, int32_t width, int how, int32_t after) {
  for (int32_t line = 0; line < p->lines; ++line, x += p->gap) {
    for (const int8_t *const end = y + p->outputs + after; y != end; x += p->step) {
      for (const int32_t *at = p->stream; at != p->stream + p->bytes / 4; at += how == LINE ? 1 : 2) {
        int32_t sum = *at++;
        for (int32_t i = 0; i < width / 4; ++i, at += 2) {
          const uint32_t taps = ek_load4(x + (4 * i + 4 < width ? 4 * i : p->last));
          sum = ek_smlad(ek_sxtb16(taps), (uint32_t)at[0], sum);
          sum = ek_smlad(ek_sxtb16_odd(taps), (uint32_t)at[1], sum);
        }
        if (width % 4 != 0) {
          sum = ek_smlad(ek_pack_low((uint32_t)x[p->last], (uint32_t)x[p->last + 1]), (uint32_t)*at++, sum);
        }
        *y++ = how == LINE   ? ek_requantize_line(sum, at[0])
               : how == ONCE ? ek_requantize_relu(sum, at[0], at[1])
                             : ek_requantize(sum, at[0], at[1], p->out_zero);
      }
    }
  }
}
#define PIXELS_OF(NAME, WIDTH, HOW, AFTER)                                        \
  void NAME(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {     \
    pixels_of(p, x, y, WIDTH, HOW, AFTER);                                        \
  }
#define PIXELS(NAME, WIDTH, HOW) PIXELS_OF(NAME, WIDTH, HOW, 0)
#define PIXELS_8(NAME, WIDTH, HOW) PIXELS_OF(NAME, WIDTH, HOW, 8)
#define PIXELS_16(NAME, WIDTH, HOW) PIXELS_OF(NAME, WIDTH, HOW, 16)

#endif

#ifdef __cplusplus
}
#endif
#endif
