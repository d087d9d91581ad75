/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 5 inputs, 4, 8,
 * 10, 12, 16, 24, 32, 48 or 64 channels and lines of any number of pixels, each or every second one, with the DSP instructions.
 *
 * Blocking: 1 pixel x 1 channel x all taps. An output needs no register for its zero point and no store of its own: the divider is
 * the addend too, as its lower half is the zero point and 128, and of the sum only the lower half goes on; two outputs saturate in
 * one instruction, at 0 and 255, which is 128 too much; of four words of two bytes each two are put together. The fifth input's
 * other half is 2 and its weight's the bias, so that a channel is five words. Weights are halfwords, twice as large: SMMULR wants
 * twice the sum. There is a function for each number of channels.
 * Registers: r10 stream, r11, r12 and lr the pixel, r0-r9 weights and constants; a channel's sum takes the place of its first
 * weights, and goes on as its output. x and y are on the stack, where words of outputs wait until a pixel or 32 of its channels
 * are done: so eight channels, 40 words, take five LDMs, of 10, 9, 7, 7 and 7 words. One LDM brings those outputs back, with y and
 * what the next pixel needs.
 * Budget: 57 for eight channels, 28 for four, 15 for two, 1 for each eight but the last of 32; 10 for a pixel, 8.5 where two make a
 * turn, which is up to 10 channels, and 2 more for 10; 3 for each 32 channels but the last; 7 to 14 for a line, 19 for the call: 1.49
 * a MAC of 64 channels, 1.57 of 16, 1.83 of 4. Cycles by LDR 2, LDM 1 + n, branch 2: 102 for eight channels, 2.55 a MAC. */
#include "edgekit/pointwise_packed_dsp.h"

#include <stddef.h>

#include "edgekit/packed_dsp.h"

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

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

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
#define PAIRS_BY_1_AND_2(N, WAITING, FIRST, SECOND)                                             \
  PAIRS(ek_pointwise_packed_5_to_##N##_dsp, #N, "5", WAITING, DONE_##N, FIRST, SECOND)          \
  PAIRS(ek_pointwise_packed_5_to_##N##_by_2_dsp, #N, "10", WAITING, DONE_##N, FIRST, SECOND)
PAIRS_BY_1_AND_2(4, "8", "  str r8, [r1, #8]!\n", "  str r8, [r1, #4]\n")
PAIRS_BY_1_AND_2(8, "8", "  strd r8, r9, [r1, #16]!\n", "  strd r8, r9, [r1, #8]\n")
PAIRS_BY_1_AND_2(10, "16", "  str r2, [r1, #20]!\n  str r3, [r1, #4]\n  strh r8, [r1, #8]\n",
                 "  str r2, [r1, #10]\n  str r3, [r1, #14]\n  strh r8, [r1, #18]\n")
#define BY_1_AND_2(N, WAITING)                                                     \
  PIXELS(ek_pointwise_packed_5_to_##N##_dsp, "5", WAITING, STORED_##N)             \
  PIXELS(ek_pointwise_packed_5_to_##N##_by_2_dsp, "10", WAITING, STORED_##N)
BY_1_AND_2(12, "16")
BY_1_AND_2(16, "16")
BY_1_AND_2(24, "24")
BY_1_AND_2(32, "32")
BY_1_AND_2(48, "32")
BY_1_AND_2(64, "32")
#pragma GCC diagnostic pop

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
#define BY_1_AND_2(N)                                      \
  PIXELS(ek_pointwise_packed_5_to_##N##_dsp, N, 5)         \
  PIXELS(ek_pointwise_packed_5_to_##N##_by_2_dsp, N, 10)
BY_1_AND_2(4)
BY_1_AND_2(8)
BY_1_AND_2(10)
BY_1_AND_2(12)
BY_1_AND_2(16)
BY_1_AND_2(24)
BY_1_AND_2(32)
BY_1_AND_2(48)
BY_1_AND_2(64)

#endif
