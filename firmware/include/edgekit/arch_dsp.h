/* Inline primitives of the DSP forms (Armv7E-M: Cortex-M4, M7; Armv8-M with DSP: M33): the instructions by their names, and
 * the same integers in C for every other machine, so that the kernels are also tested on the host. */
#ifndef EDGEKIT_ARCH_DSP_H
#define EDGEKIT_ARCH_DSP_H

#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__ARM_FEATURE_DSP) && defined(__thumb2__) && defined(__GNUC__)
#define EK_DSP_INSTRUCTIONS 1
#else
#define EK_DSP_INSTRUCTIONS 0
#endif

static inline int32_t ek_low_half(uint32_t x) { return (int16_t)(x & 0xFFFFU); }
static inline int32_t ek_high_half(uint32_t x) { return (int16_t)(x >> 16); }

#if EK_DSP_INSTRUCTIONS

#define EK_DSP3(name, instruction, type_b, type_c)                                 \
  static inline int32_t name(uint32_t a, type_b b, type_c c) {                     \
    int32_t d;                                                                     \
    __asm__(instruction " %0, %1, %2, %3" : "=r"(d) : "r"(a), "r"(b), "r"(c));     \
    return d;                                                                      \
  }
EK_DSP3(ek_smlad, "smlad", uint32_t, int32_t)   /* c + lo(a) lo(b) + hi(a) hi(b) */
EK_DSP3(ek_smlabt, "smlabt", uint32_t, int32_t) /* c + lo(a) hi(b) */
EK_DSP3(ek_smlatb, "smlatb", uint32_t, int32_t) /* c + hi(a) lo(b) */
EK_DSP3(ek_smmlar, "smmlar", int32_t, int32_t)  /* (c 2^32 + a b + 2^31) >> 32 */
EK_DSP3(ek_smlawb, "smlawb", uint32_t, int32_t) /* c + (a lo(b) >> 16), a signed */
EK_DSP3(ek_smlawt, "smlawt", uint32_t, int32_t) /* c + (a hi(b) >> 16) */

#define EK_DSP2(name, instruction, type)                                           \
  static inline type name(uint32_t a, uint32_t b) {                                \
    type d;                                                                        \
    __asm__(instruction : "=r"(d) : "r"(a), "r"(b));                               \
    return d;                                                                      \
  }
EK_DSP2(ek_sadd16, "sadd16 %0, %1, %2", uint32_t) /* of both halfwords */
EK_DSP2(ek_ssub16, "ssub16 %0, %1, %2", uint32_t)
EK_DSP2(ek_sxtab16, "sxtab16 %0, %1, %2", uint32_t)             /* halfwords of a, bytes 0 and 2 of b */
EK_DSP2(ek_sxtab16_odd, "sxtab16 %0, %1, %2, ror #8", uint32_t) /* halfwords of a, bytes 1 and 3 of b */
EK_DSP2(ek_smulbb, "smulbb %0, %1, %2", int32_t)                /* lo(a) lo(b) */
EK_DSP2(ek_smultt, "smultt %0, %1, %2", int32_t)                /* hi(a) hi(b) */

static inline uint32_t ek_larger8(uint32_t a, uint32_t b) { /* of each byte, signed */
  uint32_t d;
  __asm__("ssub8 %0, %1, %2\n  sel %0, %1, %2" : "=&r"(d) : "r"(a), "r"(b) : "cc");
  return d;
}

/* a >> bits, a constant, to -128..127 */
#define ek_ssat8_shifted(a, bits)                                                  \
  __extension__({                                                                  \
    int32_t ek_d;                                                                  \
    __asm__("ssat %0, #8, %1, asr %2" : "=r"(ek_d) : "r"(a), "i"(bits));           \
    ek_d;                                                                          \
  })

static inline int32_t ek_smmulr(int32_t a, int32_t b) { /* (a b + 2^31) >> 32 */
  int32_t d;
  __asm__("smmulr %0, %1, %2" : "=r"(d) : "r"(a), "r"(b));
  return d;
}
static inline uint32_t ek_in_register(uint32_t constant) { /* so that AND takes a shifted operand */
  __asm__("" : "+r"(constant));
  return constant;
}
static inline int32_t ek_ssat8(int32_t a) { /* to -128..127 */
  int32_t d;
  __asm__("ssat %0, #8, %1" : "=r"(d) : "r"(a));
  return d;
}
static inline uint32_t ek_sxtb16(uint32_t a) { /* bytes 0 and 2 as halfwords */
  uint32_t d;
  __asm__("sxtb16 %0, %1" : "=r"(d) : "r"(a));
  return d;
}
static inline uint32_t ek_sxtb16_odd(uint32_t a) { /* bytes 1 and 3 as halfwords */
  uint32_t d;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(d) : "r"(a));
  return d;
}
static inline uint32_t ek_pack_low(uint32_t a, uint32_t b) { /* lo(a), lo(b) */
  uint32_t d;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(d) : "r"(a), "r"(b));
  return d;
}
static inline uint32_t ek_pack_high(uint32_t a, uint32_t b) { /* hi(a), hi(b) */
  uint32_t d;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(d) : "r"(b), "r"(a));
  return d;
}

#else

static inline int32_t ek_smlad(uint32_t a, uint32_t b, int32_t c) { /* wraps around, as the instruction does */
  const uint32_t low = (uint32_t)(ek_low_half(a) * ek_low_half(b));
  return (int32_t)((uint32_t)c + low + (uint32_t)(ek_high_half(a) * ek_high_half(b)));
}
static inline int32_t ek_smlabt(uint32_t a, uint32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(ek_low_half(a) * ek_high_half(b)));
}
static inline int32_t ek_smlatb(uint32_t a, uint32_t b, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(ek_high_half(a) * ek_low_half(b)));
}
static inline int32_t ek_smmulr(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 31)) >> 32);
}
static inline int32_t ek_smmlar(uint32_t a, int32_t b, int32_t c) {
  return ek_smmulr((int32_t)a, b) + c;
}
static inline uint32_t ek_in_register(uint32_t constant) { return constant; }
static inline int32_t ek_wide(int32_t a, int32_t half, int32_t c) {
  return (int32_t)((uint32_t)c + (uint32_t)(((int64_t)a * half) >> 16));
}
static inline int32_t ek_smlawb(uint32_t a, uint32_t b, int32_t c) { return ek_wide((int32_t)a, ek_low_half(b), c); }
static inline int32_t ek_smlawt(uint32_t a, uint32_t b, int32_t c) { return ek_wide((int32_t)a, ek_high_half(b), c); }
#define ek_ssat8_shifted(a, bits) ek_ssat8((a) >> (bits))
static inline int32_t ek_ssat8(int32_t a) { return a < -128 ? -128 : (a > 127 ? 127 : a); }
static inline uint32_t ek_sxtb16(uint32_t a) {
  return ((uint32_t)(int8_t)(a & 0xFFU) & 0xFFFFU) | ((uint32_t)(int8_t)((a >> 16) & 0xFFU) << 16);
}
static inline uint32_t ek_sxtb16_odd(uint32_t a) { return ek_sxtb16(a >> 8); }
static inline uint32_t ek_sadd16(uint32_t a, uint32_t b) { return ((a + b) & 0xFFFFU) | ((a & 0xFFFF0000U) + (b & 0xFFFF0000U)); }
static inline uint32_t ek_ssub16(uint32_t a, uint32_t b) { return ((a - b) & 0xFFFFU) | ((a & 0xFFFF0000U) - (b & 0xFFFF0000U)); }
static inline uint32_t ek_sxtab16(uint32_t a, uint32_t b) { return ek_sadd16(a, ek_sxtb16(b)); }
static inline uint32_t ek_sxtab16_odd(uint32_t a, uint32_t b) { return ek_sadd16(a, ek_sxtb16_odd(b)); }
static inline uint32_t ek_larger8(uint32_t a, uint32_t b) {
  uint32_t d = 0;
  for (uint32_t shift = 0; shift < 32; shift += 8) {
    const int8_t x = (int8_t)(uint8_t)(a >> shift), y = (int8_t)(uint8_t)(b >> shift);
    d |= (uint32_t)(uint8_t)(x >= y ? x : y) << shift;
  }
  return d;
}
static inline int32_t ek_smulbb(uint32_t a, uint32_t b) { return ek_low_half(a) * ek_low_half(b); }
static inline int32_t ek_smultt(uint32_t a, uint32_t b) { return ek_high_half(a) * ek_high_half(b); }
static inline uint32_t ek_pack_low(uint32_t a, uint32_t b) { return (a & 0xFFFFU) | (b << 16); }
static inline uint32_t ek_pack_high(uint32_t a, uint32_t b) { return (a >> 16) | (b & 0xFFFF0000U); }

#endif

/* Four bytes at any address (both machines allow it), the first in the low byte. */
static inline uint32_t ek_load4(const int8_t *x) {
  uint32_t word;
  memcpy(&word, x, 4);
  return word;
}

/* Requantization of an accumulator that comes doubled: |twice| < 2^31 is a double-rounding multiplication by the Q31
 * `multiplier` and a divide by 2^e, with `divider` 2^(32-e) + 1. SMMULR(2a, m) is (a m + 2^30) >> 31. The + 1 turns the ties
 * of negative values away from zero; edgekit/backends/c/forms/dsp/_requantize.py has the conditions, checked at build time. */
static inline int8_t ek_requantize(int32_t twice, int32_t multiplier, int32_t divider, int32_t zero) {
  return (int8_t)ek_ssat8(ek_smmlar((uint32_t)ek_smmulr(twice, multiplier), divider, zero));
}

/* Expands bytes to halfwords, four at a time in the order 0, 2, 1, 3 (what SXTB16 gives); a group of four is two words,
 * written every `step` words. `count` is a multiple of 4. */
static inline uint32_t *ek_expand(uint32_t *to, const int8_t *x, int32_t count, int32_t step) {
  for (; count >= 16; count -= 16, x += 16, to += 4 * step) {
    const uint32_t a = ek_load4(x), b = ek_load4(x + 4), c = ek_load4(x + 8), d = ek_load4(x + 12);
    to[0] = ek_sxtb16(a);
    to[1] = ek_sxtb16_odd(a);
    to[step] = ek_sxtb16(b);
    to[step + 1] = ek_sxtb16_odd(b);
    to[2 * step] = ek_sxtb16(c);
    to[2 * step + 1] = ek_sxtb16_odd(c);
    to[3 * step] = ek_sxtb16(d);
    to[3 * step + 1] = ek_sxtb16_odd(d);
  }
  for (; count > 0; count -= 4, x += 4, to += step) {
    const uint32_t a = ek_load4(x);
    to[0] = ek_sxtb16(a);
    to[1] = ek_sxtb16_odd(a);
  }
  return to;
}

/* The fused activation, where it is narrower than int8. */
static inline void ek_clamp_all(int8_t *y, int32_t count, int32_t low, int32_t high) {
  if (low > -128 || high < 127) {
    for (int32_t i = 0; i < count; ++i) {
      y[i] = (int8_t)(y[i] < low ? low : (y[i] > high ? high : y[i]));
    }
  }
}

#ifdef __cplusplus
}
#endif
#endif
