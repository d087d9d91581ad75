/* Fully connected layers of two outputs and four samples, all at once, int8, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_TWO_FOUR_DSP_H
#define EDGEKIT_FULLY_CONNECTED_TWO_FOUR_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Twice the biases, twice the weights as halfwords, multipliers, and dividers whose lower half is the output's zero point and
 * 128, in the order in which the assembly reads them; of 8 inputs 20 words. */
typedef struct {
  int32_t stream[52];
} ek_fully_connected_two_four_dsp_t;

/* x and y lie in whole words. */
void ek_fully_connected_8_to_2_four_dsp(const ek_fully_connected_two_four_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_10_to_2_four_dsp(const ek_fully_connected_two_four_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
