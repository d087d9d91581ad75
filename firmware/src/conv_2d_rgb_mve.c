/* What `ek_conv_2d` computes for 3x3 windows of 3 channels, on Helium, by lines (`lines_mve.h`) of columns of 9 bytes.
 *
 * A window is 27 bytes, two vectors; what they read beyond meets weights of 0. Weights of 8 outputs are 16 vectors: r1 the
 * second ones of outputs 0 to 6, [sp] that of 7 and the first ones of 0 to 5, r9 those of 6 and 7 and the constants; before
 * them the biases. Outputs are in the order 0 2 4 6 1 3 5 7, constants of even ones before odd ones.
 *
 * Budget of 8 outputs: biases 1, window 2, weights 3, products 16, sums 2, requantization and store 8, rounds 0.5; 1 more
 * where other blocks' outputs lie between. */
#include "edgekit/conv_2d_rgb_mve.h"

#include <arm_mve.h>

EK_LINES_BAND { EK_LINES("2", "15", "vstrb.8", "45", "128", "240", EK_PIXEL_OF_THREE, "9", "18"); }

void ek_conv_2d_rgb_mve(const ek_conv_2d_rgb_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  ek_lines_mve(p, x, y, scratch, band);
}
