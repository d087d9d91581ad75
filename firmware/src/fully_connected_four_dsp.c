/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as fully_connected.c, of four samples, with
 * the DSP instructions: 8 or 10 inputs and 3 outputs, 10 inputs and 4 outputs.
 *
 * Blocking: of 3 outputs 2 samples x 3 channels x 2 inputs, so that two samples share the load of weights and constants; of 4
 * outputs 1 sample x 1 channel. There is no loop: all is in the code, for these shapes alone. Weights are halfwords, twice as
 * large: SMMULR wants twice the sum. The zero point is folded into the bias.
 * Registers of two samples: r0 stream, r1 x, r2 y; r3, r4 and r5 sums of the first, r6, r7 and r8 biases, then sums of the
 * second, r9, r10 and r11 weights, r12 and lr inputs. Of 8 inputs r1 and r2 have inputs too. At last r0, r1 and from r9 to lr
 * constants. Of one sample as in pointwise_narrow_dsp.c.
 * Budget: 62 and 79 for two samples of 3 outputs, 53 for a sample of 4; 18 and 15 for the call, 17 of 4 outputs: 1.48, 1.44 and
 * 1.43 a MAC. Cycles by LDR 2, LDM 1 + n, LDRD 3, branch 2: 93, 119 and 88. */
#include "edgekit/fully_connected_four_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_fully_connected_four_dsp_t, out_zero) == 4, "two words in the assembly's order");

#define ADD(TO, X, W, SUM) "  smlad " TO ", " X ", " W ", " SUM "\n"
#define EVEN(A, X) "  sxtb16 " A ", " X "\n"
#define ODD(A, X) "  sxtb16 " A ", " X ", ror #8\n"
#define FINISH(SUM, MULTIPLIER, DIVIDER, ZERO, STORE)          \
  "  smmulr " SUM ", " SUM ", " MULTIPLIER "\n"                \
  "  smmlar " SUM ", " SUM ", " DIVIDER ", " ZERO "\n"         \
  "  ssat " SUM ", #8, " SUM "\n"                              \
  "  strb.w " SUM ", [r2" STORE "\n"

/* Two inputs of each of two samples: the first ones begin the sums. The second sample's sums take the biases' places, the
 * first one's those of weights and inputs that are done: r9, r3 and r10. */
#define BEGIN(X, NEXT)                                                               \
  "  ldmia.w r0!, {r6, r7, r8, r9, r10, r11}\n"                                      \
  ADD("r3", X, "r9", "r6") ADD("r6", NEXT, "r9", "r6")                               \
  ADD("r9", X, "r10", "r7") ADD("r7", NEXT, "r10", "r7")                             \
  ADD("r10", X, "r11", "r8") ADD("r8", NEXT, "r11", "r8")
/* W: a register and two more that are free. */
#define GO_ON(X, NEXT, W0, W1, W2)                                                   \
  "  ldmia.w r0!, {" W0 ", " W1 ", " W2 "}\n"                                        \
  ADD("r3", X, W0, "r3") ADD("r6", NEXT, W0, "r6")                                   \
  ADD("r9", X, W1, "r9") ADD("r7", NEXT, W1, "r7")                                   \
  ADD("r10", X, W2, "r10") ADD("r8", NEXT, W2, "r8")
/* Sums r3, r9, r10 and r6, r7, r8; constants r0, r1, r4, r5, r11, r12, lr. */
#define END(PLACE)                                                                   \
  "  ldmia.w r0, {r0, r1, r4, r5, r11, r12, lr}\n"                                   \
  FINISH("r3", "r0", "r1", "lr", ", #" PLACE "]") FINISH("r9", "r4", "r5", "lr", ", #" PLACE "+1]") \
  FINISH("r10", "r11", "r12", "lr", ", #" PLACE "+2]") FINISH("r6", "r0", "r1", "lr", ", #" PLACE "+3]") \
  FINISH("r7", "r4", "r5", "lr", ", #" PLACE "+4]") FINISH("r8", "r11", "r12", "lr", ", #" PLACE "+5]")

/* The samples' words are in r4 and r5, r12 and lr. */
#define PAIR8(PLACE)                                                                 \
  EVEN("r1", "r4") EVEN("r2", "r12") BEGIN("r1", "r2")                               \
  ODD("r4", "r4") ODD("r12", "r12") GO_ON("r4", "r12", "r1", "r2", "r11")            \
  EVEN("r4", "r5") EVEN("r12", "lr") GO_ON("r4", "r12", "r1", "r2", "r11")           \
  ODD("r5", "r5") ODD("lr", "lr") GO_ON("r5", "lr", "r1", "r2", "r11")               \
  "  ldr r2, [sp, #8]\n" END(PLACE)

/* Of samples at AT and AT + 10 of x. */
#define WORDS(AT)                       \
  "  ldr.w r12, [r1, #" AT "]\n"        \
  "  ldr.w lr, [r1, #" AT "+10]\n"
#define LAST(A, AT)                      \
  "  ldrh.w " A ", [r1, #" AT "]\n"      \
  "  pkhbt " A ", " A ", " A ", lsl #8\n" EVEN(A, A)
#define PAIR10(AT, PLACE)                                                            \
  WORDS(AT) EVEN("r4", "r12") EVEN("r5", "lr") BEGIN("r4", "r5")                     \
  ODD("r12", "r12") ODD("lr", "lr") GO_ON("r12", "lr", "r4", "r5", "r11")            \
  WORDS(AT "+4") "  ldmia.w r0!, {r4, r5, r11}\n"                                    \
  EVEN("r2", "r12") ADD("r3", "r2", "r4", "r3") ADD("r9", "r2", "r5", "r9") ADD("r10", "r2", "r11", "r10") \
  EVEN("r2", "lr") ADD("r6", "r2", "r4", "r6") ADD("r7", "r2", "r5", "r7") ADD("r8", "r2", "r11", "r8") \
  ODD("r12", "r12") ODD("lr", "lr") GO_ON("r12", "lr", "r4", "r5", "r11")            \
  LAST("r12", AT "+8") LAST("lr", AT "+18") GO_ON("r12", "lr", "r4", "r5", "r11")    \
  "  ldr r2, [sp, #8]\n" END(PLACE)

/* A sample at AT of x; the sum takes the place of x. */
#define EXPAND(A, B, AT) "  ldr.w " B ", [r1, #" AT "]\n" EVEN(A, B) ODD(B, B)
#define CHANNEL                                                                      \
  "  ldmia.w r0!, {r1, r9, r10, r11, r12, lr}\n"                                    \
  ADD("r1", "r4", "r9", "r1") ADD("r1", "r5", "r10", "r1") ADD("r1", "r6", "r11", "r1") \
  ADD("r1", "r7", "r12", "r1") ADD("r1", "r8", "lr", "r1")                           \
  "  ldmia.w r0!, {r12, lr}\n" FINISH("r1", "r12", "lr", "r3", "], #1")
#define ONE(AT) EXPAND("r4", "r5", AT) EXPAND("r6", "r7", AT "+4") LAST("r8", AT "+8") CHANNEL CHANNEL CHANNEL CHANNEL

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 y. */
__attribute__((naked)) void ek_fully_connected_8_to_3_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  ldr r0, [r0]\n"
      "  push {r0, r1, r2, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r1, {r4, r5, r12, lr}\n" PAIR8("0")
      "  ldmia.w sp, {r0, r1}\n"
      "  ldrd r4, r5, [r1, #16]\n"
      "  ldrd r12, lr, [r1, #24]\n" PAIR8("6")
      "  pop {r0, r1, r2, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}

__attribute__((naked)) void ek_fully_connected_10_to_3_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  ldr r0, [r0]\n"
      "  push {r0, r1, r2, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n" PAIR10("0", "0")
      "  ldmia.w sp, {r0, r1}\n" PAIR10("20", "6")
      "  pop {r0, r1, r2, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}

__attribute__((naked)) void ek_fully_connected_10_to_4_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  ldrd r0, r3, [r0]\n"
      "  push {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n" ONE("0")
      "  ldmia.w sp, {r0, r1}\n" ONE("10")
      "  ldmia.w sp, {r0, r1}\n" ONE("20")
      "  ldmia.w sp, {r0, r1}\n" ONE("30")
      "  pop {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* Words of `inputs` inputs as halfwords. */
static void expand(uint32_t *to, const int8_t *x, int32_t inputs) {
  int32_t k = 0;
  for (; k + 4 <= inputs; k += 4) {
    const uint32_t four = ek_load4(x + k);
    *to++ = ek_sxtb16(four);
    *to++ = ek_sxtb16_odd(four);
  }
  if (k < inputs) {
    *to = ek_pack_low((uint32_t)x[k], (uint32_t)x[k + 1]);
  }
}

static void to_3(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y, int32_t inputs) {
  const int32_t *const constants = p->stream + 3 + 3 * (inputs / 2);
  for (int32_t sample = 0; sample < 4; ++sample, x += inputs) {
    uint32_t words[5];
    expand(words, x, inputs);
    for (int32_t channel = 0; channel < 3; ++channel) {
      int32_t sum = p->stream[channel];
      for (int32_t word = 0; word < inputs / 2; ++word) {
        sum = ek_smlad(words[word], (uint32_t)p->stream[3 + 3 * word + channel], sum);
      }
      *y++ = ek_requantize(sum, constants[2 * channel], constants[2 * channel + 1], constants[6]);
    }
  }
}

void ek_fully_connected_8_to_3_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y) { to_3(p, x, y, 8); }
void ek_fully_connected_10_to_3_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y) { to_3(p, x, y, 10); }

void ek_fully_connected_10_to_4_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y) {
  for (int32_t sample = 0; sample < 4; ++sample, x += 10) {
    uint32_t words[5];
    expand(words, x, 10);
    for (const int32_t *at = p->stream; at != p->stream + 32; at += 8) {
      int32_t sum = at[0];
      for (int32_t word = 0; word < 5; ++word) {
        sum = ek_smlad(words[word], (uint32_t)at[1 + word], sum);
      }
      *y++ = ek_requantize(sum, at[6], at[7], p->out_zero);
    }
  }
}

#endif
