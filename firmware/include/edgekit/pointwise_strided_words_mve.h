/* 1x1 convolution, int8, NHWC, 8 input channels of every second pixel, 64 outputs in runs of 8, into 8 channels: Helium. */
#ifndef EDGEKIT_POINTWISE_STRIDED_WORDS_MVE_H
#define EDGEKIT_POINTWISE_STRIDED_WORDS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. Channels of a set of four are in the order 0 2 1 3. */
typedef struct {
  int32_t beside[2];     /* -128 and 1 four times */
  int32_t spare;         /* goes to a register with the others */
  const int32_t *stream; /* filters of channels 0 to 3, 2 weights that make the bias with -128 and 1, 6 zeros, 8 weights; -128
                            and 1 eight times; their places before the second, third and fourth pixel of all runs; filters of
                            4 to 7; multipliers of these, of the first four, output zero point; second multipliers of the
                            first four, as below */
  int32_t pointers[4];   /* into scratch: fourth pixel, end of the sums, seventh pixel, end of the pixels */
  int32_t runs[8];       /* bytes from the input to each */
  int32_t second[12];    /* three second multipliers of channels 4 to 7, each four times */
  int32_t pixels[4];     /* outputs of four pixels */
} ek_pointwise_strided_words_mve_t;

/* <channels of 4 to 7, in their order, that share the first second multiplier>_<those of 0 to 3>. `scratch`: 120 bytes, then
 * pixels, then as much again for sums. */
#define EK_POINTWISE_STRIDED_WORDS_MVE(name)                                                      \
  void ek_pointwise_strided_words_mve_##name(const ek_pointwise_strided_words_mve_t *p, const int8_t *x, int8_t *y, \
                                             uint8_t *scratch);
EK_POINTWISE_STRIDED_WORDS_MVE(01_01)
EK_POINTWISE_STRIDED_WORDS_MVE(01_02)
EK_POINTWISE_STRIDED_WORDS_MVE(01_12)
EK_POINTWISE_STRIDED_WORDS_MVE(02_01)
EK_POINTWISE_STRIDED_WORDS_MVE(02_02)
EK_POINTWISE_STRIDED_WORDS_MVE(02_12)
EK_POINTWISE_STRIDED_WORDS_MVE(12_01)
EK_POINTWISE_STRIDED_WORDS_MVE(12_02)
EK_POINTWISE_STRIDED_WORDS_MVE(12_12)

#ifdef __cplusplus
}
#endif
#endif
