/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x[..., c / depth_multiplier] - in_zero) * w[ky,kx,c]). The portable
 * form. Taps outside the input contribute nothing. */
#include "edgekit/depthwise_conv_2d.h"

#include "edgekit/arch.h"

static int32_t window(const ek_depthwise_conv_2d_t *p, const int8_t *x, int32_t top, int32_t left, int32_t co) {
  const int32_t out_c = p->in_c * p->depth_multiplier;
  const int32_t ci = co / p->depth_multiplier;
  int32_t acc = 0;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int32_t iy = top + ky * p->dilation_h;
    if (iy < 0 || iy >= p->in_h) {
      continue;
    }
    for (int32_t kx = 0; kx < p->kernel_w; ++kx) {
      const int32_t ix = left + kx * p->dilation_w;
      if (ix >= 0 && ix < p->in_w) {
        const int32_t value = (int32_t)x[(iy * p->in_w + ix) * p->in_c + ci] - p->in_zero;
        acc = ek_wrap_add(acc, value * (int32_t)p->weights[(ky * p->kernel_w + kx) * out_c + co]);
      }
    }
  }
  return acc;
}

void ek_depthwise_conv_2d(const ek_depthwise_conv_2d_t *p, const int8_t *x, int8_t *y) {
  const int32_t out_c = p->in_c * p->depth_multiplier;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      for (int32_t ox = 0; ox < p->out_w; ++ox) {
        const int32_t top = oy * p->stride_h - p->pad_top;
        const int32_t left = ox * p->stride_w - p->pad_left;
        for (int32_t co = 0; co < out_c; ++co) {
          const int32_t acc = ek_wrap_add(p->bias[co], window(p, x, top, left, co));
          *y++ = ek_requantize_int8(acc, p->multiplier[co], p->shift[co], p->out_zero, p->low, p->high);
        }
      }
    }
  }
}
