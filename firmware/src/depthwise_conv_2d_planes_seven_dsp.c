/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of more than 5x5 and
 * at most 7x7 taps, of fours of channels, with the DSP instructions.
 *
 * Blocking, registers: as depthwise_conv_2d_planes_five_dsp.c; blocks read four rows of words, in four registers at a time.
 * Budget: 239 instructions for 2x3 outputs (294 MACs: 0.81 each), 169 for 2x2; 13 for a column of blocks, 165 for a channel. Cycles
 * by LDR 2, LDRD 3, LDM 1 + n, branch 2: 332 for 2x3 outputs, 1.13 a MAC. 12x12x64: 0.89 instructions and 1.24 cycles a MAC. */
#include "edgekit/depthwise_conv_2d_planes_seven_dsp.h"

#include "edgekit/depthwise_blocks_large_two_dsp.h"
#include "edgekit/depthwise_images_large_dsp.h"

OUTPUTS(seven_outputs, 7, PLAIN)
OUTPUTS(seven_relu_outputs, 7, RELU)
OUTPUTS_TWO(seven_two_outputs, 7, PLAIN)
OUTPUTS_TWO(seven_two_relu_outputs, 7, RELU)

KERNEL(seven, 3, 1, 25)
KERNEL(seven_relu, 3, 1, 25)
KERNEL(seven_two, 3, 2, 17)
KERNEL(seven_two_relu, 3, 2, 17)
