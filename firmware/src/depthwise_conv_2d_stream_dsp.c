/* y[n,oy,ox,o] = requantize(bias[o] + sum over ky,kx of (x - in_zero) * w[ky,kx,o]), as depthwise_conv_2d.c, of any window,
 * stride, dilation and depth multiplier, with the DSP instructions. For few channels, strides, small pictures: nothing is
 * prepared, taps outside the input take no instructions; 12x12x8 with stride 2: 2.1 a MAC, padding counted.
 * Blocking, registers and budget: depthwise_stream_dsp.h. */
#include "edgekit/depthwise_conv_2d_stream_dsp.h"

#include "edgekit/depthwise_stream_dsp.h"

void ek_depthwise_conv_2d_stream_plain_dsp(const ek_depthwise_conv_2d_stream_dsp_t *p, const int8_t *x, int8_t *y) {
  ek_stream_image(p, x, y);
}

void ek_depthwise_conv_2d_stream_dsp(const ek_depthwise_conv_2d_stream_dsp_t *p, const int8_t *x, int8_t *y) {
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_size) {
    ek_depthwise_conv_2d_stream_plain_dsp(p, x, y);
    ek_clamp_all(y, p->out_size, p->low, p->high);
  }
}
