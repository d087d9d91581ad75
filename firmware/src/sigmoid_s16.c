/* A table of the logistic function, linear between its entries; edgekit/reference/wide_tables.py states it. y may be the
 * memory of x. */
#include "edgekit/sigmoid_s16.h"

#define LAST 255

static inline int32_t scaled(const ek_sigmoid_s16_t *p, int32_t x) {
  return (x * p->multiplier + ((INT32_C(1) << p->shift) >> 1)) >> p->shift;
}

/* The function at a magnitude, times 2^bits; `one` from the last entry on. */
static inline int32_t between(const ek_sigmoid_s16_t *p, int32_t magnitude, int bits, int32_t one) {
  const int32_t place = magnitude >> bits;
  if (place >= LAST) {
    return one;
  }
  const int32_t here = p->table[place];
  return (here << bits) + (magnitude & ((1 << bits) - 1)) * (p->table[place + 1] - here);
}

void ek_logistic_s16(const ek_sigmoid_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    const int32_t at = scaled(p, x[i]);
    const int32_t value = between(p, at < 0 ? -at : at, 9, 0x7FFF << 10);
    y[i] = (int16_t)(((at >= 0 ? value : (1 << 25) - value - 1) + (1 << 9)) >> 10);
  }
}

void ek_tanh_s16(const ek_sigmoid_s16_t *p, const int16_t *x, int16_t *y) {
  for (int32_t i = 0; i < p->count; ++i) {
    const int32_t at = scaled(p, x[i]);
    const int32_t value = between(p, at < 0 ? -at : at, 8, 0xFFFF << 8) - (1 << 23);
    y[i] = (int16_t)(((at >= 0 ? value : -value - 1) + (1 << 7)) >> 8);
  }
}
