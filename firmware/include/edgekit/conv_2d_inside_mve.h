/* 2-D convolution, int8, NHWC, any window: the Helium form for small pictures, only the taps inside. */
#ifndef EDGEKIT_CONV_2D_INSIDE_MVE_H
#define EDGEKIT_CONV_2D_INSIDE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a block is; behind a unit: another unit, or how its block ends. */
enum {
  EK_INSIDE_UNIT = 0,   /* 0 to 3: of 1 to 4 vectors, the first of its block */
  EK_INSIDE_FIRST = 4,  /* 4 to 7: the whole window of 1 to 4 vectors, and 8 outputs */
  EK_INSIDE_AGAIN = 8,  /* 8 to 11: the same for 8 more outputs, the window being loaded */
  EK_INSIDE_END = 12,   /* behind the last pixel */
  EK_INSIDE_NEXT = 13,  /* behind a picture's last pixel, of several */
  EK_INSIDE_EIGHT = 4,  /* 8 outputs */
  EK_INSIDE_SOME = 5,   /* less */
  EK_INSIDE_CLAMPED = 6 /* up to 8, and a clamp that is not saturation */
};

/* The stream: first a word for every 8 outputs of every pixel, of all pictures or of one. Upper half: bytes from where the
 * last unit was to where the first one is of this window. Lower half: bytes from behind the last block to this one, at first
 * from the begin of the stream. Then the blocks, in each of which even outputs come before odd ones:
 *
 *   sums' begins [3], value, sums' begins [2], what it is, sums' begins [3]; value: the output zero point, 0 before a unit
 *   of each vector 16 offsets in bytes from the unit's place (not again), then output by output 16 weights of each
 *   behind a unit: bytes to the next one's place and what it is; then that one. Or the output zero point and how it ends
 *   multipliers [8], second multipliers 2^(31-e)+1 [8]
 *   CLAMPED: low, high; both that and SOME: how many outputs
 *
 * END and NEXT are no more than their first ten words, of NEXT the bytes of all outputs and of the words before the blocks. */
typedef struct {
  const int32_t *stream;
} ek_conv_2d_inside_mve_t;

void ek_conv_2d_inside_mve(const ek_conv_2d_inside_mve_t *p, const int8_t *x, int8_t *y);

/* One pixel of 8 outputs and up to 16 inputs. The stream: the sums' begins, of which the third is followed by the output
 * zero point; 16 offsets from the picture's begin, weights and constants as above. */
void ek_conv_2d_inside_mve_one(const ek_conv_2d_inside_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
