/* 1x1 convolution, int8, NHWC, 8 input and 4 output channels whose shifts are the same in pairs: Helium, 144 pixels. */
#ifndef EDGEKIT_POINTWISE_SHIFTS_MVE_H
#define EDGEKIT_POINTWISE_SHIFTS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. a and b are channels with one second multiplier, c and d those with another. */
typedef struct {
  int32_t filters[16];   /* the 8 weights w of a, then those of b: (w, 0) of both, (-w, w) of both */
  int32_t biases[5];     /* of a four times, of b */
  const int32_t *stream; /* Biases of a and b, four times each; filters of c and d, their biases; then these again, with
                            the first multipliers of a, b and c after the first, third and fourth one, and the output zero
                            point after the sixth one; the first multiplier of d and both second ones, four times each. */
  int32_t others[3];     /* three more biases of b */
} ek_pointwise_shifts_mve_t;

/* a and b are channels 0 and 1, or 0 and 2; `scratch`: 4 bytes for each output. */
void ek_pointwise_shifts_mve_01(const ek_pointwise_shifts_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_shifts_mve_02(const ek_pointwise_shifts_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
