/* What `ek_conv_2d` computes for 1x1 kernels and few channels, on Helium.
 *
 * Blocking: 64 bytes of filters stay in registers, 1, 2 or 4 of them, while all pixels pass, 8 outputs at a time. Pixels that
 * are left when their number is no multiple of 8 outputs are computed with some before them once more.
 *
 * Registers: q4-q7 filters, q3 places of 8 outputs, q0 q1 sums, q2 constants; q0 and q2 take the pixels. Sums of products in
 * r0 r2 r4 r6. Loads and products take turns where there is one filter, so that the core executes two at a time.
 *
 * Budget: 19 instructions for 8 outputs, and 64 for a filter of 64 bytes (0.16 a product), 24 for two of 32 (0.17), 12 for four
 * of 16 (0.24). Requantization as in conv_2d_mve.c; VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/conv_2d_narrow_mve.h"

#include <arm_mve.h>
#include <string.h>

#include "edgekit/arch_mve.h"

#define LOAD(q) "vldrb.u8 " q ", [%[x]], #16\n"
#define PIXEL1(acc)                                                                    \
  LOAD("q0") "vmladav.s8 " acc ", q0, q4\n" LOAD("q2") "vmladava.s8 " acc ", q2, q5\n" \
  LOAD("q0") "vmladava.s8 " acc ", q0, q6\n" LOAD("q2") "vmladava.s8 " acc ", q2, q7\n"
#define PIXEL2(a, b)                                                              \
  LOAD("q0") "vmladav.s8 " a ", q0, q4\n" LOAD("q2") "vmladav.s8 " b ", q0, q6\n" \
  "vmladava.s8 " a ", q2, q5\n vmladava.s8 " b ", q2, q7\n"
#define FOUR1 PIXEL1("r0") PIXEL1("r2") PIXEL1("r4") PIXEL1("r6")
#define FOUR2 PIXEL2("r0", "r2") PIXEL2("r4", "r6")
#define FOUR4                                  \
  "vldrb.u8 q0, [%[x]]\n add %[x], %[pitch]\n" \
  "vmladav.s8 r0, q0, q4\n vmladav.s8 r2, q0, q5\n vmladav.s8 r4, q0, q6\n vmladav.s8 r6, q0, q7\n"
#define CLAMP \
  "vldrw.32 q2, [%[limits]]\n vmax.s16 q1, q1, q2\n vldrw.32 q2, [%[limits], #16]\n vmin.s16 q1, q1, q2\n"
#define LOOP(four, clamp)                                                                                  \
  __asm volatile(                                                                                          \
      "dls lr, %[count]\n"                                                                                 \
      "1:\n" four EK_MVE_SUMS_TO("q1") four EK_MVE_SUMS_TO("q0")                                           \
      "vldrw.32 q2, [%[constants]]\n vadd.i32 q1, q1, q2\n vadd.i32 q0, q0, q2\n"                          \
      "vldrw.32 q2, [%[constants], #16]\n vqrdmulh.s32 q1, q1, q2\n vqrdmulh.s32 q0, q0, q2\n"             \
      "vldrw.32 q2, [%[constants], #32]\n vqrdmlash.s32 q1, q2, %[zero]\n vqrdmlash.s32 q0, q2, %[zero]\n" \
      EK_MVE_NARROW clamp                                                                                  \
      "vstrb.16 q1, [%[y], q3]\n add %[y], %[step]\n"                                                      \
      "le lr, 1b\n"                                                                                        \
      : [x] "+r"(x), [y] "+r"(y)                                                                           \
      : [count] "r"(count), [constants] "r"(table), [limits] "r"(limits),                                  \
        [zero] "r"(p->out_zero),                                                                           \
        [step] "r"(8 / p->filters * p->out_c),                                                             \
        [pitch] "r"(p->in_c), "w"(q3), "w"(q4), "w"(q5), "w"(q6), "w"(q7)                                  \
      : "lr", "r0", "r2", "r4", "r6", "q0", "q1", "q2", "memory")

/* 8 outputs, `count` > 0 times; w: 64 bytes of filters; limits: low and high, 8 of each. */
static void pass(const ek_conv_2d_narrow_mve_t *p, const int8_t *w, const int32_t *table, const int16_t *limits,
                 uint16x8_t places, const int8_t *x, int8_t *y, int32_t count) {
  register uint16x8_t q3 __asm("q3") = places;
  register int8x16_t q4 __asm("q4") = vldrbq_s8(w);
  register int8x16_t q5 __asm("q5") = vldrbq_s8(w + 16);
  register int8x16_t q6 __asm("q6") = vldrbq_s8(w + 32);
  register int8x16_t q7 __asm("q7") = vldrbq_s8(w + 48);
  const int plain = p->low == INT8_MIN && p->high == INT8_MAX;
  if (p->filters == 1) {
    if (plain) {
      LOOP(FOUR1, EK_MVE_SATURATE);
    } else {
      LOOP(FOUR1, CLAMP);
    }
  } else if (p->filters == 2) {
    if (plain) {
      LOOP(FOUR2, EK_MVE_SATURATE);
    } else {
      LOOP(FOUR2, CLAMP);
    }
  } else if (plain) {
    LOOP(FOUR4, EK_MVE_SATURATE);
  } else {
    LOOP(FOUR4, CLAMP);
  }
}

/* `end`: where the last pixels are, which begin at `start`. */
static void convolve(const ek_conv_2d_narrow_mve_t *p, const int8_t *x, const int8_t *end, int8_t *y, int32_t count,
                     int32_t more, int32_t start) {
  uint16_t lanes[8];
  int16_t limits[16];
  for (int32_t lane = 0; lane < 8; ++lane) {
    const int32_t output = (lane & 1) * 4 + (lane >> 1);
    lanes[lane] = (uint16_t)(output / p->filters * p->out_c + output % p->filters);
  }
  const uint16x8_t places = vldrhq_u16(lanes);
  vstrhq_s16(limits, vdupq_n_s16((int16_t)p->low));
  vstrhq_s16(limits + 8, vdupq_n_s16((int16_t)p->high));
  const int8_t *w = p->weights;
  const int32_t *table = p->table;
  for (int32_t channel = 0; channel < p->out_c; channel += p->filters, w += 64, table += 12) {
    pass(p, w, table, limits, places, x, y + channel, count);
    if (more > 0) {
      pass(p, w, table, limits, places, end, y + start * p->out_c + channel, more);
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
