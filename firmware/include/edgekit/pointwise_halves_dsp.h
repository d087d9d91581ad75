/* 1x1 convolution of small layers, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_HALVES_DSP_H
#define EDGEKIT_POINTWISE_HALVES_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `lines` lines of `width` pixels of `words` words of inputs each, `stride` bytes apart, and lines `down` bytes. Outputs follow
 * each other. stream: as in conv_2d_halves_dsp.h, of `words` fours of taps. */
typedef struct {
  int32_t lines, width, stride, down, words, out_c, out_zero, low, high;
  const int32_t *stream;
} ek_pointwise_halves_dsp_t;

/* scratch, aligned to 4: 16 * words bytes. */
void ek_pointwise_halves_dsp(const ek_pointwise_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* The same where no output is below its zero point: starts of relu_dsp.h instead of dividers. */
void ek_pointwise_halves_relu_dsp(const ek_pointwise_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
