/* Fully connected layer of two outputs, several samples, int8, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_TWO_DSP_H
#define EDGEKIT_FULLY_CONNECTED_TWO_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Twice the biases, two times; of every 4 inputs twice the weights as halfwords: inputs 0 and 2 of both outputs, inputs 1 and
   * 3; multiplier and divider of each, zero point. */
  const int32_t *stream;
  int32_t outputs; /* of all samples, a multiple of 4 */
  int32_t in_c;    /* 4 to 32, a multiple of 4 */
  int32_t skip;    /* bytes of code for inputs that are not */
} ek_fully_connected_two_dsp_t;

void ek_fully_connected_two_dsp(const ek_fully_connected_two_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
