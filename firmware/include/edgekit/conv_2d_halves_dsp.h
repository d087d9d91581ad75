/* 2-D convolution of small layers, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_CONV_2D_HALVES_DSP_H
#define EDGEKIT_CONV_2D_HALVES_DSP_H

#include "edgekit/conv_2d_bands_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* kernel_row is at least 4, `groups` the number of fours of taps, each a word of the input, in this order:
 * Of kernels with 3 rows: their first words, then their second ones and so on; at last, of rows of 6 or 9 taps, what is left of
 * them, padded with zeros to fours; of others with a rest each row's last word, where taps that another word has too are 0.
 * Of other kernels row by row: its words, then its last one likewise if there is a rest.
 * stream: of each pair of channels 4 * groups + 6: the biases, second channel's first; of each four taps the first channel's
 * weights, then the second's, halfwords in the order 0, 2, 1, 3; multiplier and divider of the first, then of the second. Of an
 * odd last channel 2 * groups + 3: a four of its weights, the bias, the other fours, multiplier and divider. Weights and
 * biases are twice as large. */
typedef ek_conv_2d_bands_t ek_conv_2d_halves_dsp_t;

/* scratch, aligned to 4: 16 * groups bytes of columns; where windows are copied, a band's rows of `pitch`
 * bytes, and `before` rounded up to 4. */
void ek_conv_2d_halves_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
/* The same where no output is below its zero point: starts of relu_dsp.h instead of dividers. */
void ek_conv_2d_halves_relu_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
