/* 2-D convolution, int8, NHWC, any window: the Helium form for small pictures, only the taps inside. */
#ifndef EDGEKIT_CONV_2D_INSIDE_MVE_H
#define EDGEKIT_CONV_2D_INSIDE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a block of the stream begins with; what follows the first unit or all of its units. */
enum {
  EK_INSIDE_UNIT, /* 0 to 3: a unit of 1 to 4 vectors */
  EK_INSIDE_FIRST = 4, EK_INSIDE_AGAIN = 8, /* 4 to 7, 8 to 11: all of a window's 1 to 4 vectors, and 8 outputs; again: loaded */
  EK_INSIDE_END = 12, EK_INSIDE_NEXT, /* a picture, of more than one */
  EK_INSIDE_EIGHT = 4, EK_INSIDE_SOME, EK_INSIDE_CLAMPED /* after units: 8 outputs, less, less and a clamp */
};

typedef struct {
  const int32_t *stream; /* Of every 8 outputs of every pixel, of all pictures or of each, a word: bytes to where the window's first unit
                            lies, from where the last one did, in the upper half, to the block from behind the last one,
                            or at first from the stream's begin, in the lower. Then blocks, ten words each: the sums'
                            begins, of which the fourth and the sixth are followed by the output zero point (the bytes
                            to the first unit, 0) and what the block is. Then, unit by unit, vectors of offsets in bytes,
                            and of weights, output by output. Behind a unit, two words: bytes to the next one's place,
                            what it is; or the zero point, and what follows. Then even outputs before odd ones,
                            multiplier[8] and 2^(31-e)+1 [8]; for CLAMPED low and high, for both how many outputs. A block
                            that ends has its ten words only; of NEXT the first two are the bytes of all outputs, and of
                            the words before the blocks. */
} ek_conv_2d_inside_mve_t;

void ek_conv_2d_inside_mve(const ek_conv_2d_inside_mve_t *p, const int8_t *x, int8_t *y);

/* One pixel of 8 outputs and up to 16 inputs. The stream: the sums' begins, of which the third is followed by the output
 * zero point; 16 offsets from the picture's begin, weights and constants as above. */
void ek_conv_2d_inside_mve_one(const ek_conv_2d_inside_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
