/* What `ek_reduce` computes where the reduced axes are next to each other, with the DSP instructions: x is
 * [outer][terms][inner].
 *
 * Blocking: 16, 8 or 4 of `inner`, over all terms; the last 4 overlap those before where `inner` is no multiple of 4. SXTAB16
 * adds bytes to two sums in a register, of up to 256 terms; more of them are summed by parts, in words.
 * Registers: x, pitch, terms, two words of x, 8 pairs of sums.
 * Budget: 13 instructions for 16 values, 8 for 8, 6 for 4, 1 a value of a line; 18 an output. */
#include "edgekit/reduce_dsp.h"

#include "edgekit/arch_dsp.h"

#define MOST 256 /* terms: times -128 it just fits a halfword */
#define WIDEST 16

typedef struct {
  uint32_t of[WIDEST / 2]; /* of each four: of bytes 0 and 2, of bytes 1 and 3 */
} pairs_t;

#if EK_DSP_INSTRUCTIONS

#define PLUS(even, odd, word) "  sxtab16 %[" even "], %[" even "], " word "\n  sxtab16 %[" odd "], %[" odd "], " word ", ror #8\n"
#define EIGHT(at, a, b, c, d) "  ldrd %[first], %[second], [%[x], #" at "]\n" PLUS(a, b, "%[first]") PLUS(c, d, "%[second]")
#define FOUR "  ldr %[first], [%[x]]\n" PLUS("a", "b", "%[first]")
#define ROWS(values, ...)                                                                              \
  __asm volatile(                                                                                      \
      "1:\n" values "  add %[x], %[x], %[pitch]\n  subs %[terms], %[terms], #1\n  bne 1b\n"            \
      : [x] "+r"(x), [terms] "+r"(terms), [first] "=&r"(first), [second] "=&r"(second), __VA_ARGS__    \
      : [pitch] "r"(pitch)                                                                             \
      : "cc", "memory")

static inline void sum_rows(const int8_t *x, int32_t terms, int32_t pitch, int32_t channels, pairs_t *sums) {
  uint32_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, first, second;
  if (channels == WIDEST) {
    ROWS(EIGHT("0", "a", "b", "c", "d") EIGHT("8", "e", "f", "g", "h"), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c),
         [d] "+r"(d), [e] "+r"(e), [f] "+r"(f), [g] "+r"(g), [h] "+r"(h));
  } else if (channels == 8) {
    ROWS(EIGHT("0", "a", "b", "c", "d"), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d));
  } else {
    ROWS(FOUR, [a] "+r"(a), [b] "+r"(b));
  }
  *sums = (pairs_t){{a, b, c, d, e, f, g, h}};
}

#else

static inline void sum_rows(const int8_t *x, int32_t terms, int32_t pitch, int32_t channels, pairs_t *sums) {
  *sums = (pairs_t){{0}};
  for (; terms > 0; --terms, x += pitch) {
    for (int32_t i = 0; i < channels / 2; i += 2) {
      const uint32_t four = ek_load4(x + 2 * i);
      sums->of[i] = ek_sxtab16(sums->of[i], four);
      sums->of[i + 1] = ek_sxtab16_odd(sums->of[i + 1], four);
    }
  }
}

#endif

static inline int8_t requantized(const ek_reduce_dsp_t *p, int32_t sum) {
  return ek_requantize(2 * (sum + p->offset), p->multiplier, p->divider, p->out_zero);
}

/* Of 16, 8 or 4 of `inner`. */
static __attribute__((noinline)) void block(const ek_reduce_dsp_t *p, const int8_t *x, int8_t *y, int32_t channels) {
  pairs_t sums;
  int32_t totals[WIDEST] = {0};
  for (int32_t left = p->terms; left > 0; left -= MOST, x += MOST * p->inner) {
    sum_rows(x, left < MOST ? left : MOST, p->inner, channels, &sums);
    for (int32_t i = 0; i < channels; i += 4) {
      const uint32_t even = sums.of[i / 2], odd = sums.of[i / 2 + 1];
      int32_t *total = totals + i;
      total[0] += ek_low_half(even);
      total[1] += ek_low_half(odd);
      total[2] += ek_high_half(even);
      total[3] += ek_high_half(odd);
    }
  }
  for (int32_t i = 0; i < channels; ++i) {
    y[i] = requantized(p, totals[i]);
  }
}

void ek_reduce_dsp(const ek_reduce_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t widest = p->inner % 4 == 0 ? WIDEST : 4; /* LDRD needs whole words */
  for (int32_t o = 0; o < p->outer; ++o, x += p->terms * p->inner, y += p->inner) {
    for (int32_t c = 0, channels; c < p->inner; c += channels) {
      const int32_t left = p->inner - c;
      channels = widest;
      while (channels > left && channels > 4) {
        channels /= 2;
      }
      const int32_t first = left < channels ? p->inner - channels : c;
      block(p, x + first, y + first, channels);
    }
  }
}

void ek_reduce_lines_dsp(const ek_reduce_dsp_t *p, const int8_t *x, int8_t *y) {
  for (int32_t o = 0; o < p->outer; ++o) {
    int32_t sum = 0, left = p->terms;
    while (left >= 16) {
      uint32_t even = 0, odd = 0;
      const int32_t turns = left < 4 * MOST ? left / 16 : MOST / 4;
      for (const int8_t *end = x + 16 * turns; x != end; x += 16) {
        for (int32_t i = 0; i < 16; i += 4) {
          even = ek_sxtab16(even, ek_load4(x + i));
          odd = ek_sxtab16_odd(odd, ek_load4(x + i));
        }
      }
      left -= 16 * turns;
      sum += ek_low_half(even) + ek_high_half(even) + ek_low_half(odd) + ek_high_half(odd);
    }
    for (; left > 0; --left) {
      sum += *x++;
    }
    y[o] = requantized(p, sum);
  }
}
