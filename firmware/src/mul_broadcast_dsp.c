/* What `ek_mul` computes where one input repeats over rows of the other, with the DSP instructions: a is
 * [groups][rows][period], b [groups][period]. y may be a.
 *
 * Blocking: b's differences from its zero point are made once a group, doubled as the requantization wants the product, as
 * halfwords in the order 0, 2, 1, 3 that SXTAB16 gives a's, and repeated until a word of a never spans two rounds of them.
 * Then 4 values at a time. What SMMLAR leaves fits 16 bits whatever the inputs are; SSAT16 clamps two of them, and SEL takes
 * bytes 0 and 2 from one word, 1 and 3 from the other, as flags say that stay as they are.
 * Registers: a, b, y, end, both zero points, multiplier, divider; 5 of four values.
 * Budget: 23 instructions for 4 values, and the loop's 2 for 8: 6.0 a value. */
#include "edgekit/mul_broadcast_dsp.h"

#include "edgekit/arch_dsp.h"
#include "edgekit/repeat_dsp.h"

typedef struct {
  uint32_t a_zeros; /* negative, in both halfwords */
  int32_t multiplier, divider, zero;
} constants_t;

#if EK_DSP_INSTRUCTIONS

#define ROUND(D)                                                         \
  "  smmulr " D ", " D ", %[multiplier]\n"                               \
  "  smmlar " D ", " D ", %[divider], %[zero]\n"
#define FOUR                                                                                         \
  "  ldr %[odd], [%[a]], #4\n  ldrd %[b02], %[b13], [%[b]], #8\n"                                    \
  "  sxtab16 %[even], %[a_zeros], %[odd]\n  sxtab16 %[odd], %[a_zeros], %[odd], ror #8\n"            \
  "  smulbb %[out], %[even], %[b02]\n  smultt %[even], %[even], %[b02]\n"                            \
  "  smulbb %[b02], %[odd], %[b13]\n  smultt %[odd], %[odd], %[b13]\n"                               \
  ROUND("%[out]") ROUND("%[even]") ROUND("%[b02]") ROUND("%[odd]")                                   \
  "  pkhbt %[out], %[out], %[even], lsl #16\n  ssat16 %[out], #8, %[out]\n"                          \
  "  pkhbt %[b02], %[b02], %[odd], lsl #16\n  ssat16 %[b02], #8, %[b02]\n"                           \
  "  lsl %[b02], %[b02], #8\n  sel %[out], %[out], %[b02]\n  str %[out], [%[y]], #4\n"

/* A multiple of 4 values. */
static void products(const constants_t *c, const int8_t *a, const uint32_t *b, int8_t *y, int32_t count) {
  uint32_t even = (uint32_t)count, odd, b02, b13, out;
  __asm volatile(
      "  tst %[even], #4\n  mov %[even], #0\n  mov %[out], #0x01000100\n  usub8 %[out], %[even], %[out]\n"
      "  bne 2f\n  b 3f\n"
      "1:\n" FOUR "2:\n" FOUR "3:\n  cmp %[a], %[end]\n  bne 1b\n"
      : [a] "+r"(a), [b] "+r"(b), [y] "+r"(y), [even] "+r"(even), [odd] "=&r"(odd), [b02] "=&r"(b02),
        [b13] "=&r"(b13), [out] "=&r"(out)
      : [end] "r"(a + count), [a_zeros] "r"(c->a_zeros), [multiplier] "r"(c->multiplier), [divider] "r"(c->divider),
        [zero] "r"(c->zero)
      : "cc", "memory");
}

#else

static void products(const constants_t *c, const int8_t *a, const uint32_t *b, int8_t *y, int32_t count) {
  for (const int8_t *end = a + count; a != end; a += 4, b += 2, y += 4) {
    const uint32_t a02 = ek_sxtab16(c->a_zeros, ek_load4(a)), a13 = ek_sxtab16_odd(c->a_zeros, ek_load4(a));
    y[0] = ek_requantize(ek_smulbb(a02, b[0]), c->multiplier, c->divider, c->zero);
    y[1] = ek_requantize(ek_smulbb(a13, b[1]), c->multiplier, c->divider, c->zero);
    y[2] = ek_requantize(ek_smultt(a02, b[0]), c->multiplier, c->divider, c->zero);
    y[3] = ek_requantize(ek_smultt(a13, b[1]), c->multiplier, c->divider, c->zero);
  }
}

#endif

/* `prepared` values of b in scratch, whose upper half has the bytes until they are halfwords. */
static void prepare(const ek_mul_broadcast_dsp_t *p, const int8_t *b, uint32_t *to) {
  const uint32_t zero = (uint32_t)-p->b_zero, zeros = ek_pack_low(zero, zero);
  const int32_t fours = (p->prepared + 3) / 4;
  if (p->period != 4 * fours) {
    int8_t *bytes = (int8_t *)to + 4 * fours;
    ek_repeat_dsp(bytes, b, p->period, p->prepared);
    b = bytes;
  }
  for (const uint32_t *end = to + 2 * fours; to != end; to += 2, b += 4) {
    const uint32_t four = ek_load4(b);
    const uint32_t b02 = ek_sxtab16(zeros, four), b13 = ek_sxtab16_odd(zeros, four);
    to[0] = ek_sadd16(b02, b02);
    to[1] = ek_sadd16(b13, b13);
  }
}

void ek_mul_broadcast_dsp(const ek_mul_broadcast_dsp_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch) {
  const uint32_t a_zero = (uint32_t)-p->a_zero;
  const constants_t c = {ek_pack_low(a_zero, a_zero), p->multiplier, p->divider, p->out_zero};
  int8_t *start = y;
  for (int32_t g = 0; g < p->groups; ++g, b += p->period) {
    int32_t values = p->prepared;
    prepare(p, b, scratch);
    for (int32_t left = p->values; left > 0; left -= values, a += values, y += values) {
      values = left < values ? left : values;
      products(&c, a, scratch, y, values & ~3);
      if ((values & 3) != 0) {
        const int32_t done = values & ~3;
        int8_t last[4] = {0};
        memcpy(last, a + done, (size_t)(values - done));
        products(&c, last, (const uint32_t *)scratch + done / 2, last, 4);
        memcpy(y + done, last, (size_t)(values - done));
      }
    }
  }
  ek_clamp_all(start, p->groups * p->values, p->low, p->high);
}
