/* y[n,oy,ox,co] = requantize(bias[co] + sum of (x[n,iy,ix,:] - in_zero) * w[co,ky,kx,:] over all taps with
 * iy * stride_h - pad_top + ky = oy and ix * stride_w - pad_left + kx = ox). Each output is gathered from the inputs that
 * reach it, so no wide accumulators are kept. The portable form.
 *
 * Blocking: which taps reach a pixel is found once for all channels. Those of a row of inputs lie side by side, as their
 * weights do, which are in phases; two channels at a time share inputs. */
#include "edgekit/transpose_conv.h"

#include "edgekit/arch.h"

/* Along an axis, the taps that reach output `at`, counted with the padding before it. */
typedef struct {
  int32_t before, taps;         /* taps of the phases before this one; of this one */
  int32_t skipped, from, count; /* taps before the input; the first input; how many are inside */
} reach_t;

static reach_t reach(int32_t at, int32_t stride, int32_t kernel, int32_t in) {
  const int32_t phase = at % stride, newest = at / stride, rest = kernel % stride, whole = kernel / stride;
  reach_t r = {phase * whole + (phase < rest ? phase : rest), whole + (phase < rest), 0, 0, 0};
  const int32_t first = newest - r.taps + 1, end = newest < in ? newest + 1 : in;
  r.skipped = first < 0 ? -first : 0;
  r.from = first + r.skipped;
  r.count = end > r.from ? end - r.from : 0;
  return r;
}

/* Rows of taps: their number, their length, from one to the next. */
typedef struct {
  int32_t rows, length, x_row, w_row, in_zero;
} taps_t;

static int32_t one(const taps_t *t, const int8_t *x, const int8_t *w, int32_t acc) {
  const int32_t in_zero = t->in_zero;
  for (int32_t row = 0; row < t->rows; ++row, x += t->x_row, w += t->w_row) {
    for (int32_t i = 0; i < t->length; ++i) {
      acc = ek_wrap_add(acc, (x[i] - in_zero) * w[i]);
    }
  }
  return acc;
}

/* Of two filters, `filter` bytes apart. */
static void two(const taps_t *t, const int8_t *x, const int8_t *w, int32_t filter, int32_t sums[2]) {
  const int32_t in_zero = t->in_zero;
  int32_t a = sums[0], b = sums[1];
  for (int32_t row = 0; row < t->rows; ++row, x += t->x_row, w += t->w_row) {
    const int8_t *v = w + filter;
    for (int32_t i = 0; i < t->length; ++i) {
      const int32_t value = x[i] - in_zero;
      a = ek_wrap_add(a, value * w[i]);
      b = ek_wrap_add(b, value * v[i]);
    }
  }
  sums[0] = a;
  sums[1] = b;
}

static int8_t output(const ek_transpose_conv_t *p, int32_t co, int32_t acc) {
  return ek_requantize_int8(acc, p->multiplier[co], p->shift[co], p->out_zero, p->low, p->high);
}

/* All channels of a pixel, from the first input and weight that it reads. */
static void pixel(const ek_transpose_conv_t *p, const taps_t *t, const int8_t *x, const int8_t *w, int8_t *y) {
  const int32_t filter = p->kernel_h * p->kernel_w * p->in_c, even = p->out_c & ~1;
  for (int32_t co = 0; co < even; co += 2, w += 2 * filter) {
    int32_t sums[2] = {p->bias[co], p->bias[co + 1]};
    two(t, x, w, filter, sums);
    y[co] = output(p, co, sums[0]);
    y[co + 1] = output(p, co + 1, sums[1]);
  }
  if (even < p->out_c) {
    y[even] = output(p, even, one(t, x, w, p->bias[even]));
  }
}

void ek_transpose_conv(const ek_transpose_conv_t *p, const int8_t *x, int8_t *y) {
  const int32_t in_c = p->in_c, x_row = p->in_w * in_c;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * x_row) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const reach_t down = reach(oy + p->pad_top, p->stride_h, p->kernel_h, p->in_h);
      for (int32_t ox = 0; ox < p->out_w; ++ox, y += p->out_c) {
        const reach_t across = reach(ox + p->pad_left, p->stride_w, p->kernel_w, p->in_w);
        const int32_t phase = down.before * p->kernel_w + down.taps * across.before;
        const taps_t taps = {down.count, across.count * in_c, x_row, across.taps * in_c, p->in_zero};
        const int32_t w = phase + down.skipped * across.taps + across.skipped;
        pixel(p, &taps, x + (down.from * p->in_w + across.from) * in_c, p->weights + w * in_c, y);
      }
    }
  }
}
