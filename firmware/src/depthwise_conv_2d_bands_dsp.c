/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of any window, not
 * dilated across, with the DSP instructions. For windows of many taps, which would have many kinds at the edges.
 *
 * Blocking: a band of lines is copied with its padding, then computed pixel by pixel from one stream; the last band ends with the
 * last line, and may compute some again. Blocking of a pixel, registers and budget: depthwise_stream_dsp.h.
 * Budget: of a band about 1.3 a byte. 5x5 taps of four channels: 1.9 a MAC, 10x4: 1.8. */
#include "edgekit/depthwise_conv_2d_bands_dsp.h"

#include "edgekit/depthwise_stream_dsp.h"

void ek_depthwise_conv_2d_bands_dsp(const ek_depthwise_conv_2d_bands_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t line = p->out_w * p->out_c, last = p->out_h - p->lines;
  int8_t *const band = ek_band(p, scratch);
  const ek_depthwise_conv_2d_stream_dsp_t image = {.step = p->stride, .runs = p->stream, .streams = p->stream + p->groups};
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_h * line) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t at = first < last ? first : last;
      ek_fill_band(p, x, at * p->stride_h - p->pad_top, ek_band_rows(p, p->lines), band);
      ek_stream_image(&image, band, y + at * line);
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}
