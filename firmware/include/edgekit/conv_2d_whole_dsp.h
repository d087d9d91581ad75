/* 2-D convolution of pictures of 1, 4 or 9 values, int8, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_WHOLE_DSP_H
#define EDGEKIT_CONV_2D_WHOLE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of every output of a picture: the bias; weights of all values, as halfwords, twice as large, 0 outside the output's window:
   * of value 0; of 0 and 2, 1 and 3; of 0 and 2, 1 and 3, 8, 4 and 6, 5 and 7; multiplier, divider, zero point. */
  const int32_t *stream;
  int32_t skip;     /* bytes of code that the first turn leaves out */
  int32_t bytes;    /* of stream */
  int32_t samples;
} ek_conv_2d_whole_dsp_t;

void ek_conv_2d_whole_1_dsp(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y);
void ek_conv_2d_whole_4_dsp(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y);
/* An even number of outputs. */
void ek_conv_2d_whole_9_dsp(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
