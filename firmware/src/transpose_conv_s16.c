/* y[n,oy,ox,co] = requantize(bias[co] + sum of x[n,iy,ix,:] * w[co,ky,kx,:] over all taps with iy * stride_h - pad_top + ky =
 * oy and ix * stride_w - pad_left + kx = ox), accumulated in 64 bits. The portable form. */
#include "edgekit/transpose_conv_s16.h"

#include "edgekit/arch.h"
#include "edgekit/dot.h"
#include "edgekit/wide.h"

/* `down` and `across` are oy + pad_top and ox + pad_left. */
static int64_t gather(const ek_transpose_conv_s16_t *p, const int16_t *x, const int8_t *w, int32_t down, int32_t across) {
  int64_t acc = 0;
  for (int32_t ky = down % p->stride_h; ky < p->kernel_h && ky <= down; ky += p->stride_h) {
    const int32_t iy = (down - ky) / p->stride_h;
    if (iy >= p->in_h) {
      continue;
    }
    for (int32_t kx = across % p->stride_w; kx < p->kernel_w && kx <= across; kx += p->stride_w) {
      const int32_t ix = (across - kx) / p->stride_w;
      if (ix < p->in_w) {
        acc += ek_dot_wide(x + (iy * p->in_w + ix) * p->in_c, w + (ky * p->kernel_w + kx) * p->in_c, p->in_c);
      }
    }
  }
  return acc;
}

void ek_transpose_conv_s16(const ek_transpose_conv_s16_t *p, const int16_t *x, int16_t *y) {
  const int32_t filter = p->kernel_h * p->kernel_w * p->in_c;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      for (int32_t ox = 0; ox < p->out_w; ++ox) {
        for (int32_t co = 0; co < p->out_c; ++co) {
          const int64_t sum = gather(p, x, p->weights + co * filter, oy + p->pad_top, ox + p->pad_left);
          const int64_t acc = p->bias[co] + sum;
          *y++ = (int16_t)ek_clamp(ek_multiply_wide(acc, p->multiplier[co], p->shift[co]), p->low, p->high);
        }
      }
    }
  }
}
