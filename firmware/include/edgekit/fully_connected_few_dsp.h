/* Fully connected layer of few outputs, int8, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_FEW_DSP_H
#define EDGEKIT_FULLY_CONNECTED_FEW_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_c, out_c;
  int32_t out_zero, low, high; /* zero point; clamp of the fused activation */
  /* Of each pair of outputs, the last padded with zeros: twice the biases; of every 4 inputs twice the weights of the first,
   * then of the second, as halfwords 0, 2, 1, 3; multiplier and divider of the first, of the second. */
  const int32_t *stream;
} ek_fully_connected_few_dsp_t;

/* in_c is a multiple of 4. */
void ek_fully_connected_few_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
