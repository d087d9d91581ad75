/* Fully connected layer or 1x1 convolution of one output, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_TO_1_DSP_H
#define EDGEKIT_FULLY_CONNECTED_TO_1_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Twice the bias, bytes of code to skip for fours, twice the weights as halfwords, each 4 as 0, 2, 1, 3, multiplier, divider,
   * zero point, bytes from a sample's end to the next sample, bytes back to the stream's begin. */
  const int32_t *stream;
  int32_t outputs, lines, gap; /* of a line; bytes from where a line's next sample would be to the next line */
  int32_t skip;                /* bytes of code, for sixteens */
  int32_t in_c;                /* a multiple of 4, up to 140; samples lie in whole words */
} ek_fully_connected_to_1_dsp_t;

void ek_fully_connected_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y);
/* One sample. */
void ek_fully_connected_1_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_64_to_1_dsp(const ek_fully_connected_to_1_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
