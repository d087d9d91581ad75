/* 1x1 convolution, int8, NHWC, 8 input channels, many pixels: Helium, a pixel's sums made of its neighbour's. */
#ifndef EDGEKIT_POINTWISE_CHAINS_MVE_H
#define EDGEKIT_POINTWISE_CHAINS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  int32_t size;                    /* bytes of the outputs of all groups of pixels; into few channels: groups */
  const int32_t *stream;           /* For every two channels, the 8 weights w of either, the second channel's after the
                                      first one's: (w, 0) and (-w, w); biases of the two, four times; every other time
                                      then the same with a word after the third one: where products end the output zero
                                      point, else less than -256; for exactly so many pixels one after the second one too: 0
                                      where products end, else not. From the last two channels on: places of 8 pixels'
                                      outputs, multipliers, second multipliers, places of the next 8 pixels.
                                      Then of the pixels behind the groups, two by two: 8 biases, 8 times (w, 0), 8 times
                                      (-w, w), multipliers and second ones of the first 4 and of the last 4 channels, places.
                                      Of 196 pixels, the first four's stand at either end: filters (w, 0) of 4 channels, biases
                                      twice, filters (-w, w), the same of the last 4; places, multipliers and second ones of
                                      these, then of the first 4.
                                      Into few channels four, the last one again for those that are missing: filters and
                                      biases of two; filters of the others and their biases once, with the step of 16
                                      pixels' outputs after the second one and then the output zero point after the third
                                      one; the rest as above. Of three channels exactly: filters and biases of two; (w, 0)
                                      and (0, w) of the third one, its bias eight times with the zero point after the third
                                      one; places of its outputs of 16 pixels, multipliers, second ones, the places again;
                                      the rest as above. */
  int32_t pairs;                   /* of pixels behind the groups; into few channels: eights of them */
  int32_t back;                    /* bytes of outputs that one of them computes again, or 0 */
  int32_t again;                   /* into few channels: bytes of these outputs' inputs */
} ek_pointwise_chains_mve_t;

/* <output channels>x<pixels>, exactly so many. `scratch`: 4 bytes for each output. */
void ek_pointwise_chains_mve_3x144(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_8x64(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_8x144(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_8x196(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_10x144(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_16x144(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* 8 output channels, groups of so many pixels; ..._rest: other pixels behind them. */
void ek_pointwise_chains_mve_128(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_120_rest(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_128_rest(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* 1 to 4 output channels, 144 pixels, and 8 or more. */
void ek_pointwise_chains_mve_few_144(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_chains_mve_few(const ek_pointwise_chains_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
