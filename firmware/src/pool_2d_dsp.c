/* What `ek_average_pool_2d` and `ek_max_pool_2d` compute, with the DSP instructions.
 *
 * Blocking: windows of two values (_two), 2x2 or four in a row (_four), and 3x3 (_nine), that are inside the image are runs of a
 * row, 8 channels at a time, averages 4: a pointer for each line goes on from block to block. Others, and those at the edges, go
 * line by line, 16 channels at a time; lines of a window that is as wide as the image are one. What is left is by fours, the last
 * of which overlap those before; so is all where channels are no multiple of 4.
 * Registers: of runs r4, r5 results, r6, r7 values; of lines of averages r4-r11 sums; else by the compiler.
 * Budget: 8 channels of the largest of two, four and nine values: 9, 21 and 50 instructions, and about 10 a pixel; 4 of the
 * average of four: 28. Others: 13 for a value's 16 channels, and about 60.
 *
 * A quotient is ((sum r >> 16) + 128) >> 8, where r is the least integer above 2^24 / count: floor(sum / count + 1/2) of a
 * quotient that is a little too large for positive sums and too small for negative ones, so that ties go away from zero. */
#include "edgekit/pool_2d_dsp.h"

#include "edgekit/pool_blocks_dsp.h"
#include "edgekit/pool_runs.h"

enum { FRACTION = 24, LEAST = 0x80 };

static uint32_t of_each(int32_t byte) { return 0x01010101U * (uint32_t)(byte & 0xFF); }

/* Of sums of bytes 0 and 2, and of bytes 1 and 3. */
static inline uint32_t quotients(uint32_t even, uint32_t odd, int32_t reciprocal) {
  const uint32_t r = (uint32_t)reciprocal;
  const uint32_t a = ek_pack_low((uint32_t)ek_smlawb(r, even, 128), (uint32_t)ek_smlawt(r, even, 128));
  const uint32_t b = ek_pack_low((uint32_t)ek_smlawb(r, odd, 128), (uint32_t)ek_smlawt(r, odd, 128));
  return ((a >> 8) & 0x00FF00FFU) | (b & 0xFF00FF00U);
}

/* A function, for its size. */
static __attribute__((noinline)) void put_quotients(int8_t *y, uint32_t even, uint32_t odd, int32_t reciprocal) {
  put(y, quotients(even, odd, reciprocal));
}

static inline int32_t reciprocal_of(int32_t count) { return (1 << FRACTION) / count + 1; }

/* Channels from `c` on, four by four. */
static inline void average_from(const ek_pool_2d_dsp_t *p, const inside_t *w, int8_t *y, int32_t c) {
  const int32_t reciprocal = reciprocal_of(w->rows * w->columns);
  for (; c < p->in_c; c += 4) {
    const int32_t first = c < p->in_c - 4 ? c : p->in_c - 4;
    uint32_t even = 0, odd = 0;
    const int8_t *row = w->x + first;
    for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
      const int8_t *at = row;
      for (int32_t i = w->columns; i > 0; --i, at += p->in_c) {
        const uint32_t four = ek_load4(at);
        even = ek_sxtab16(even, four);
        odd = ek_sxtab16_odd(odd, four);
      }
    }
    put_quotients(y + first, even, odd, reciprocal);
  }
}

static inline void maximum_from(const ek_pool_2d_dsp_t *p, const inside_t *w, int8_t *y, int32_t c) {
  for (; c < p->in_c; c += 4) {
    const int32_t first = c < p->in_c - 4 ? c : p->in_c - 4;
    uint32_t best = of_each(LEAST);
    const int8_t *row = w->x + first;
    for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
      const int8_t *at = row;
      for (int32_t i = w->columns; i > 0; --i, at += p->in_c) {
        best = ek_larger8(best, ek_load4(at));
      }
    }
    put(y + first, best);
  }
}

static void average(const ek_pool_2d_dsp_t *p, const inside_t *w, int8_t *y) {
  const int32_t reciprocal = reciprocal_of(w->rows * w->columns), words = p->in_c % 4 == 0 ? p->in_c : 0;
  int32_t c = 0;
  for (; c + 16 <= words; c += 16) {
    uint32_t sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    const int8_t *row = w->x + c;
    for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
      sums_of_line(sum, row, w->columns, p->in_c);
    }
    for (int32_t i = 0; i < 4; ++i) {
      put_quotients(y + c + 4 * i, sum[2 * i], sum[2 * i + 1], reciprocal);
    }
  }
  average_from(p, w, y, c);
}

static void maximum(const ek_pool_2d_dsp_t *p, const inside_t *w, int8_t *y) {
  const int32_t words = p->in_c % 4 == 0 ? p->in_c : 0;
  int32_t c = 0;
  for (; c + 16 <= words; c += 16) {
    uint32_t best[4] = {of_each(LEAST), of_each(LEAST), of_each(LEAST), of_each(LEAST)};
    const int8_t *row = w->x + c;
    for (int32_t r = w->rows; r > 0; --r, row += w->pitch) {
      larger_of_line(best, row, w->columns, p->in_c);
    }
    put(y + c, best[0]);
    put(y + c + 4, best[1]);
    put(y + c + 8, best[2]);
    put(y + c + 12, best[3]);
  }
  maximum_from(p, w, y, c);
}

/* For edges that windows of two and four seldom have. */
static void average_by_fours(const ek_pool_2d_dsp_t *p, const inside_t *w, int8_t *y) { average_from(p, w, y, 0); }
static void maximum_by_fours(const ek_pool_2d_dsp_t *p, const inside_t *w, int8_t *y) { maximum_from(p, w, y, 0); }

/* From a window's first line to its second: that of a row is halves of it. */
static inline int32_t apart_of(const ek_pool_2d_dsp_t *p) {
  return p->in_c * (p->kernel_h > 1 ? p->in_w : p->kernel_w / 2);
}

/* Windows of `lines` times `values` that are all inside, next to each other. */
ALWAYS void largest_run(
    const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, int32_t pixels, int32_t lines, int32_t values
) {
  const int32_t c = p->in_c, skip = (p->stride_w - 1) * c, apart = apart_of(p);
  const int32_t wide = c % 4 == 0 ? c / 8 : 0, rest = c % 4 == 0 ? c & 4 : c;
  window_t w = {{x, x + apart, x + 2 * apart}, y};
  for (; pixels > 0; --pixels) {
    if (wide) {
      largest_8(&w, wide, c, lines, values);
    }
    for (int32_t n = rest; n > 0; n -= 4) {
      if (n < 4) {
        moved(&w, n - 4);
      }
      largest_4(&w, c, lines, values);
    }
    w.line[0] += skip;
    w.line[1] += skip;
    w.line[2] += skip;
  }
}

static void largest_of_two(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, int32_t n) { largest_run(p, x, y, n, 2, 1); }
static void largest_of_four(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, int32_t n) { largest_run(p, x, y, n, 2, 2); }
static void largest_of_nine(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, int32_t n) { largest_run(p, x, y, n, 3, 3); }

/* Of two lines. */
ALWAYS void average_run(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, int32_t pixels, int32_t values) {
  const int32_t c = p->in_c, skip = (p->stride_w - 1) * c, reciprocal = reciprocal_of(2 * values);
  const int8_t *other = x + apart_of(p);
  for (; pixels > 0; --pixels, x += skip, other += skip) {
    for (int32_t n = c; n > 0; n -= 4, x += 4, other += 4, y += 4) {
      if (n < 4) {
        x += n - 4;
        other += n - 4;
        y += n - 4;
      }
      const uint32_t k = ek_load4(x), l = ek_load4(other);
      uint32_t even = ek_sxtab16(ek_sxtb16(k), l), odd = ek_sxtab16_odd(ek_sxtb16_odd(k), l);
      if (values == 2) {
        const uint32_t m = ek_load4(x + c), o = ek_load4(other + c);
        even = ek_sxtab16(ek_sxtab16(even, m), o);
        odd = ek_sxtab16_odd(ek_sxtab16_odd(odd, m), o);
      }
      put(y, quotients(even, odd, reciprocal));
    }
  }
}

static void average_of_two(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, int32_t n) { average_run(p, x, y, n, 1); }
static void average_of_four(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y, int32_t n) { average_run(p, x, y, n, 2); }

/* The fused activation, four outputs at a time. */
static void limit(int8_t *y, int32_t count, int32_t low, int32_t high) {
  for (int32_t i = 0; i < count; i += 4) {
    int8_t *at = y + (i < count - 4 ? i : count - 4);
    put(at, ~ek_larger8(~ek_larger8(ek_load4(at), of_each(low)), ~of_each(high)));
  }
}

void ek_average_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, average, 0, limit); }

void ek_average_pool_2d_two_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) {
  pool(p, x, y, average_by_fours, average_of_two, limit);
}

void ek_average_pool_2d_four_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) {
  pool(p, x, y, average_by_fours, average_of_four, limit);
}

void ek_max_pool_2d_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, maximum, 0, limit); }

void ek_max_pool_2d_two_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, maximum_by_fours, largest_of_two, limit); }

void ek_max_pool_2d_four_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, maximum_by_fours, largest_of_four, limit); }

void ek_max_pool_2d_nine_dsp(const ek_pool_2d_dsp_t *p, const int8_t *x, int8_t *y) { pool(p, x, y, maximum, largest_of_nine, limit); }
