/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w). The portable form: the reference for all
 * others. Taps outside the input contribute nothing, which is padding with the zero point. */
#include "edgekit/conv_2d.h"

#include "edgekit/arch.h"
#include "edgekit/dot.h"

static int32_t window(const ek_conv_2d_t *p, const int8_t *x, const int8_t *w, int32_t top, int32_t left) {
  int32_t acc = 0;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int32_t iy = top + ky * p->dilation_h;
    if (iy < 0 || iy >= p->in_h) {
      continue;
    }
    for (int32_t kx = 0; kx < p->kernel_w; ++kx) {
      const int32_t ix = left + kx * p->dilation_w;
      if (ix >= 0 && ix < p->in_w) {
        acc = ek_wrap_add(acc, ek_dot(x + (iy * p->in_w + ix) * p->in_c, w + (ky * p->kernel_w + kx) * p->in_c, p->in_c,
                                      p->in_zero));
      }
    }
  }
  return acc;
}

void ek_conv_2d(const ek_conv_2d_t *p, const int8_t *x, int8_t *y) {
  const int32_t filter = p->kernel_h * p->kernel_w * p->in_c;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      for (int32_t ox = 0; ox < p->out_w; ++ox) {
        const int32_t top = oy * p->stride_h - p->pad_top;
        const int32_t left = ox * p->stride_w - p->pad_left;
        for (int32_t co = 0; co < p->out_c; ++co) {
          const int32_t acc = ek_wrap_add(p->bias[co], window(p, x, p->weights + co * filter, top, left));
          *y++ = ek_requantize_int8(acc, p->multiplier[co], p->shift[co], p->out_zero, p->low, p->high);
        }
      }
    }
  }
}
