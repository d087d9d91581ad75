/* Convolution along one axis, windows of at most 16 inputs that lie one after another, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_1D_DSP_H
#define EDGEKIT_CONV_1D_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  /* As those of ek_pointwise_narrow_dsp_t. */
  const int32_t *stream;
  int32_t out_zero, step, skip, last, bytes;
  int32_t window, pad, size;            /* bytes of a window, before a line, of a line */
  int32_t images, lines, columns, out_c; /* of the output */
  int32_t image_step, line_step;        /* bytes of the input */
  int32_t run, segment, pitch;          /* lines, or outputs of a line, brought to scratch together; bytes of a line there */
  int32_t in_zero, low, high;           /* clamp of the fused activation */
} ek_conv_1d_dsp_t;

/* Of up to 4, 6, 8, 10, 12, 14 or 16 inputs; scratch: run * pitch bytes in whole words. */
#define EK_CONV_1D(WIDTH)                                                                                             \
  void ek_conv_1d_##WIDTH##_dsp(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);             \
  void ek_conv_1d_##WIDTH##_relu_dsp(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
EK_CONV_1D(4)
EK_CONV_1D(6)
EK_CONV_1D(8)
EK_CONV_1D(10)
EK_CONV_1D(12)
EK_CONV_1D(14)
EK_CONV_1D(16)

#ifdef __cplusplus
}
#endif
#endif
