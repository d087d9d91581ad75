/* y[n,oy,ox] = requantize(bias + sum over ci of (x - in_zero) * w[ci]), as conv_2d.c with 1x1 taps, of 2, 3 or 5 inputs and one
 * channel, with the DSP instructions.
 *
 * Blocking: four pixels next to each other, as many words as there are inputs; SXTB16 makes halfwords of these, whatever pixel they
 * are of, and SMLAD takes two that are of one, SMLABB and the like one. Outputs are put together as in pointwise_packed_dsp.c; two
 * fours a turn, the first of which is left out where they are odd; the last four pixels have some again that were done. Or pixel by
 * pixel, any lines, eight a turn, the first one of which begins where the rest is done. Weights are twice as large: SMMULR wants
 * twice the sum. The zero point is folded into the bias.
 * Registers: r1 x, r2 y, r4-r6 weights, r7 bias, r8 multiplier, r9 divider, and pixel by pixel r3 end of the line, r10 skip, r11
 * zero point; else x and what becomes of it.
 * Budget: of 2, 3, 5 inputs 28, 32, 40 for four outputs, 1.5 of a turn, 19 for the call; or 8, 9, 11 for one, 2 for eight, 9 for a
 * line, 29 for the call. Of 3 inputs the eighth pixel takes 10: no pixel after it is taken for granted, whose byte it may read. */
#include "edgekit/pointwise_few_to_1_dsp.h"

#include <stddef.h>

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_few_to_1_dsp_t, line) == 32, "eight words in the assembly's order");
_Static_assert(offsetof(ek_pointwise_few_to_1_dsp_t, back) == 52, "five more");

#define EVEN(A, WORD) "  sxtb16 " A ", " WORD "\n"
#define ODD(A) "  sxtb16 " A ", " A ", ror #8\n"
/* BB, BT, TB, TT: which half of x meets which half of w. */
#define ONE(HALVES, A, X, W, TO) "  smla" HALVES " " A ", " X ", " W ", " TO "\n"
#define TWO(A, X, W, TO) "  smlad " A ", " X ", " W ", " TO "\n"
#define OUTPUT(A) "  smmulr " A ", " A ", r8\n" EK_DIVIDE_PACKED(A, "r9")
#define FOUR_OUTPUTS(A, B, C, D)                                                                             \
  OUTPUT(A) OUTPUT(B) OUTPUT(C) OUTPUT(D) EK_PACK_2(A, C) EK_PACK_2(B, D) EK_PACK_4(A, B)                    \
  "  str " A ", [r2], #4\n"
#define LOAD(A, AT) "  ldr.w " A ", [r1, #" AT "]\n"

/* Two inputs: of a word two pixels, a0 b0 a1 b1, in A and B, which has the word's halves a; the word is lost. */
#define PIXELS_2(A, B, WORD)                                                                                 \
  EVEN(B, WORD) ODD(WORD) ONE("bb", A, B, "r4", "r7") ONE("bt", A, WORD, "r4", A)                            \
  ONE("tb", B, B, "r4", "r7") ONE("tt", B, WORD, "r4", B)
#define FOUR_2                                                                                               \
  PIXELS_2("r0", "r12", "r10") PIXELS_2("r10", "r3", "r11") FOUR_OUTPUTS("r0", "r12", "r10", "r3")
#define WORDS_2 "  ldrd r10, r11, [r1], #8\n"
#define APART_2 LOAD("r10", "0") LOAD("r11", "4")
/* Three: a0 b0 c0 a1, b1 c1 a2 b2, c2 a3 b3 c3; r4 has the weights of a and c, r5 that of b. */
#define FOUR_3                                                                                               \
  EVEN("r0", "r10") ODD("r10") TWO("r0", "r0", "r4", "r7") ONE("bb", "r0", "r10", "r5", "r0")                \
  EVEN("r3", "r11") ODD("r11") ONE("tb", "r10", "r10", "r4", "r7") ONE("bb", "r10", "r3", "r5", "r10")       \
  ONE("bt", "r10", "r11", "r4", "r10")                                                                       \
  EVEN("lr", "r12") ODD("r12") ONE("tb", "r3", "r3", "r4", "r7") ONE("tb", "r3", "r11", "r5", "r3")          \
  ONE("bt", "r3", "lr", "r4", "r3") TWO("r12", "r12", "r4", "r7") ONE("tb", "r12", "lr", "r5", "r12")        \
  FOUR_OUTPUTS("r0", "r10", "r3", "r12")
#define WORDS_3 "  ldmia.w r1!, {r10, r11, r12}\n"
#define APART_3 LOAD("r10", "0") LOAD("r11", "4") LOAD("r12", "8")
/* Five: a0 b0 c0 d0, e0 a1 b1 c1, d1 e1 a2 b2, c2 d2 e2 a3, b3 c3 d3 e3; r4 has the weights of a and c, r5 of b and d, r6 of c and e. */
#define FOUR_5                                                                                               \
  EVEN("lr", "r0") ODD("r0") TWO("lr", "lr", "r4", "r7") TWO("lr", "r0", "r5", "lr")                         \
  EVEN("r0", "r3") ODD("r3") ONE("bt", "lr", "r0", "r6", "lr")                                               \
  TWO("r3", "r3", "r4", "r7") ONE("tb", "r3", "r0", "r5", "r3")                                              \
  EVEN("r0", "r10") ODD("r10") ONE("bt", "r3", "r0", "r5", "r3") ONE("bt", "r3", "r10", "r6", "r3")          \
  ONE("tb", "r0", "r0", "r4", "r7") ONE("tb", "r0", "r10", "r5", "r0")                                       \
  EVEN("r10", "r11") ODD("r11") TWO("r0", "r10", "r6", "r0") ONE("bt", "r0", "r11", "r5", "r0")              \
  ONE("tb", "r11", "r11", "r4", "r7")                                                                        \
  EVEN("r10", "r12") ODD("r12") TWO("r11", "r10", "r5", "r11") TWO("r11", "r12", "r6", "r11")                \
  FOUR_OUTPUTS("lr", "r3", "r0", "r11")
#define WORDS_5 "  ldmia.w r1!, {r0, r3, r10, r11, r12}\n"
#define APART_5 LOAD("r0", "0") LOAD("r3", "4") LOAD("r10", "8") LOAD("r11", "12") LOAD("r12", "16")

#define BACK(SHIFT) "  sub.w r1, r1, lr, lsl #" SHIFT "\n"
#define BACK_2 BACK("1")
#define BACK_3 BACK("0") BACK("1")
#define BACK_5 BACK("0") BACK("2")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 pixels that the last four has again, 4 end of the fours. */
#define FOURS(NAME, N)                                                                                       \
  __attribute__((naked)) void NAME(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y) {       \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldr r3, [r0, #52]\n"                                                                              \
        "  ldmia.w r0, {r4, r5, r6, r7, r8, r9, r10, r11, r12}\n"                                            \
        "  add r12, r2\n"                                                                                    \
        "  push {r3, r12}\n"                                                                                 \
        "  add pc, r10\n"                                                                                    \
        "  nop\n"                                                                                            \
        "1:\n" WORDS_##N FOUR_##N WORDS_##N FOUR_##N                                                         \
        "  ldr lr, [sp, #4]\n"                                                                               \
        "  cmp r2, lr\n"                                                                                     \
        "  bne.w 1b\n"                                                                                       \
        "  ldr lr, [sp], #8\n"                                                                               \
        "  cmp lr, #0\n"                                                                                     \
        "  beq.w 2f\n"                                                                                       \
        "  sub.w r2, r2, lr\n" BACK_##N APART_##N FOUR_##N                                                   \
        "2:\n"                                                                                               \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
FOURS(ek_pointwise_2_to_1_fours_dsp, 2)
FOURS(ek_pointwise_3_to_1_fours_dsp, 3)
FOURS(ek_pointwise_5_to_1_fours_dsp, 5)

#define STORED(A)                                                                                            \
  "  smmulr " A ", " A ", r8\n"                                                                              \
  "  smmlar " A ", " A ", r9, r11\n"                                                                         \
  "  ssat " A ", #8, " A "\n"                                                                                \
  "  strb.w " A ", [r2], #1\n"
/* The input's byte, a register for it, with which x goes on STEP bytes; another one after that. */
#define FIRST(A, STEP) "  ldrsb.w " A ", [r1], #" STEP "\n"
#define LATER(A, AT, STEP) "  ldrsb.w " A ", [r1, #" AT "-" STEP "]\n"
#define PIXEL_2(STEP)                                                                                        \
  FIRST("r0", STEP) LATER("r12", "1", STEP) ONE("bb", "r0", "r0", "r4", "r7") ONE("bt", "r0", "r12", "r4", "r0") STORED("r0")
#define LAST_2(STEP) PIXEL_2(STEP)
#define WORD(STEP) "  ldr.w r0, [r1], #" STEP "\n" EVEN("lr", "r0") ODD("r0") TWO("lr", "lr", "r4", "r7")
#define PIXEL_3(STEP) WORD(STEP) ONE("bb", "lr", "r0", "r5", "lr") STORED("lr")
#define LAST_3(STEP)                                                                                         \
  FIRST("r0", STEP) LATER("r12", "1", STEP) LATER("lr", "2", STEP) ONE("bb", "r0", "r0", "r4", "r7")         \
  ONE("bb", "r0", "r12", "r5", "r0") ONE("bt", "r0", "lr", "r4", "r0") STORED("r0")
#define PIXEL_5(STEP)                                                                                        \
  WORD(STEP) LATER("r12", "4", STEP) TWO("lr", "r0", "r5", "lr") ONE("bt", "lr", "r12", "r6", "lr") STORED("lr")
#define LAST_5(STEP) PIXEL_5(STEP)
#define SEVEN(CODE) CODE CODE CODE CODE CODE CODE CODE

/* On the stack: 0 outputs of a line, 4 gap, 8 end of the image's y, 12 images left, 16 gap after an image, 20 outputs of an image. */
#define LINES(NAME, N, STEP)                                                                                 \
  __attribute__((naked)) void NAME(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y) {       \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  add.w r12, r0, #32\n"                                                                             \
        "  ldmia.w r12, {r3, r4, r5, r6, r7}\n"                                                              \
        "  mov r8, r5\n"                                                                                     \
        "  add r5, r2\n"                                                                                     \
        "  push {r3, r4, r5, r6, r7, r8}\n"                                                                  \
        "  ldmia.w r0, {r4, r5, r6, r7, r8, r9, r10, r11}\n"                                                 \
        "1:\n"                                                                                               \
        "  ldr r3, [sp]\n"                                                                                   \
        "  add r3, r2\n"                                                                                     \
        "  add pc, r10\n"                                                                                    \
        "  nop\n"                                                                                            \
        "2:\n" SEVEN(PIXEL_##N(STEP)) LAST_##N(STEP)                                                         \
        "  cmp r2, r3\n"                                                                                     \
        "  bne.w 2b\n"                                                                                       \
        "  ldrd r0, r12, [sp, #4]\n"                                                                         \
        "  add r1, r0\n"                                                                                     \
        "  cmp r2, r12\n"                                                                                    \
        "  bne.w 1b\n"                                                                                       \
        "  ldrd r0, r3, [sp, #12]\n"                                                                         \
        "  subs r0, #1\n"                                                                                    \
        "  beq 3f\n"                                                                                         \
        "  str r0, [sp, #12]\n"                                                                              \
        "  add r1, r3\n"                                                                                     \
        "  ldr r0, [sp, #20]\n"                                                                              \
        "  add r12, r0\n"                                                                                    \
        "  str.w r12, [sp, #8]\n"                                                                            \
        "  b.w 1b\n"                                                                                         \
        "3:\n"                                                                                               \
        "  add sp, #24\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
LINES(ek_pointwise_2_to_1_dsp, 2, "2")
LINES(ek_pointwise_3_to_1_dsp, 3, "3")
LINES(ek_pointwise_5_to_1_dsp, 5, "5")
LINES(ek_pointwise_2_to_1_by_2_dsp, 2, "4")
LINES(ek_pointwise_3_to_1_by_2_dsp, 3, "6")
LINES(ek_pointwise_5_to_1_by_2_dsp, 5, "10")
#pragma GCC diagnostic pop

#else

/* Where the halfwords of the three words of weights are of inputs that the ones before do not have: one for each input. */
static const uint8_t places[] = {0, 1, 0, 2, 1, 0, 2, 1, 3, 5};

static int32_t high_of(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int32_t inputs) {
  const uint8_t *const place = places + (inputs == 2 ? 0 : inputs == 3 ? 2 : 5);
  int32_t sum = p->start;
  for (int32_t i = 0; i < inputs; ++i) {
    const uint32_t word = (uint32_t)p->weights[place[i] / 2];
    sum += x[i] * (place[i] % 2 == 0 ? ek_low_half(word) : ek_high_half(word));
  }
  return ek_smmulr(sum, p->multiplier);
}
static void fours_of(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs) {
  const int32_t pixels = p->line + (4 - p->back) % 4;
  for (int32_t i = 0; i < pixels; ++i) {
    y[i] = ek_divide_packed(high_of(p, x + i * inputs, inputs), p->divider);
  }
}
static void lines_of(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs, int32_t step) {
  for (int32_t image = 0; image < p->images; ++image, x += p->image_gap) {
    for (const int8_t *const all = y + p->size; y != all; x += p->gap) {
      for (const int8_t *const end = y + p->line; y != end; x += step) {
        *y++ = (int8_t)ek_ssat8(ek_smmlar((uint32_t)high_of(p, x, inputs), p->divider, p->zero_point));
      }
    }
  }
}
#define LINES(N)                                                                                             \
  void ek_pointwise_##N##_to_1_fours_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y) { \
    fours_of(p, x, y, N);                                                                                    \
  }                                                                                                          \
  void ek_pointwise_##N##_to_1_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y) {       \
    lines_of(p, x, y, N, N);                                                                                 \
  }                                                                                                          \
  void ek_pointwise_##N##_to_1_by_2_dsp(const ek_pointwise_few_to_1_dsp_t *p, const int8_t *x, int8_t *y) {  \
    lines_of(p, x, y, N, 2 * N);                                                                             \
  }
LINES(2)
LINES(3)
LINES(5)

#endif
