/* Fully connected layer of few inputs and outputs, four samples, int8, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_FOUR_DSP_H
#define EDGEKIT_FULLY_CONNECTED_FOUR_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Twice the biases and twice the weights, as halfwords: inputs 0 and 2, 1 and 3, 4 and 6, 5 and 7, 8 and 9. Of 3 outputs:
   * biases, of every two inputs the weights of all outputs, multiplier and divider of each, zero point. Of 4 outputs as of
   * pointwise_narrow_dsp. */
  const int32_t *stream;
  int32_t out_zero;
} ek_fully_connected_four_dsp_t;

/* x of 8 inputs lies in whole words. */
void ek_fully_connected_8_to_3_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_10_to_3_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_10_to_4_four_dsp(const ek_fully_connected_four_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
