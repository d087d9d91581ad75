/* y = requantize((a - a_zero) * (b - b_zero)), as mul.c, with the DSP instructions.
 *
 * Blocking: 4 elements; SXTAB16 makes halfwords of bytes 0 and 2, then 1 and 3, and takes the zero point off; those of b are
 * doubled, as the requantization wants the product.
 * Registers: by the compiler.
 * Budget: 2 loads, 4 SXTAB16, 2 SADD16 for 4 elements; SMULBB, SMMULR, SMMLAR, SSAT, STRB for each: 7.7 an element with the
 * loop. */
#include "edgekit/mul_dsp.h"

#include "edgekit/arch_dsp.h"

typedef struct {
  uint32_t a_zeros, b_zeros; /* negative, in both halfwords */
  int32_t multiplier, divider, zero;
} constants_t;

static inline void four(const constants_t *c, uint32_t a, uint32_t b, int8_t *y) {
  const uint32_t a02 = ek_sxtab16(c->a_zeros, a), b02 = ek_sxtab16(c->b_zeros, b);
  const uint32_t a13 = ek_sxtab16_odd(c->a_zeros, a), b13 = ek_sxtab16_odd(c->b_zeros, b);
  const uint32_t twice02 = ek_sadd16(b02, b02), twice13 = ek_sadd16(b13, b13);
  y[0] = ek_requantize(ek_smulbb(a02, twice02), c->multiplier, c->divider, c->zero);
  y[1] = ek_requantize(ek_smulbb(a13, twice13), c->multiplier, c->divider, c->zero);
  y[2] = ek_requantize(ek_smultt(a02, twice02), c->multiplier, c->divider, c->zero);
  y[3] = ek_requantize(ek_smultt(a13, twice13), c->multiplier, c->divider, c->zero);
}

void ek_mul_dsp(const ek_mul_dsp_t *p, const int8_t *a, const int8_t *b, int8_t *y) {
  const uint32_t a_zero = (uint32_t)-p->a_zero, b_zero = (uint32_t)-p->b_zero;
  const constants_t c = {ek_pack_low(a_zero, a_zero), ek_pack_low(b_zero, b_zero), p->multiplier, p->divider, p->out_zero};
  const int8_t *end = a + (p->count & ~7);
  int8_t *start = y;
  for (; a != end; a += 8, b += 8, y += 8) {
    four(&c, ek_load4(a), ek_load4(b), y);
    four(&c, ek_load4(a + 4), ek_load4(b + 4), y + 4);
  }
  for (int32_t left = p->count & 7; left > 0; left -= 4, a += 4, b += 4, y += 4) {
    const size_t size = left < 4 ? (size_t)left : 4;
    int8_t last[2][4] = {{0}}, out[4];
    memcpy(last[0], a, size);
    memcpy(last[1], b, size);
    four(&c, ek_load4(last[0]), ek_load4(last[1]), out);
    memcpy(y, out, size);
  }
  ek_clamp_all(start, p->count, p->low, p->high);
}
