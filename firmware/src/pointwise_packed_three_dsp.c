/* y[n,oy,ox,co] = requantize(bias[co] + sum over ci of (x - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 2 to 5 inputs and
 * 3 channels, with the DSP instructions.
 *
 * Blocking: four pixels are three words of outputs, put together as in pointwise_packed_dsp.c; 1 pixel x 1 channel x all taps. The
 * stream has the channels of four pixels, in the order in which their outputs make words. A line whose pixels are no multiple of
 * four ends with four of which some are computed a second time. Pixels are next to each other, or every second one. Of three inputs
 * a word has a byte of a neighbour, of the next pixel but for the last of four, whose byte is the one before.
 * Registers: r0 stream, r1 x, r2 y, r10-r12 the pixel, r3-r9 and lr for words and outputs. A channel is six words: twice the weights
 * of inputs 0 and 2 as halfwords, twice the bias, twice the weights of 1 and 3, of 4, multiplier, divider (of two inputs the first word
 * has both); a load may end anywhere between them, as a sum takes the place of its first word, and twelve channels, 72 words, take
 * twelve loads.
 * Budget: 113 for four pixels of five inputs (1.88 a MAC), 97 of four and three, 85 of two; 11 for a line, 8 more where four are
 * repeated, 15 for the call. */
#include "edgekit/pointwise_packed_three_dsp.h"

#include <stddef.h>

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_three_dsp_t, gap) == 24, "seven words in the assembly's order");

#define LOAD(LIST) "  ldmia.w r0!, {" LIST "}\n"
#define BEGIN(A, BIAS) "  smlad " A ", r10, " A ", " BIAS "\n"
/* Of so many inputs, after that. */
#define END_2(A, B, C)
#define END_4(A, B, C) "  smlad " A ", r11, " B ", " A "\n"
#define END_3(A, B, C) END_4(A, B, C)
#define END_5(A, B, C) END_4(A, B, C) "  smlabb " A ", r12, " C ", " A "\n"
#define OUTPUT(A, MULTIPLIER, DIVIDER) "  smmulr " A ", " A ", " MULTIPLIER "\n" EK_DIVIDE_PACKED(A, DIVIDER)
/* So many bytes from r1 on. */
#define WORD_AT(AT, A, B)                        \
  "  ldr r10, [r1, #" AT "]\n"                   \
  "  sxtb16 " B ", r10, ror #8\n"                \
  "  sxtb16 " A ", r10\n"
#define PIXEL_2(AT)                              \
  "  ldrsb r10, [r1, #" AT "]\n"                 \
  "  ldrsb r12, [r1, #" AT "+1]\n"               \
  "  pkhbt r10, r10, r12, lsl #16\n"
#define LAST_2(AT) PIXEL_2(AT)
#define PIXEL_4(AT) WORD_AT(AT, "r10", "r11")
#define LAST_4(AT) PIXEL_4(AT)
#define PIXEL_3(AT) PIXEL_4(AT)
#define LAST_3(AT)                               \
  "  ldr r10, [r1, #" AT "-1]\n"                 \
  "  sxtb16 r11, r10\n"                          \
  "  sxtb16 r10, r10, ror #8\n"
#define PIXEL_5(AT) "  ldrsb r12, [r1, #" AT "+4]\n" PIXEL_4(AT)
#define LAST_5(AT) PIXEL_5(AT)
/* Outputs 0 and 2 of a word are in A. */
#define WORD(A, B, C) EK_PACK_2(B, C) EK_PACK_4(A, B) "  str " A ", [r2], #4\n"

/* Channels 0, 2, 1 of the first pixel, 0, 1, 2 of the second, 0, 1, 2 of the third, 1, 0, 2 of the last; the pixels so many bytes from
 * where the next four begin. */
#define FOUR(PIXEL, LAST_PIXEL, END, FIRST, SECOND, THIRD, LAST)                                             \
  PIXEL(FIRST)                                                                                               \
  LOAD("r3, r4, r5, r6, r7, r8, r9, lr") BEGIN("r3", "r4") END("r3", "r5", "r6") OUTPUT("r3", "r7", "r8") BEGIN("r9", "lr") \
  LOAD("r4, r5, r6, r7, r8, lr") END("r9", "r4", "r5") OUTPUT("r9", "r6", "r7") EK_PACK_2("r3", "r9") BEGIN("r8", "lr") \
  LOAD("r4, r5, r6, r7, r9, lr") END("r8", "r4", "r5") OUTPUT("r8", "r6", "r7")                              \
  PIXEL(SECOND) BEGIN("r9", "lr")                                                                            \
  LOAD("r4, r5, r6, r7, lr") END("r9", "r4", "r5") OUTPUT("r9", "r6", "r7") WORD("r3", "r8", "r9")           \
  LOAD("r3, r4, r5, r6, r7, r8, r9") BEGIN("lr", "r3") END("lr", "r4", "r5") OUTPUT("lr", "r6", "r7") BEGIN("r8", "r9") \
  LOAD("r3, r4, r5, r6, r7, r9") END("r8", "r3", "r4") OUTPUT("r8", "r5", "r6")                              \
  PIXEL(THIRD) BEGIN("r7", "r9")                                                                             \
  LOAD("r3, r4, r5, r6, r9") END("r7", "r3", "r4") OUTPUT("r7", "r5", "r6") EK_PACK_2("lr", "r7")            \
  LOAD("r3, r4, r5, r6, r7") BEGIN("r9", "r3") END("r9", "r4", "r5") OUTPUT("r9", "r6", "r7") WORD("lr", "r8", "r9") \
  LOAD("r3, r4, r5, r6, r7, r8, r9, lr") BEGIN("r3", "r4") END("r3", "r5", "r6") OUTPUT("r3", "r7", "r8")    \
  LAST_PIXEL(LAST) BEGIN("r9", "lr")                                                                         \
  LOAD("r4, r5, r6, r7, r8, lr") END("r9", "r4", "r5") OUTPUT("r9", "r6", "r7") EK_PACK_2("r3", "r9") BEGIN("r8", "lr") \
  LOAD("r4, r5, r6, r7, r9, lr") END("r8", "r4", "r5") OUTPUT("r8", "r6", "r7") BEGIN("r9", "lr")            \
  LOAD("r4, r5, r6, r7") END("r9", "r4", "r5") OUTPUT("r9", "r6", "r7") WORD("r3", "r8", "r9")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 where the line's last four whole ones begin, 8 end of the line, 12 bytes of x and y that its last pixels
 * go back, 20 end of y, 24 bytes to the next line, 28 from there to its last four and to its end. */
#define LINES(NAME, N, STEP)                                                                                 \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y) {   \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r3, r6, r7, r8, r10, r11, r12}\n"                                                    \
        "  mov r9, r12\n"                                                                                    \
        "  add r8, r2\n"                                                                                     \
        "  add r4, r1, r10\n"                                                                                \
        "  add r5, r1, r11\n"                                                                                \
        "  push {r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"                                                    \
        "1:\n"                                                                                               \
        "  ldrd r0, r3, [sp]\n"                                                                              \
        "  cmp r1, r3\n"                                                                                     \
        "  add.w r1, r1, #4*" STEP "\n"                                                                      \
        FOUR(PIXEL_##N, LAST_##N, END_##N, "-4*" STEP, "-3*" STEP, "-2*" STEP, "-" STEP)                     \
        "  bne.w 1b\n"                                                                                       \
        "  add r3, sp, #8\n"                                                                                 \
        "  ldmia.w r3, {r3, r4, r5, r6, r7, r8, r9}\n"                                                       \
        "  cmp r1, r3\n"                                                                                     \
        "  beq 2f\n"                                                                                         \
        "  sub.w r1, r1, r4\n"                                                                               \
        "  sub.w r2, r2, r5\n"                                                                               \
        "  str r1, [sp, #4]\n"                                                                               \
        "  b.w 1b\n"                                                                                         \
        "2:\n"                                                                                               \
        "  cmp r2, r6\n"                                                                                     \
        "  beq 3f\n"                                                                                         \
        "  add r1, r7\n"                                                                                     \
        "  add r8, r1\n"                                                                                     \
        "  add r9, r1\n"                                                                                     \
        "  strd r8, r9, [sp, #4]\n"                                                                          \
        "  b.w 1b\n"                                                                                         \
        "3:\n"                                                                                               \
        "  add sp, #36\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
LINES(ek_pointwise_packed_2_to_3_dsp, 2, "2")
LINES(ek_pointwise_packed_2_to_3_by_2_dsp, 2, "4")
LINES(ek_pointwise_packed_3_to_3_dsp, 3, "3")
LINES(ek_pointwise_packed_3_to_3_by_2_dsp, 3, "6")
LINES(ek_pointwise_packed_4_to_3_dsp, 4, "4")
LINES(ek_pointwise_packed_4_to_3_by_2_dsp, 4, "8")
LINES(ek_pointwise_packed_5_to_3_dsp, 5, "5")
LINES(ek_pointwise_packed_5_to_3_by_2_dsp, 5, "10")
#pragma GCC diagnostic pop

#else

/* The stream's first three channels are all. */
static void lines_of(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs, int32_t step) {
  static const uint8_t channels[] = {0, 2, 1};
  static const uint8_t places[2][5] = {{0, 1}, {0, 4, 1, 5, 6}}; /* in a channel's words as halfwords */
  for (const int8_t *const end = y + p->outputs; y != end; x += p->gap) {
    for (const int8_t *const row = x + p->row; x != row; x += step, y += 3) {
      const int32_t *at = p->stream;
      for (int32_t i = 0; i < 3; ++i, at += 6) {
        int32_t sum = at[1];
        for (int32_t k = 0; k < inputs; ++k) {
          const int32_t place = places[inputs > 2][k];
          const uint32_t word = (uint32_t)at[place / 2];
          sum += x[k] * (place % 2 == 0 ? ek_low_half(word) : ek_high_half(word));
        }
        y[channels[i]] = ek_divide_packed(ek_smmulr(sum, at[4]), at[5]);
      }
    }
  }
}
#define LINES(N)                                                                                             \
  void ek_pointwise_packed_##N##_to_3_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y) { \
    lines_of(p, x, y, N, N);                                                                                 \
  }                                                                                                          \
  void ek_pointwise_packed_##N##_to_3_by_2_dsp(const ek_pointwise_packed_three_dsp_t *p, const int8_t *x, int8_t *y) { \
    lines_of(p, x, y, N, 2 * N);                                                                             \
  }
LINES(2)
LINES(3)
LINES(4)
LINES(5)

#endif
