/* What `ek_conv_2d` computes for 1x1 kernels and few channels, on Helium.
 *
 * Blocking: 64 bytes of filters stay in registers, 1, 2 or 4 of them, while all pixels pass, 8 outputs at a time. Pixels that
 * are left when their number is no multiple of 8 outputs are computed with some before them once more.
 *
 * Registers: q4-q7 filters, q1 and q0 sums, q2 and q3 constants; q0 and q2 take the pixels. Sums of products in r0 r2 r4 r6,
 * then r8 r10 r4 r0. Loads and products take turns, and so do the pipes where the first four sums leave for their lanes.
 *
 * Budget, instructions (cycles): 18 (18) for 8 outputs, and 64 (66) for a filter of 64 bytes (0.16 and 0.17 a product), 24 (31)
 * for two of 32 (0.17, 0.20), 12 (17) for four of 16 (0.24, 0.29). Requantization as in conv_2d_mve.c; VQRDMLASH is VQRDMULH
 * and the addition of the zero point. */
#include "edgekit/conv_2d_narrow_mve.h"

#include <arm_mve.h>
#include <string.h>

#include "edgekit/arch_mve.h"

#define NEXT(q) "vldrb.u8 " q ", [%[x]], #16\n"
#define DOT(op, acc, x, w) "v" op ".s8 " acc ", " x ", " w "\n"
/* Four sums a, b, c, d of products; v, w, l, m go into gaps. */
#define PIXEL1(acc, v)                                                                                          \
  NEXT("q0") DOT("mladav", acc, "q0", "q4") NEXT("q2") DOT("mladava", acc, "q2", "q5") NEXT("q0") v             \
  DOT("mladava", acc, "q0", "q6") NEXT("q2") DOT("mladava", acc, "q2", "q7")
#define FOUR1(x, a, b, c, d, v, w, l, m) PIXEL1(a, v) PIXEL1(b, w) PIXEL1(c, l) PIXEL1(d, m)
#define PIXEL2(a, b, v, w)                                                                                      \
  NEXT("q0") DOT("mladav", a, "q0", "q4") NEXT("q2") DOT("mladav", b, "q0", "q6") v                             \
  DOT("mladava", a, "q2", "q5") w DOT("mladava", b, "q2", "q7")
#define FOUR2(x, a, b, c, d, v, w, l, m) PIXEL2(a, b, v, w) PIXEL2(c, d, l, m)
#define FOUR4(x, a, b, c, d, v, w, l, m)                                                                        \
  "vldrb.u8 q0, [%[" x "]]\n" DOT("mladav", a, "q0", "q4") v DOT("mladav", b, "q0", "q5") w                     \
  DOT("mladav", c, "q0", "q6") l DOT("mladav", d, "q0", "q7") m
#define STEP "add %[y], %[step]\n"
#define STEPS STEP "add %[x], %[pitch]\n add %[other], %[pitch]\n"
#define CLAMP                                                                                                   \
  "vldrw.32 q2, [%[t], #48]\n vmax.s16 q1, q1, q2\n vldrw.32 q2, [%[t], #64]\n vmin.s16 q1, q1, q2\n"
/* The first four sums leave while the second ones are taken. */
#define LOOP(four, clamp, steps)                                                                                \
  __asm volatile(                                                                                               \
      "dls lr, r0\n"                                                                                            \
      "1:\n" four("x", "r0", "r2", "r4", "r6", "", "", "", "")                                                  \
      four("other", "r8", "r10", "r4", "r0", "vmov q1[2], q1[0], r0, r4\n", "vmov q1[3], q1[1], r2, r6\n",      \
           "vldrw.32 q3, [%[t]]\n", "vadd.i32 q1, q1, q3\n")                                                    \
      "vmov q0[2], q0[0], r8, r4\n vldrw.32 q2, [%[t], #16]\n vmov q0[3], q0[1], r10, r0\n"                     \
      "vqrdmulh.s32 q1, q1, q2\n vadd.i32 q0, q0, q3\n vqrdmulh.s32 q0, q0, q2\n vldrw.32 q3, [%[t], #32]\n"    \
      "vqrdmlash.s32 q1, q3, %[zero]\n vqmovnb.s32 q1, q1\n vqrdmlash.s32 q0, q3, %[zero]\n"                    \
      "vldrh.u16 q3, [%[t], #80]\n vqmovnt.s32 q1, q0\n" clamp                                                  \
      "vstrb.16 q1, [%[y], q3]\n" steps                                                                         \
      "le lr, 1b\n"                                                                                             \
      : [x] "+r"(x), [y] "+r"(y), [other] "+r"(other), "+r"(left)                                               \
      : [t] "r"(t), [zero] "r"(p->out_zero), [step] "r"(8 / p->filters * p->out_c), [pitch] "r"(2 * p->in_c),   \
        "w"(q4), "w"(q5), "w"(q6), "w"(q7)                                                                      \
      : "lr", "r2", "r4", "r6", "r8", "r10", "q0", "q1", "q2", "q3", "memory")

/* Words of what a pass looks up: bias, multiplier, second multiplier, 4 of each; low and high, 8 halfwords of each; places. */
enum { LOW = 12, HIGH = 16, PLACES = 20, WORDS = 24 };

/* 8 outputs, `count` > 0 times; w: 64 bytes of filters. */
static void pass(const ek_conv_2d_narrow_mve_t *p, const int8_t *w, const int32_t *t, const int8_t *x, int8_t *y,
                 int32_t count) {
  register int8x16_t q4 __asm("q4") = vldrbq_s8(w);
  register int8x16_t q5 __asm("q5") = vldrbq_s8(w + 16);
  register int8x16_t q6 __asm("q6") = vldrbq_s8(w + 32);
  register int8x16_t q7 __asm("q7") = vldrbq_s8(w + 48);
  register int32_t left __asm("r0") = count;
  const int8_t *other = x + p->in_c;
  const int plain = p->low == INT8_MIN && p->high == INT8_MAX;
  if (p->filters == 1) {
    if (plain) {
      LOOP(FOUR1, EK_MVE_SATURATE, STEP);
    } else {
      LOOP(FOUR1, CLAMP, STEP);
    }
  } else if (p->filters == 2) {
    if (plain) {
      LOOP(FOUR2, EK_MVE_SATURATE, STEP);
    } else {
      LOOP(FOUR2, CLAMP, STEP);
    }
  } else if (plain) {
    LOOP(FOUR4, EK_MVE_SATURATE, STEPS);
  } else {
    LOOP(FOUR4, CLAMP, STEPS);
  }
}

/* `end`: where the last pixels are, which begin at `start`. */
static void convolve(const ek_conv_2d_narrow_mve_t *p, const int8_t *x, const int8_t *end, int8_t *y, int32_t count,
                     int32_t more, int32_t start) {
  int32_t t[WORDS];
  uint16_t *places = (uint16_t *)(t + PLACES);
  for (int32_t lane = 0; lane < 8; ++lane) {
    const int32_t output = (lane & 1) * 4 + (lane >> 1);
    places[lane] = (uint16_t)(output / p->filters * p->out_c + output % p->filters);
  }
  vstrhq_s16((int16_t *)(t + LOW), vdupq_n_s16((int16_t)p->low));
  vstrhq_s16((int16_t *)(t + HIGH), vdupq_n_s16((int16_t)p->high));
  const int8_t *w = p->weights;
  const int32_t *table = p->table;
  for (int32_t channel = 0; channel < p->out_c; channel += p->filters, w += 64, table += LOW) {
    for (int32_t i = 0; i < LOW; i += 4) {
      vstrwq_s32(t + i, vldrwq_s32(table + i));
    }
    pass(p, w, t, x, y + channel, count);
    if (more > 0) {
      pass(p, w, t, end, y + start * p->out_c + channel, more);
    }
  }
}

void ek_conv_2d_narrow_mve(const ek_conv_2d_narrow_mve_t *p, const int8_t *x, int8_t *y) {
  const int32_t each = 8 / p->filters, count = p->pixels / each;
  convolve(p, x, x + (p->pixels - each) * p->in_c, y, count, p->pixels > count * each, p->pixels - each);
}

void ek_conv_2d_narrow_mve_last(const ek_conv_2d_narrow_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t each = 8 / p->filters, count = (p->pixels - p->last) / each;
  const int32_t more = (p->pixels - count * each + each - 1) / each, start = p->pixels - more * each;
  memcpy(scratch, x + start * p->in_c, (uint32_t)(more * each * p->in_c));
  convolve(p, x, (const int8_t *)scratch, y, count, more, start);
}
