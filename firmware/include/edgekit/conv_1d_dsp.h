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
  int32_t window, pad, size;             /* bytes of a window, before a line, of a line */
  int32_t images, lines, columns, out_c; /* of the output */
  int32_t image_step, line_step;         /* bytes of the input */
  int32_t run, segment, pitch;           /* lines, or outputs of a line, brought to scratch together; bytes of a line there */
  int32_t in_zero, low, high;            /* clamp of the fused activation */
  uint32_t offset, fifth;                /* as those of ek_pointwise_packed_dsp_t, for conv_1d_five_dsp */
} ek_conv_1d_dsp_t;

/* Of up to 4, 6, 8, 10, 12, 14 or 16 inputs, any number of channels, 8 or 16 of them; `relu`: where no output is below its zero
 * point. scratch: run * pitch bytes in whole words. */
#define EK_CONV_1D(NAME)                                                                                   \
  void ek_conv_1d_##NAME##_dsp(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
#define EK_CONV_1DS(WIDTH)                                  \
  EK_CONV_1D(WIDTH) EK_CONV_1D(WIDTH##_relu)                \
  EK_CONV_1D(WIDTH##_to_8) EK_CONV_1D(WIDTH##_to_8_relu)    \
  EK_CONV_1D(WIDTH##_to_16) EK_CONV_1D(WIDTH##_to_16_relu)
EK_CONV_1DS(4)
EK_CONV_1DS(6)
EK_CONV_1DS(8)
EK_CONV_1DS(10)
EK_CONV_1DS(12)
EK_CONV_1DS(14)
EK_CONV_1DS(16)
/* Of up to 4 inputs, two windows at a time. */
EK_CONV_1D(pairs_to_8_relu)
EK_CONV_1D(pairs_to_16_relu)
#undef EK_CONV_1D
#undef EK_CONV_1DS

#ifdef __cplusplus
}
#endif
#endif
