/* 1x1 convolution, int8, NHWC, 8 input and output channels, so many pixels: Helium, a pixel's sums made of its neighbour's. */
#ifndef EDGEKIT_POINTWISE_CHAINS_FOUR_MVE_H
#define EDGEKIT_POINTWISE_CHAINS_FOUR_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. w are a channel's 8 weights. */
typedef struct {
  int32_t filters[24];   /* (w, 0) of channels 4 to 7, (-w, w) of 4 and 5 */
  int32_t places[8];     /* bytes from the first output to where r0 r2 r4 r7 are, of 100 pixels r0 r2 r4 r6 r7 r8 r10 r12 */
  int32_t biases[5];     /* of channels 4, 5, 4, 5, 6 */
  const int32_t *stream; /* (w, 0) of channels 0 to 3, (-w, w) of 6 and 7; biases 0 1 0 1 2 3 2 3; (-w, w) of 0 to 3. Biases of
                            channels 0 and 1, four times; for every other two (w, 0) of both, (-w, w) of both, biases four
                            times; of the last two these once more, the output zero point after the third one. From the last two
                            channels on: places of 8 pixels' outputs, multipliers, second multipliers, places of the next 8
                            pixels; before those of channels 4 and 5, and 0 and 1, places of the first four pixels' outputs of
                            these and the next two channels. */
  int32_t others[3];     /* biases of channels 7, 6, 7 */
} ek_pointwise_chains_four_mve_t;

/* `scratch`: 4 bytes for each output. */
void ek_pointwise_chains_four_mve_36(const ek_pointwise_chains_four_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_four_mve_68(const ek_pointwise_chains_four_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_four_mve_100(const ek_pointwise_chains_four_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
