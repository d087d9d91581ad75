/* Fully connected layer of one sample whose outputs are stored at once, int8, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_PACKED_DSP_H
#define EDGEKIT_FULLY_CONNECTED_PACKED_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Twice the biases, twice the weights as halfwords, multipliers, and dividers whose lower half is the output's zero point and
 * 128, in the order in which the assembly reads them. */
typedef struct {
  int32_t stream[32];
} ek_fully_connected_packed_dsp_t;

/* x and y lie in whole words. */
void ek_fully_connected_packed_10_to_4_dsp(const ek_fully_connected_packed_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
