/* Fully connected layer, int8, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_DSP_H
#define EDGEKIT_FULLY_CONNECTED_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_c, out_c;
  int32_t out_zero, low, high; /* zero point; clamp of the fused activation */
  int32_t blocks, groups;      /* of 8 taps; of 4 channels: the weights are padded with zeros */
  const int16_t *weights;      /* (groups, blocks, 2, 8): 256 * second + first channel of a pair, each 4 as 0, 2, 1, 3 */
  const int32_t *channels;     /* (groups, 2, 6): bias, 2 * second's bias, multiplier, divider, second's both */
} ek_fully_connected_dsp_t;

/* scratch: 16 * blocks bytes, aligned to 4. */
void ek_fully_connected_dsp(const ek_fully_connected_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
