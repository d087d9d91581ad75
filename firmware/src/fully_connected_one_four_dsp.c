/* y[n] = requantize(bias + sum over ci of (x[n,ci] - in_zero) * w[ci]), as fully_connected.c, of four samples, 30 or 33 inputs and
 * one output, with the DSP instructions.
 *
 * Blocking: x is one array of words, three at a time; a word across two samples is in both sums, so that each is loaded and
 * expanded once, and the weights are laid out for each sample's place in its words. There is no loop. The four outputs are
 * stored at once, put together as in pointwise_packed_dsp.c. Weights are halfwords, twice as large: SMMULR wants twice the sum.
 * The zero point is folded into the bias.
 * Registers: r0 stream, r1 x, r2 two inputs, r3-r5 x, r6-r11 weights, r12 and lr sums of two samples, of which one begins where
 * the other ends; y and the sums that are done wait on the stack.
 * Budget: 14 for three words (12 MACs), one or two more where a sample ends; 18 for the outputs, LDR, PUSH and POP: 166 and 180,
 * with 11 for the call 1.48 and 1.45 a MAC. Cycles by LDR 2, LDM 1 + n, branch 2: 290 and 313. */
#include "edgekit/fully_connected_one_four_dsp.h"

#include "edgekit/packed_dsp.h"

#if EK_DSP_INSTRUCTIONS

#define EXPAND(X)                      \
  "  sxtb16 r2, " X "\n"               \
  "  sxtb16 " X ", " X ", ror #8\n"
#define ADD(HALVES, SUM, X, W) "  smla" HALVES " " SUM ", " X ", " W ", " SUM "\n"
/* Words: of one sample; with 2, 1 and 3 inputs of that which ends. */
#define WHOLE(SUM, X, W0, W1) EXPAND(X) ADD("d", SUM, "r2", W0) ADD("d", SUM, X, W1)
#define ENDS_2(SUM, NEXT, X, W0, W1) \
  EXPAND(X) ADD("bb", SUM, "r2", W0) ADD("bt", SUM, X, W0) ADD("tb", NEXT, "r2", W1) ADD("tt", NEXT, X, W1)
#define ENDS_1(SUM, NEXT, X, W0, W1) EXPAND(X) ADD("d", NEXT, X, W0) ADD("bb", SUM, "r2", W1) ADD("tt", NEXT, "r2", W1)
#define ENDS_3(SUM, NEXT, X, W0, W1) EXPAND(X) ADD("d", SUM, "r2", W0) ADD("bb", SUM, X, W1) ADD("tt", NEXT, X, W1)

/* Three words; BEGINS: the register of a sum that begins, its bias behind the weights. */
#define LOAD(BEGINS)                   \
  "  ldmia.w r1!, {r3, r4, r5}\n"      \
  "  ldmia.w r0!, {r6, r7, r8, r9, r10, r11" BEGINS "}\n"
#define FIRST(SUM) WHOLE(SUM, "r3", "r6", "r7")
#define LAST(SUM) WHOLE(SUM, "r5", "r10", "r11")
#define THREE(SUM, BEGINS) LOAD(BEGINS) FIRST(SUM) WHOLE(SUM, "r4", "r8", "r9") LAST(SUM)

#define TWO_OF_30                                                                            \
  THREE("r12", ", r12") THREE("r12", "")                                                     \
  LOAD(", lr") FIRST("r12") ENDS_2("r12", "lr", "r4", "r8", "r9") LAST("lr")                 \
  THREE("lr", "") THREE("lr", "")

#define OUTPUT(SUM) "  smmulr " SUM ", " SUM ", r3\n" EK_DIVIDE_PACKED(SUM, "r4")
/* Sums; from the stack come the first ones, the lowest register first, and y to r7. */
#define STORE(A, B, C, D)                                                                    \
  "  ldrd r3, r4, [r0]\n"                                                                    \
  "  pop {r5, r6, r7}\n" OUTPUT(A) OUTPUT(B) OUTPUT(C) OUTPUT(D)                             \
  EK_PACK_2(A, C) EK_PACK_2(B, D) EK_PACK_4(A, B)                                            \
  "  str " A ", [r7]\n"                                                                      \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
#define BEGIN                                                                                \
  "  ldr r0, [r0]\n"                                                                         \
  "  push {r2, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

__attribute__((naked)) void ek_fully_connected_30_to_1_four_dsp(const ek_fully_connected_one_four_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      BEGIN TWO_OF_30
      "  push {r12, lr}\n"
      "  sub.w r0, r0, #4*32\n" TWO_OF_30 STORE("r5", "r6", "r12", "lr"));
}

__attribute__((naked)) void ek_fully_connected_33_to_1_four_dsp(const ek_fully_connected_one_four_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      BEGIN THREE("r12", ", r12") THREE("r12", "")
      LOAD(", lr") FIRST("r12") WHOLE("r12", "r4", "r8", "r9") ENDS_1("r12", "lr", "r5", "r10", "r11")
      "  push {r12}\n" THREE("lr", "") THREE("lr", "")
      LOAD(", r12") FIRST("lr") ENDS_2("lr", "r12", "r4", "r8", "r9") LAST("r12")
      "  push {lr}\n" THREE("r12", "") THREE("r12", "")
      LOAD(", lr") ENDS_3("r12", "lr", "r3", "r6", "r7") WHOLE("lr", "r4", "r8", "r9") LAST("lr")
      THREE("lr", "") THREE("lr", "") STORE("r6", "r5", "r12", "lr"));
}
#pragma GCC diagnostic pop

#else

/* Of `words` words of x the sums of the samples that begin in them; the stream's end. */
static const int32_t *samples(const int32_t *stream, const int8_t *x, int32_t inputs, int32_t words, int32_t *sums) {
  for (int32_t word = 0; word < words; ++word) {
    const int32_t place = word % 3, three = 4 * (word - place), begins = (three + inputs - 1) / inputs;
    const int32_t has_bias = begins * inputs < three + 12 && begins * inputs < 4 * words;
    if (place == 0 && has_bias) {
      sums[begins] = stream[6];
    }
    const int32_t sample = 4 * word / inputs;
    const uint32_t taps = ek_load4(x + 4 * word), even = ek_sxtb16(taps), odd = ek_sxtb16_odd(taps);
    const uint32_t w0 = (uint32_t)stream[2 * place], w1 = (uint32_t)stream[2 * place + 1];
    int32_t *const sum = sums + sample;
    switch ((sample + 1) * inputs - 4 * word) {
      case 1:
        sum[1] = ek_smlad(odd, w0, sum[1]) + ek_smultt(even, w1);
        sum[0] += ek_smulbb(even, w1);
        break;
      case 2:
        sum[0] = ek_smlabt(odd, w0, sum[0] + ek_smulbb(even, w0));
        sum[1] = ek_smlatb(even, w1, sum[1] + ek_smultt(odd, w1));
        break;
      case 3:
        sum[0] = ek_smlad(even, w0, sum[0]) + ek_smulbb(odd, w1);
        sum[1] += ek_smultt(odd, w1);
        break;
      default:
        sum[0] = ek_smlad(odd, w1, ek_smlad(even, w0, sum[0]));
    }
    if (place == 2) {
      stream += has_bias ? 7 : 6;
    }
  }
  return stream;
}

static void store(const int32_t *sums, const int32_t *constants, int8_t *y) {
  for (int32_t i = 0; i < 4; ++i) {
    y[i] = ek_divide_packed(ek_smmulr(sums[i], constants[0]), constants[1]);
  }
}

void ek_fully_connected_30_to_1_four_dsp(const ek_fully_connected_one_four_dsp_t *p, const int8_t *x, int8_t *y) {
  int32_t sums[4];
  samples(p->stream, x, 30, 15, sums);
  store(sums, samples(p->stream, x + 60, 30, 15, sums + 2), y);
}

void ek_fully_connected_33_to_1_four_dsp(const ek_fully_connected_one_four_dsp_t *p, const int8_t *x, int8_t *y) {
  int32_t sums[4];
  store(sums, samples(p->stream, x, 33, 33, sums), y);
}

#endif
