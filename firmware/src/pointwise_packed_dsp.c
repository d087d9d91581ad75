/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as conv_2d.c with 1x1 taps, of 5 inputs, 4, 8,
 * 10, 12, 16, 24, 32, 48 or 64 channels and lines of any number of pixels, each or every second one, with the DSP instructions.
 *
 * Blocking: 1 pixel x 1 channel x all taps. An output needs no register for its zero point and no store of its own: the divider is
 * the addend too, as its lower half is the zero point and 128, and of the sum only the lower half goes on; two outputs saturate in
 * one instruction, at 0 and 255, which is 128 too much; of four words of two bytes each two are put together. The fifth input's
 * other half is 2 and its weight's the bias, so that a channel is five words. Weights are halfwords, twice as large: SMMULR wants
 * twice the sum. There is a function for each number of channels.
 * Registers: r10 stream, r11, r12 and lr the pixel, r0-r9 weights and constants; a channel's sum takes the place of its first
 * weights, and goes on as its output. x and y are on the stack, where words of outputs wait until a pixel or 32 of its channels
 * are done: so eight channels, 40 words, take five LDMs, of 10, 9, 7, 7 and 7 words. One LDM brings those outputs back, with y and
 * what the next pixel needs.
 * Budget: 57 for eight channels, 28 for four, 15 for two, 1 for each eight but the last of 32; 10 for a pixel, 8.5 where two make a
 * turn, which is up to 10 channels, and 2 more for 10; 3 for each 32 channels but the last; 7 to 14 for a line, 19 for the call: 1.49
 * a MAC of 64 channels, 1.57 of 16, 1.83 of 4. Cycles by LDR 2, LDM 1 + n, branch 2: 102 for eight channels, 2.55 a MAC. */
#include "edgekit/pointwise_packed_dsp.h"

#include "edgekit/packed_five_pixels_dsp.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define BY_1_AND_2(N)                            \
  OF_##N(ek_pointwise_packed_5_to_##N##_dsp, 5)  \
  OF_##N(ek_pointwise_packed_5_to_##N##_by_2_dsp, 10)
CHANNELS(BY_1_AND_2)
#pragma GCC diagnostic pop
