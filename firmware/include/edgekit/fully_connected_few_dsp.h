/* Fully connected layer or 1x1 convolution of few outputs, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_FULLY_CONNECTED_FEW_DSP_H
#define EDGEKIT_FULLY_CONNECTED_FEW_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Of each four outputs, then of the last one to three: the weights of the last 4 inputs (8 for a single output) that no word
   * before has, bias of each, the weights of 4 (8) inputs at a time from the first on, multiplier and divider of each, zero
   * point. Weights are halfwords, twice as large: inputs 0 and 2 of every output, inputs 1 and 3; between the two of the last
   * inputs of four outputs are their biases; of four outputs the zero point comes before the last two multipliers. */
  const int32_t *stream;
  int32_t last;                /* bytes to a sample's last 4 inputs */
  int32_t tail_skip;           /* bytes of code before what the last outputs need of the loop's last turn */
  int32_t step;                /* bytes to the next sample */
  int32_t first, skip, bytes;  /* where a sample begins, as `tail`; as tail_skip, of four outputs; of the stream of fours */
  int32_t tail, outputs;       /* EK_FEW_ of the last outputs; outputs of a line */
  int32_t lines, gap;          /* bytes from where a line's next sample would be to the next line */
  int32_t images, image_step;  /* bytes from image to image */
  int32_t in_c, low, high;     /* clamp of the fused activation */
} ek_fully_connected_few_dsp_t;

/* Bytes of a branch each: one output; one of inputs that lie in whole words; two; three; none, or fours first. */
enum { EK_FEW_ONE = 0, EK_FEW_ONE_ALIGNED = 4, EK_FEW_TWO = 8, EK_FEW_THREE = 12, EK_FEW_NONE = 16 };

/* in_c is at least 4, and 8 where out_c % 4 is 1. One image, not clamped; `few`, the last, takes any. */
void ek_fully_connected_few_plain_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y);
/* One sample of at most 36 inputs, not clamped. */
void ek_fully_connected_to_2_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_to_3_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_to_4_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_few_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
