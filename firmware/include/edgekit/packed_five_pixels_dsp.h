/* Pixels of 5 inputs whose outputs are stored by words: what pointwise_packed_dsp.c, which says how, and conv_1d_five_dsp.c do
 * with them. OF_N(NAME, STEP) is a function for N channels and pixels STEP bytes apart, which may share inputs. */
#ifndef EDGEKIT_PACKED_FIVE_PIXELS_DSP_H
#define EDGEKIT_PACKED_FIVE_PIXELS_DSP_H

#include <stddef.h>

#include "edgekit/packed_dsp.h"
#include "edgekit/pointwise_packed_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CHANNELS(EACH) EACH(4) EACH(8) EACH(10) EACH(12) EACH(16) EACH(24) EACH(32) EACH(48) EACH(64)

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_dsp_t, row) == 28, "eight words in the assembly's order");

#define LOAD(LIST) "  ldmia.w r10!, {" LIST "}\n"
/* Of three words of weights, in place of the first. */
#define SUM(A, B, C)                             \
  "  smuad " A ", r11, " A "\n"                  \
  "  smlad " A ", r12, " B ", " A "\n"           \
  "  smlad " A ", lr, " C ", " A "\n"
#define MULTIPLY(A, MULTIPLIER) "  smmulr " A ", " A ", " MULTIPLIER "\n"
#define OUTPUT(A, MULTIPLIER, DIVIDER) MULTIPLY(A, MULTIPLIER) EK_DIVIDE_PACKED(A, DIVIDER)
/* Two outputs that saturate into a register that is free. */
#define PACK_2_INTO(TO, A, B)                    \
  "  pkhbt " A ", " A ", " B ", lsl #16\n"       \
  "  usat16 " TO ", #8, " A "\n"
#define FIRST_TWO SUM("r0", "r1", "r2") OUTPUT("r0", "r3", "r4") SUM("r5", "r6", "r7") OUTPUT("r5", "r8", "r9")
/* The words are of one channel after the other, 0, 2, 1, 3, 4, 6, 5, 7: three of weights, multiplier, divider. Outputs in r8, r9. */
#define EIGHT                                                                                                \
  LOAD("r0, r1, r2, r3, r4, r5, r6, r7, r8, r9") FIRST_TWO PACK_2_INTO("r8", "r0", "r5")                     \
  LOAD("r0, r1, r2, r3, r4, r5, r6, r7, r9") SUM("r0", "r1", "r2") OUTPUT("r0", "r3", "r4") SUM("r5", "r6", "r7") MULTIPLY("r5", "r9") \
  LOAD("r1, r2, r3, r4, r6, r7, r9") EK_DIVIDE_PACKED("r5", "r1") EK_PACK_2("r0", "r5") EK_PACK_4("r8", "r0") \
  SUM("r2", "r3", "r4") OUTPUT("r2", "r6", "r7") "  smuad r9, r11, r9\n"                                     \
  LOAD("r0, r1, r3, r4, r5, r6, r7") "  smlad r9, r12, r0, r9\n  smlad r9, lr, r1, r9\n" OUTPUT("r9", "r3", "r4") \
  PACK_2_INTO("r9", "r2", "r9") SUM("r5", "r6", "r7")                                                        \
  LOAD("r0, r1, r2, r3, r4, r6, r7") OUTPUT("r5", "r0", "r1") SUM("r2", "r3", "r4") OUTPUT("r2", "r6", "r7") \
  EK_PACK_2("r5", "r2") EK_PACK_4("r9", "r5")
/* A pixel's last four, whose last word takes the stream's register: 0, 2, 1, 3. Outputs in r8. */
#define LAST_FOUR                                                                                            \
  LOAD("r0, r1, r2, r3, r4, r5, r6, r7, r8, r9") FIRST_TWO PACK_2_INTO("r8", "r0", "r5")                     \
  "  ldmia.w r10, {r0, r1, r2, r3, r4, r5, r6, r7, r9, r10}\n" SUM("r0", "r1", "r2") OUTPUT("r0", "r3", "r4") \
  SUM("r5", "r6", "r7") OUTPUT("r5", "r9", "r10") EK_PACK_2("r0", "r5") EK_PACK_4("r8", "r0")
/* A pixel's last two, 0, 1, in the lower half of r8. */
#define LAST_TWO                                                                                             \
  "  ldmia.w r10, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9}\n" FIRST_TWO PACK_2_INTO("r8", "r0", "r5")        \
  "  orr r8, r8, r8, lsr #8\n"                                                                               \
  "  eor r8, r8, #0x80808080\n"
#define WAIT(AT) "  strd r8, r9, [sp, #" AT "]\n"
#define EIGHTS_32 EIGHT WAIT("8") EIGHT WAIT("16") EIGHT WAIT("24") EIGHT

#define NEXT "r10, r11, r12, lr" /* stream, offset, fifth, end of the line */
#define BACK(WORDS) "  ldmia.w sp, {r0, r1, " WORDS "}\n"
#define DONE_4 LAST_FOUR BACK(NEXT)
#define DONE_8 EIGHT BACK(NEXT)
#define DONE_10 EIGHT WAIT("8") LAST_TWO BACK("r2, r3, " NEXT)
#define STORE(WORDS) "  stmia.w r1!, {" WORDS "}\n"
#define STORED_12 EIGHT WAIT("8") LAST_FOUR BACK("r2, r3, " NEXT) STORE("r2, r3, r8")
#define STORED_16 EIGHT WAIT("8") EIGHT BACK("r2, r3, " NEXT) STORE("r2, r3, r8, r9")
#define STORED_24 EIGHT WAIT("8") EIGHT WAIT("16") EIGHT BACK("r2, r3, r4, r5, " NEXT) STORE("r2, r3, r4, r5, r8, r9")
/* 32 channels that others follow. */
#define AHEAD_32 EIGHTS_32 BACK("r2, r3, r4, r5, r6, r7") STORE("r2, r3, r4, r5, r6, r7, r8, r9") "  str r1, [sp, #4]\n"
#define WAITING_6 BACK("r2, r3, r4, r5, r6, r7, " NEXT) /* two of them for 48 channels */
#define STORED_32 EIGHTS_32 WAITING_6 STORE("r2, r3, r4, r5, r6, r7, r8, r9")
#define STORED_48 AHEAD_32 EIGHT WAIT("8") EIGHT WAITING_6 STORE("r2, r3, r8, r9")
#define STORED_64 AHEAD_32 STORED_32

/* On the stack: 0 x, 4 y, 8 words that wait, then from WAITING stream, offset, fifth, end of the line, end of y, bytes from line to
 * line, from the end of a line to the next, whether its pixels are odd. r0 x, r1 y, which begin so many bytes before. */
#define ENTER(WAITING, X_BEFORE, Y_BEFORE)                                                                   \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                          \
  "  ldmia.w r0, {r3, r4, r5, r6, r10, r11, r12, lr}\n"                                                      \
  "  sub.w r0, r1, #" X_BEFORE "\n"                                                                          \
  "  sub.w r1, r2, #" Y_BEFORE "\n"                                                                          \
  "  add r3, r1\n"                                                                                           \
  "  add lr, r0\n"                                                                                           \
  "  push {r3, r4, r5, r6}\n"                                                                                \
  "  push {r10, r11, r12, lr}\n"                                                                             \
  "  sub sp, #" WAITING "\n"                                                                                 \
  "  b 2f\n"                                                                                                 \
  "1:\n"                                                                                                     \
  "  add lr, r3\n"                                                                                           \
  "  str lr, [sp, #" WAITING "+12]\n"                                                                        \
  "  ldr r2, [sp, #" WAITING "+24]\n"                                                                        \
  "  add r0, r2\n"                                                                                           \
  "2:\n"
#define EXPAND                                                                                               \
  "  sxtab16 lr, r12, r3\n"                                                                                  \
  "  sxtab16 r12, r11, r2, ror #8\n"                                                                         \
  "  sxtab16 r11, r11, r2\n"
#define LEAVE(WAITING, AGAIN)                                                                                \
  "  cmp r0, lr\n"                                                                                           \
  "  bne.w " AGAIN "b\n"                                                                                     \
  "  ldrd r2, r3, [sp, #" WAITING "+16]\n"                                                                   \
  "  cmp r1, r2\n"                                                                                           \
  "  bne.w 1b\n"                                                                                             \
  "  add sp, #" WAITING "+32\n"                                                                              \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

#define PIXELS(NAME, STEP, WAITING, CHANNELS)                                                                \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        ENTER(WAITING, "0", "0")                                                                             \
        "  ldr r2, [r0], #" STEP "\n"                                                                        \
        "  ldrb r3, [r0, #4-" STEP "]\n"                                                                     \
        "  strd r0, r1, [sp]\n" EXPAND CHANNELS                                                              \
        LEAVE(WAITING, "2"));                                                                                \
  }
/* Two pixels a turn; lines of odd ones enter at the second. x is a pixel before the first. The first is stored FIRST from where the
 * second pixel before was, which y is then; the second SECOND from there. */
#define PAIRS(NAME, N, STEP, WAITING, CHANNELS, FIRST, SECOND)                                               \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        ENTER(WAITING, STEP, "2*" N)                                                                         \
        "  ldr r4, [sp, #" WAITING "+28]\n"                                                                  \
        "  cbz r4, 5f\n"                                                                                     \
        "  sub r0, #" STEP "\n"                                                                              \
        "  add r1, #" N "\n"                                                                                 \
        "  b 4f\n"                                                                                           \
        "5:\n"                                                                                               \
        "  strd r0, r1, [sp]\n"                                                                              \
        "3:\n"                                                                                               \
        "  ldr r2, [r0, #" STEP "]\n"                                                                        \
        "  ldrb r3, [r0, #" STEP "+4]\n" EXPAND CHANNELS FIRST                                               \
        "4:\n"                                                                                               \
        "  ldrb r3, [r0, #2*" STEP "+4]\n"                                                                   \
        "  ldr r2, [r0, #2*" STEP "]!\n"                                                                     \
        "  strd r0, r1, [sp]\n" EXPAND CHANNELS SECOND                                                       \
        LEAVE(WAITING, "3"));                                                                                \
  }
#define OF_4(NAME, STEP) PAIRS(NAME, "4", #STEP, "8", DONE_4, "  str r8, [r1, #8]!\n", "  str r8, [r1, #4]\n")
#define OF_8(NAME, STEP) PAIRS(NAME, "8", #STEP, "8", DONE_8, "  strd r8, r9, [r1, #16]!\n", "  strd r8, r9, [r1, #8]\n")
#define OF_10(NAME, STEP)                                                                                    \
  PAIRS(NAME, "10", #STEP, "16", DONE_10, "  str r2, [r1, #20]!\n  str r3, [r1, #4]\n  strh r8, [r1, #8]\n", \
        "  str r2, [r1, #10]\n  str r3, [r1, #14]\n  strh r8, [r1, #18]\n")
#define OF_12(NAME, STEP) PIXELS(NAME, #STEP, "16", STORED_12)
#define OF_16(NAME, STEP) PIXELS(NAME, #STEP, "16", STORED_16)
#define OF_24(NAME, STEP) PIXELS(NAME, #STEP, "24", STORED_24)
#define OF_32(NAME, STEP) PIXELS(NAME, #STEP, "32", STORED_32)
#define OF_48(NAME, STEP) PIXELS(NAME, #STEP, "32", STORED_48)
#define OF_64(NAME, STEP) PIXELS(NAME, #STEP, "32", STORED_64)

#else

/* Of a pixel's two words and last byte; an output's place among four is not its place in the stream. */
static void pixels_of(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y, int32_t channels, int32_t step) {
  const int8_t *const end_of_y = y + p->outputs;
  for (const int8_t *end = x + p->row; y != end_of_y; end += p->line_step, x += p->gap) {
    for (; x != end; x += step, y += channels) {
      const uint32_t four = ek_load4(x);
      const uint32_t even = ek_sxtab16(p->offset, four), odd = ek_sxtab16_odd(p->offset, four);
      const uint32_t fifth = ek_sxtab16(p->fifth, (uint8_t)x[4]);
      const int32_t *at = p->stream;
      for (int32_t i = 0; i < channels; ++i, at += 5) {
        int32_t sum = ek_smlad(even, (uint32_t)at[0], 0);
        sum = ek_smlad(odd, (uint32_t)at[1], sum);
        sum = ek_smmulr(ek_smlad(fifth, (uint32_t)at[2], sum), at[3]);
        y[channels - i / 4 * 4 < 4 ? i : i / 4 * 4 + i % 4 / 2 + i % 2 * 2] = ek_divide_packed(sum, at[4]);
      }
    }
  }
}
#define PIXELS(NAME, CHANNELS, STEP)                                          \
  void NAME(const ek_pointwise_packed_dsp_t *p, const int8_t *x, int8_t *y) { \
    pixels_of(p, x, y, CHANNELS, STEP);                                       \
  }
#define OF_4(NAME, STEP) PIXELS(NAME, 4, STEP)
#define OF_8(NAME, STEP) PIXELS(NAME, 8, STEP)
#define OF_10(NAME, STEP) PIXELS(NAME, 10, STEP)
#define OF_12(NAME, STEP) PIXELS(NAME, 12, STEP)
#define OF_16(NAME, STEP) PIXELS(NAME, 16, STEP)
#define OF_24(NAME, STEP) PIXELS(NAME, 24, STEP)
#define OF_32(NAME, STEP) PIXELS(NAME, 32, STEP)
#define OF_48(NAME, STEP) PIXELS(NAME, 48, STEP)
#define OF_64(NAME, STEP) PIXELS(NAME, 64, STEP)

#endif

#ifdef __cplusplus
}
#endif
#endif
