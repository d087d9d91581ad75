/* y[n,oy,ox,co] = requantize(bias[co] + sum over ci of (x - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 4 inputs and 10
 * channels, with the DSP instructions.
 *
 * Blocking: two pixels are five words of outputs, the third one of both; 1 pixel x 1 channel x all taps, as in
 * pointwise_packed_four_dsp.c. The stream has the channels of two pixels, in the order in which their outputs make words. A line's
 * odd pixel takes the first ten of them. Pixels are next to each other, or every second one.
 * Registers: as in packed_four_dsp.h. Of the last eight channels a load ends where a sum has begun, and the last one takes the
 * stream's register too, so that twelve channels, 60 words, take seven loads.
 * Budget: 136 for two pixels (1.7 a MAC), 138 of every second one; 72 for an odd one, 11 for a line, 13 for the call. */
#include "edgekit/pointwise_packed_ten_dsp.h"

#include <stddef.h>

#include "edgekit/packed_four_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_packed_ten_dsp_t, odd) == 16, "five words in the assembly's order");

#define STORE(WORD) "  str " WORD ", [r2], #4\n"
/* Channels 8 and 9 of the first pixel, in r4 and r9. */
#define TWO                                                                                                  \
  EK_FOUR_LOAD("r4, r5, r6, r7, r8, r9, r10, r11, r12, lr")                                                  \
  EK_FOUR_SUM("r4", "r5", "r6") EK_FOUR_OUTPUT("r4", "r7", "r8")                                             \
  EK_FOUR_SUM("r9", "r10", "r11") EK_FOUR_OUTPUT("r9", "r12", "lr")
/* The second pixel's, after these: 0, 1, 2, 4, 3, 5, 6, 8, 7, 9. */
#define TEN                                                                                                  \
  EK_FOUR_LOAD("r5, r6, r7, r8, r10, r11, r12, lr")                                                          \
  EK_FOUR_SUM("r5", "r6", "r7") EK_FOUR_OUTPUT("r5", "r8", "r10") EK_PACK_2("r4", "r5")                      \
  EK_FOUR_SUM("r11", "r12", "lr")                                                                            \
  EK_FOUR_LOAD("r5, r6, r7, r8, r10, r12, lr")                                                               \
  EK_FOUR_OUTPUT("r11", "r5", "r6") EK_PACK_2("r9", "r11") EK_PACK_4("r4", "r9") STORE("r4")                 \
  EK_FOUR_SUM("r7", "r8", "r10") EK_FOUR_OUTPUT("r7", "r12", "lr")                                           \
  EK_FOUR_LOAD("r4, r5, r6, r8, r9, r10, r11, r12, lr")                                                      \
  EK_FOUR_SUM("r4", "r5", "r6") EK_FOUR_OUTPUT("r4", "r8", "r9") EK_PACK_2("r7", "r4")                       \
  EK_FOUR_SUM("r10", "r11", "r12") EK_FOUR_MULTIPLY("r10", "lr")                                             \
  EK_FOUR_LOAD("r4, r5, r6, r8, r9, r11, r12, lr")                                                           \
  EK_DIVIDE_PACKED("r10", "r4") EK_FOUR_SUM("r5", "r6", "r8") EK_FOUR_OUTPUT("r5", "r9", "r11")              \
  EK_PACK_2("r10", "r5") EK_PACK_4("r7", "r10") STORE("r7") EK_FOUR_BEGIN("r12", "lr")                       \
  EK_FOUR_LOAD("r4, r5, r6, r7, r8, r9, r10, r11, lr")                                                       \
  EK_FOUR_END("r12", "r4") EK_FOUR_OUTPUT("r12", "r5", "r6")                                                 \
  EK_FOUR_SUM("r7", "r8", "r9") EK_FOUR_OUTPUT("r7", "r10", "r11") EK_PACK_2("r12", "r7")                    \
  "  ldmia.w r0, {r0, r4, r5, r6, r7, r8, r9, r10, r11}\n"                                                   \
  EK_FOUR_SUM("lr", "r0", "r4") EK_FOUR_OUTPUT("lr", "r5", "r6")                                             \
  EK_FOUR_SUM("r7", "r8", "r9") EK_FOUR_OUTPUT("r7", "r10", "r11")                                           \
  EK_PACK_2("lr", "r7") EK_PACK_4("r12", "lr") STORE("r12")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* BOTH loads r3 and r6, two pixels from r4 on, and STORE_8 stores r4 and r7. On the stack: 0 stream, 4 a second pixel, 8 x, 12 where
 * the outputs of the line's last pair begin, 16 outputs before these, 20 gap, 24 end of y, 28 whether a line's pixels are odd. */
#define LINES(NAME, STEP, BOTH, STORE_8)                                                                     \
  __attribute__((naked)) void NAME(const ek_pointwise_packed_ten_dsp_t *p, const int8_t *x, int8_t *y) {     \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r5, r6, r7, r8}\n"                                                               \
        "  mov r3, r1\n"                                                                                     \
        "  add r4, r5, r2\n"                                                                                 \
        "  add r7, r2\n"                                                                                     \
        "  push {r0, r1, r3, r4, r5, r6, r7, r8}\n"                                                          \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r3, r4, r5}\n" BOTH                                                              \
        "  strd r6, r4, [sp, #4]\n"                                                                          \
        "  cmp r2, r5\n" EK_FOUR_EXPAND("r3") EK_FOUR_EIGHT STORE_8 TWO                                      \
        "  ldr r3, [sp, #4]\n" EK_FOUR_EXPAND("r3") TEN                                                      \
        "  bne.w 1b\n"                                                                                       \
        "  ldrd r4, r5, [sp, #24]\n"                                                                         \
        "  cmp r5, #0\n"                                                                                     \
        "  beq.w 2f\n"                                                                                       \
        "  ldr r0, [sp]\n"                                                                                   \
        "  ldr r4, [sp, #8]\n"                                                                               \
        "  ldr r3, [r4], #" STEP "\n"                                                                        \
        "  str r4, [sp, #8]\n" EK_FOUR_EXPAND("r3") EK_FOUR_EIGHT STORE_8 TWO EK_PACK_2("r4", "r9")          \
        "  orr r4, r4, r4, lsr #8\n"                                                                         \
        "  eor r4, r4, #0x80808080\n"                                                                        \
        "  strh r4, [r2], #2\n"                                                                              \
        "  ldr r4, [sp, #24]\n"                                                                              \
        "2:\n"                                                                                               \
        "  cmp r2, r4\n"                                                                                     \
        "  beq 3f\n"                                                                                         \
        "  ldr r4, [sp, #8]\n"                                                                               \
        "  ldrd r5, r6, [sp, #16]\n"                                                                         \
        "  add r4, r6\n"                                                                                     \
        "  add r5, r2\n"                                                                                     \
        "  strd r4, r5, [sp, #8]\n"                                                                          \
        "  b.w 1b\n"                                                                                         \
        "3:\n"                                                                                               \
        "  add sp, #32\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
LINES(ek_pointwise_packed_4_to_10_dsp, "4", "  ldrd r3, r6, [r4], #8\n", "  strd r4, r7, [r2], #8\n")
LINES(ek_pointwise_packed_4_to_10_by_2_dsp, "8", "  ldr r6, [r4, #8]\n  ldr r3, [r4], #16\n",
      "  str r7, [r2, #4]\n  str r4, [r2], #8\n")
#pragma GCC diagnostic pop

#else

static void lines_of(const ek_pointwise_packed_ten_dsp_t *p, const int8_t *x, int8_t *y, int32_t step) {
  static const uint8_t places[] = {0, 2, 1, 3, 4, 6, 5, 7, 8, 9, 10, 11, 12, 14, 13, 15, 16, 18, 17, 19}; /* of two pixels */
  const int32_t pixels = p->last / 10 + 2 + p->odd;
  for (const int8_t *const end = y + p->outputs; y != end; x += p->gap) {
    for (int32_t pixel = 0; pixel < pixels; ++pixel, x += step) {
      const int32_t first = pixel % 2 * 10;
      for (int32_t i = first; i < first + 10; ++i) {
        y[places[i] - first] = ek_packed_four(p->stream + 5 * i, x);
      }
      y += 10;
    }
  }
}
void ek_pointwise_packed_4_to_10_dsp(const ek_pointwise_packed_ten_dsp_t *p, const int8_t *x, int8_t *y) {
  lines_of(p, x, y, 4);
}
void ek_pointwise_packed_4_to_10_by_2_dsp(const ek_pointwise_packed_ten_dsp_t *p, const int8_t *x, int8_t *y) {
  lines_of(p, x, y, 8);
}

#endif
