/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of more than 3x3 and
 * at most 5x5 taps, of fours of channels, with the DSP instructions.
 *
 * Blocking: planes of halfwords and columns of blocks of 2x3 and 2x2 outputs, downwards, as depthwise_conv_2d_planes_dsp.c, but a
 * block reads three rows of words. Bands of strips are transposed whole; what is outside the input is there before.
 * Weights: of words (x0, x1), (x2, x3), (x4, x5) the upper output takes SMLAD with (w0, w1), SMLAD with (w2, w3) and SMLABT with
 * w4, the lower SMLATB with w0, SMLAD with (w1, w2) and SMLAD with (w3, w4). Four words a column and channel, doubled, are made of
 * bytes on the stack; two are in registers at a time.
 * Registers: r0 row of words, lr y, r7-r12 sums, r1-r6 columns and weights, then what the requantization needs.
 * With stride 2 (_two) a line of outputs begins at each row of words. Blocks are 1x3 and 1x2: three products a column, of the last
 * row of w4 alone; r7-r9 sums, the others columns and weights, of which there are three words a column.
 * Budget: 140 instructions for 2x3 outputs (150 MACs: 0.93 each), 98 for 2x2; 12 for a column of blocks, 80 for a channel. Cycles
 * by LDR 2, LDRD 3, LDM 1 + n, branch 2: 195 for 2x3 outputs, 1.3 a MAC. With one multiplication an output (_relu): 134 and 94; 188
 * cycles. 12x12x64: 1.05 instructions and 1.5 cycles a MAC.
 * With stride 2 77 for 1x3 outputs (75 MACs: 1.03 each), 55 for 1x2; with one multiplication 74 and 53. 16x16x32 outputs: 1.43 and
 * 2.34 a MAC. */
#include "edgekit/depthwise_conv_2d_planes_five_dsp.h"

#include "edgekit/depthwise_blocks_large_two_dsp.h"
#include "edgekit/depthwise_images_large_dsp.h"

OUTPUTS(five_outputs, 5, PLAIN)
OUTPUTS(five_relu_outputs, 5, RELU)
OUTPUTS_TWO(five_two_outputs, 5, PLAIN)
OUTPUTS_TWO(five_two_relu_outputs, 5, RELU)

KERNEL(five, 2, 1, 13)
KERNEL(five_relu, 2, 1, 13)
KERNEL(five_two, 2, 2, 11)
KERNEL(five_two_relu, 2, 2, 11)
