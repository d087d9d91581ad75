/* 2-D convolution, int8, NHWC, 3x3 windows of three channels into one, of two sizes: the Helium form that shares gathers. */
#ifndef EDGEKIT_CONV_2D_SOLOS_MVE_H
#define EDGEKIT_CONV_2D_SOLOS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What `constants` and `between` have is read once, in this order; offsets and weights are 16 bytes each.
 *
 * 12: of the first and the last column of blocks: begins of the sums of two blocks; offsets of what the two upper windows share,
 * their weights, those of the two lower ones, of the two left ones, of the two right ones. `between`: the same of the columns
 * between; then 2^(31-e)+1 [4], where outputs of 4 rows go, of 4 columns each, multiplier, output zero point.
 *
 * 13: of rows 0, 1 and 2 (3 and 4 alike), 5 and 6: begins of sums, offsets and weights as the kernel takes them; multiplier,
 * 2^(32-e)+1 and output zero point among the last begins; 2^(31-e)+1 [4], where 48 outputs go. */
typedef struct {
  const int32_t *constants, *between;
  int32_t in_zero;
} ek_conv_2d_solos_mve_t;

/* One picture of 12x12 pixels at a multiple of 4. scratch: the picture between two rows of zero points, 4 bytes an output. */
void ek_conv_2d_solos_mve_12(const ek_conv_2d_solos_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* One picture of 13x13 pixels in steps of two. */
void ek_conv_2d_solos_mve_13(const ek_conv_2d_solos_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
