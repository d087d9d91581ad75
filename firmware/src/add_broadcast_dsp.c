/* What `ek_add_dsp` computes where one input repeats over rows of the other: a is [groups][rows][period], b
 * [groups][period]. y may be a.
 *
 * Blocking: b * b_slope + offset is made once a group, as words in scratch, and repeated until a word of a never spans two
 * rounds of them. Then 4 values at a time, as add_dsp.c.
 * Registers: by the compiler.
 * Budget: 5 loads and 2 masks for 4 values, less one where two loads are an LDRD; SMLAW, SSAT, STRB for each: 5 a value with the
 * loop. */
#include "edgekit/add_broadcast_dsp.h"

#include "edgekit/arch_dsp.h"
#include "edgekit/repeat_dsp.h"

static inline int32_t low(int32_t slope, uint32_t x, int32_t start) { return ek_smlawb((uint32_t)slope, x, start); }
static inline int32_t high(int32_t slope, uint32_t x, int32_t start) { return ek_smlawt((uint32_t)slope, x, start); }
static inline int8_t rounded(int32_t sum) { return (int8_t)ek_ssat8_shifted(sum, EK_ADD_BROADCAST_DSP_BITS); }

static inline void four(int32_t slope, uint32_t a, const int32_t *b, uint32_t upper, int8_t *y) {
  const uint32_t a02 = (a << 8) & upper, a13 = a & upper;
  const int32_t b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
  y[0] = rounded(low(slope, a02, b0));
  y[1] = rounded(low(slope, a13, b1));
  y[2] = rounded(high(slope, a02, b2));
  y[3] = rounded(high(slope, a13, b3));
}

/* `prepared` values of b in scratch, whose last quarter has the bytes until they are words. */
static void prepare(const ek_add_broadcast_dsp_t *p, const int8_t *b, int32_t *to, uint32_t upper) {
  const int32_t fours = (p->prepared + 3) / 4;
  if (p->period != 4 * fours) {
    int8_t *bytes = (int8_t *)to + 12 * fours;
    ek_repeat_dsp(bytes, b, p->period, p->prepared);
    b = bytes;
  }
  for (const int32_t *end = to + 4 * fours; to != end; to += 4, b += 4) {
    const uint32_t word = ek_load4(b), b02 = (word << 8) & upper, b13 = word & upper;
    to[0] = low(p->b_slope, b02, p->offset);
    to[1] = low(p->b_slope, b13, p->offset);
    to[2] = high(p->b_slope, b02, p->offset);
    to[3] = high(p->b_slope, b13, p->offset);
  }
}

void ek_add_broadcast_dsp(const ek_add_broadcast_dsp_t *p, const int8_t *a, const int8_t *b, int8_t *y, void *scratch) {
  const uint32_t upper = ek_in_register(0xFF00FF00U);
  const int32_t slope = p->a_slope;
  int8_t *start = y;
  for (int32_t g = 0; g < p->groups; ++g, b += p->period) {
    int32_t values = p->prepared;
    prepare(p, b, scratch, upper);
    for (int32_t left = p->values; left > 0; left -= values) {
      const int32_t *words = scratch;
      values = left < values ? left : values;
      for (const int8_t *end = a + (values & ~7); a != end; a += 8, words += 8, y += 8) {
        four(slope, ek_load4(a), words, upper, y);
        four(slope, ek_load4(a + 4), words + 4, upper, y + 4);
      }
      for (int32_t rest = values & 7; rest > 0; --rest) {
        *y++ = rounded(low(slope, (uint32_t)*a++ << 8, *words++));
      }
    }
  }
  ek_clamp_all(start, p->groups * p->values, p->low, p->high);
}
