/* Fully connected layers of one output and four samples that lie across words, all at once, int8, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_ONE_FOUR_DSP_H
#define EDGEKIT_FULLY_CONNECTED_ONE_FOUR_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  /* Of every three words of x: two words each of twice the weights, as halfwords, then twice the bias where a sample begins.
   * At last the multiplier and the divider, whose lower half is the output's zero point and 128. Of 30 inputs for two samples:
   * two more lie as they do. */
  const int32_t *stream;
} ek_fully_connected_one_four_dsp_t;

/* x and y lie in whole words. */
void ek_fully_connected_30_to_1_four_dsp(const ek_fully_connected_one_four_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_33_to_1_four_dsp(const ek_fully_connected_one_four_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
