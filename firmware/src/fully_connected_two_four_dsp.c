/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as fully_connected.c, of four samples, 8 or 10
 * inputs and 2 outputs, with the DSP instructions.
 *
 * Blocking: 2 samples x 2 channels, their sums on the stack until all are there, so that constants are read once and two words of
 * outputs stored at once, put together as in pointwise_packed_dsp.c. The parameters are the constants, in the order that leaves
 * the most registers for what is loaded; nothing is read to find them. Of 10 inputs two samples are five words: the one in the
 * middle has the last inputs of one and the first of the other. Of 8 inputs the second pair begins with the weights that are
 * there when the first one ends; a sample is a word at a time, of which one sum takes the place of what SXTB16 made. Weights are
 * halfwords, twice as large: SMMULR wants twice the sum. The zero point is folded into the bias.
 * Registers: r0 constants, r1 x, at last constants too; y waits on the stack. The others are in the code.
 * Budget: 87 and 109, 11 for the call (1.53 and 1.5 a MAC): 16 and 24 to expand inputs, 32 and 40 products, 16 for requantization,
 * 13 to put together and store, PUSH and POP; 8 and 14 for loads and for sums on the stack. Cycles by LDR 2, LDM 1 + n, branch
 * 2: 149 and 203. */
#include "edgekit/fully_connected_two_four_dsp.h"

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

#define LOAD(LIST) "  ldmia.w r0!, {" LIST "}\n"
#define ADD(SUM, X, W) "  smlad " SUM ", " X ", " W ", " SUM "\n"
#define EVEN(TO, X) "  sxtb16 " TO ", " X "\n"
#define ODD(TO, X) "  sxtb16 " TO ", " X ", ror #8\n"
#define BOTH(SUM0, SUM1, X, W0, W1) ADD(SUM0, X, W0) ADD(SUM1, X, W1)
#define OUTPUT(SUM, MULTIPLIER, DIVIDER) "  smmulr " SUM ", " SUM ", " MULTIPLIER "\n" EK_DIVIDE_PACKED(SUM, DIVIDER)
/* Channels 0 and 1 of two samples, to a word in the first. */
#define WORD(A0, A1, B0, B1) EK_PACK_2(A0, B0) EK_PACK_2(A1, B1) EK_PACK_4(A0, A1)

/* Two samples of 10 inputs in r2 to r6. Sums: r8 and r9 of the first, r3 and r10 of the second. The last words, which LAST
 * loads, are channel 1's inputs 6 and 8 in r4, 7 and 9 in r5 and r7. */
#define PAIR10(LAST)                                                                         \
  LOAD("r8, r9, r10, r11, r12, lr")                                                          \
  EVEN("r7", "r2") BOTH("r8", "r9", "r7", "r10", "r11") ODD("r2", "r2") BOTH("r8", "r9", "r2", "r12", "lr") \
  LOAD("r2, r10, r11, r12, lr")                                                              \
  EVEN("r7", "r3") BOTH("r8", "r9", "r7", "r2", "r10") ODD("r3", "r3") BOTH("r8", "r9", "r3", "r11", "r12") \
  EVEN("r7", "r4") ODD("r4", "r4")                                                           \
  "  pkhbt r2, r7, r4, lsl #16\n"                                                            \
  "  pkhtb r4, r4, r7, asr #16\n"                                                            \
  LOAD("r3, r7, r10, r11, r12")                                                              \
  BOTH("r8", "r9", "r2", "lr", "r7") BOTH("r3", "r10", "r4", "r11", "r12")                   \
  LOAD("r4, r7, r11, r12, lr")                                                               \
  EVEN("r2", "r5") BOTH("r3", "r10", "r2", "r4", "r7") ODD("r5", "r5") BOTH("r3", "r10", "r5", "r11", "r12") \
  LAST                                                                                       \
  EVEN("r2", "r6") BOTH("r3", "r10", "r2", "lr", "r4") ODD("r6", "r6") BOTH("r3", "r10", "r6", "r5", "r7")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* The first samples' sums, and y, which is beyond them, come back to r2 and from r4 to r7. */
__attribute__((naked)) void ek_fully_connected_10_to_2_four_dsp(const ek_fully_connected_two_four_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r2, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r1!, {r2, r3, r4, r5, r6}\n" PAIR10(LOAD("r4, r5, r7"))
      "  push {r3, r8, r9, r10}\n"
      "  ldmia.w r1, {r2, r3, r4, r5, r6}\n" PAIR10("  ldmia.w r0, {r0, r1, r4, r5, r7, r11, r12}\n")
      "  pop {r2, r4, r5, r6, r7}\n"
      OUTPUT("r4", "r0", "r1") OUTPUT("r5", "r11", "r12") OUTPUT("r2", "r0", "r1") OUTPUT("r6", "r11", "r12")
      OUTPUT("r8", "r0", "r1") OUTPUT("r9", "r11", "r12") OUTPUT("r3", "r0", "r1") OUTPUT("r10", "r11", "r12")
      WORD("r4", "r5", "r2", "r6") WORD("r8", "r9", "r3", "r10")
      "  strd r4, r8, [r7]\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}

/* Samples' sums: lr and r12, r6 and r7 from the biases on; of either pair. The first pair's come back from the stack to r5, r4,
 * r1 and r2, a divider to r3 and y to r8. The second pair begins with the last words, whose weights are there. */
#define FIRST8(X, W0, W1, ODD0, ODD1)                                                                                         \
  EVEN("r12", X)                                                                                                              \
  "  smlad lr, r12, " W0 ", r6\n"                                                                                             \
  "  smlad r12, r12, " W1 ", r7\n" ODD(X, X) BOTH("lr", "r12", X, ODD0, ODD1)
#define WORD8(SUM0, SUM1, FREE, X, W0, W1, ODD0, ODD1)                                                                        \
  EVEN(FREE, X) BOTH(SUM0, SUM1, FREE, W0, W1) ODD(X, X) BOTH(SUM0, SUM1, X, ODD0, ODD1)
__attribute__((naked)) void ek_fully_connected_8_to_2_four_dsp(const ek_fully_connected_two_four_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r2, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r1!, {r2, r3, r4, r5}\n"
      LOAD("r6, r7, r8, r9, r10, r11")
      FIRST8("r2", "r8", "r9", "r10", "r11") WORD8("r6", "r7", "r2", "r4", "r8", "r9", "r10", "r11")
      LOAD("r4, r8, r9, r10, r11")
      WORD8("lr", "r12", "r2", "r3", "r4", "r8", "r9", "r10") WORD8("r6", "r7", "r2", "r5", "r4", "r8", "r9", "r10")
      "  push {r6, r7, r11, r12, lr}\n"
      "  ldmia.w r1, {r1, r2, r3, r5}\n"
      LOAD("r6, r7, r11")
      FIRST8("r2", "r4", "r8", "r9", "r10") WORD8("r6", "r7", "r2", "r5", "r4", "r8", "r9", "r10")
      "  ldmia.w r0, {r0, r2, r4, r5, r8, r9}\n"
      WORD8("lr", "r12", "r10", "r1", "r2", "r4", "r5", "r8") WORD8("r6", "r7", "r10", "r3", "r2", "r4", "r5", "r8")
      "  pop {r1, r2, r3, r4, r5, r8}\n"
      OUTPUT("r5", "r0", "r11") OUTPUT("r4", "r9", "r3") OUTPUT("r1", "r0", "r11") OUTPUT("r2", "r9", "r3")
      OUTPUT("lr", "r0", "r11") OUTPUT("r12", "r9", "r3") OUTPUT("r6", "r0", "r11") OUTPUT("r7", "r9", "r3")
      WORD("r5", "r4", "r1", "r2") WORD("lr", "r12", "r6", "r7")
      "  strd r5, lr, [r8]\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* Where the words of each output are: bias, weights of the words of a sample, multiplier, divider. A second sample that begins
 * within a word has weights of its own. */
typedef struct {
  int8_t bias, weights[5], multiplier, divider;
} place_t;

static int8_t output(const int32_t *stream, const place_t *at, const uint32_t *words, int32_t count) {
  int32_t sum = stream[at->bias];
  for (int32_t k = 0; k < count; ++k) {
    sum = ek_smlad(words[k], (uint32_t)stream[at->weights[k]], sum);
  }
  return ek_divide_packed(ek_smmulr(sum, stream[at->multiplier]), stream[at->divider]);
}

void ek_fully_connected_10_to_2_four_dsp(const ek_fully_connected_two_four_dsp_t *p, const int8_t *x, int8_t *y) {
  static const place_t first[] = {{0, {2, 4, 6, 8, 10}, 45, 46}, {1, {3, 5, 7, 9, 12}, 50, 51}};
  static const place_t second[] = {{11, {14, 16, 18, 20, 22}, 45, 46}, {13, {15, 17, 19, 21, 23}, 50, 51}};
  /* The second pair has the same words elsewhere, with the constants among the last. */
  static const place_t third[] = {{24, {26, 28, 30, 32, 34}, 45, 46}, {25, {27, 29, 31, 33, 36}, 50, 51}};
  static const place_t fourth[] = {{35, {38, 40, 42, 44, 48}, 45, 46}, {37, {39, 41, 43, 47, 49}, 50, 51}};
  static const place_t *const places[] = {first, second, third, fourth};
  for (int32_t sample = 0; sample < 4; sample += 2, x += 20) {
    const uint32_t v0 = ek_load4(x), v1 = ek_load4(x + 4), v2 = ek_load4(x + 8), v3 = ek_load4(x + 12), v4 = ek_load4(x + 16);
    const uint32_t even = ek_sxtb16(v2), odd = ek_sxtb16_odd(v2);
    const uint32_t a[] = {ek_sxtb16(v0), ek_sxtb16_odd(v0), ek_sxtb16(v1), ek_sxtb16_odd(v1), ek_pack_low(even, odd)};
    const uint32_t b[] = {ek_pack_high(even, odd), ek_sxtb16(v3), ek_sxtb16_odd(v3), ek_sxtb16(v4), ek_sxtb16_odd(v4)};
    for (int32_t channel = 0; channel < 2; ++channel, ++y) {
      y[0] = output(p->stream, &places[sample][channel], a, 5);
      y[2] = output(p->stream, &places[sample + 1][channel], b, 5);
    }
    y += 2;
  }
}

void ek_fully_connected_8_to_2_four_dsp(const ek_fully_connected_two_four_dsp_t *p, const int8_t *x, int8_t *y) {
  static const place_t first[] = {{0, {2, 4, 6, 8}, 14, 13}, {1, {3, 5, 7, 9}, 19, 10}};
  static const place_t second[] = {{11, {15, 17, 6, 8}, 14, 13}, {12, {16, 18, 7, 9}, 19, 10}};
  for (int32_t sample = 0; sample < 4; ++sample, x += 8) {
    const uint32_t low = ek_load4(x), high = ek_load4(x + 4);
    const uint32_t words[] = {ek_sxtb16(low), ek_sxtb16_odd(low), ek_sxtb16(high), ek_sxtb16_odd(high)};
    for (int32_t channel = 0; channel < 2; ++channel) {
      *y++ = output(p->stream, sample < 2 ? &first[channel] : &second[channel], words, 4);
    }
  }
}

#endif
