/* y = clamp((a * a_slope + b * b_slope + offset) >> fraction bits): one rounding where add.c has three. The generator finds
 * slopes and an offset with which all 65,536 pairs of inputs give the integers of add.c, or keeps add.c.
 *
 * Blocking: 4 elements; bytes 0 and 2, then 1 and 3, as the upper bytes of halfwords that SMLAWB and SMLAWT multiply.
 * Registers: by the compiler.
 * Budget: 2 loads and 4 masks for 4 elements; SMLAW, SMLAW, SSAT, STRB for each: 6.1 an element with the loop. */
#include "edgekit/add_dsp.h"

#include "edgekit/arch_dsp.h"

static inline int8_t low(const ek_add_dsp_t *p, uint32_t a, uint32_t b) {
  const int32_t sum = ek_smlawb((uint32_t)p->b_slope, b, ek_smlawb((uint32_t)p->a_slope, a, p->offset));
  return (int8_t)ek_ssat8_shifted(sum, EK_ADD_DSP_BITS);
}

static inline int8_t high(const ek_add_dsp_t *p, uint32_t a, uint32_t b) {
  const int32_t sum = ek_smlawt((uint32_t)p->b_slope, b, ek_smlawt((uint32_t)p->a_slope, a, p->offset));
  return (int8_t)ek_ssat8_shifted(sum, EK_ADD_DSP_BITS);
}

static inline void four(const ek_add_dsp_t *p, uint32_t a, uint32_t b, uint32_t upper, int8_t *y) {
  const uint32_t a02 = (a << 8) & upper, b02 = (b << 8) & upper, a13 = a & upper, b13 = b & upper;
  y[0] = low(p, a02, b02);
  y[1] = low(p, a13, b13);
  y[2] = high(p, a02, b02);
  y[3] = high(p, a13, b13);
}

void ek_add_dsp(const ek_add_dsp_t *parameters, const int8_t *a, const int8_t *b, int8_t *y) {
  const ek_add_dsp_t p = *parameters;
  const uint32_t upper = ek_in_register(0xFF00FF00U);
  const int8_t *end = a + (p.count & ~7);
  for (; a != end; a += 8, b += 8, y += 8) {
    four(&p, ek_load4(a), ek_load4(b), upper, y);
    four(&p, ek_load4(a + 4), ek_load4(b + 4), upper, y + 4);
  }
  for (int32_t left = p.count & 7; left > 0; left -= 4, a += 4, b += 4, y += 4) {
    const size_t size = left < 4 ? (size_t)left : 4;
    int8_t last[2][4] = {{0}}, out[4];
    memcpy(last[0], a, size);
    memcpy(last[1], b, size);
    four(&p, ek_load4(last[0]), ek_load4(last[1]), upper, out);
    memcpy(y, out, size);
  }
  ek_clamp_all(y - ((p.count + 3) & ~3), p.count, p.low, p.high);
}
