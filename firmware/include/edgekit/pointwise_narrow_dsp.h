/* 1x1 convolution or fully connected layer of up to 16 inputs, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_NARROW_DSP_H
#define EDGEKIT_POINTWISE_NARROW_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* (out_c, words + 3) with words = in_c / 2, rounded up: twice the bias, twice the weights as halfwords, each 4 as 0, 2, 1, 3,
   * multiplier, divider. The last 4 weights, or 2 of an odd number of words, are of the last inputs, 0 for those that others
   * have; of fewer inputs those that are not have 0. */
  const int32_t *stream;
  int32_t out_zero;
  int32_t step, skip, last;    /* bytes to the next pixel; of code for channels that are not; to a pixel's last 4, or 2, inputs */
  int32_t bytes;               /* of the stream */
  int32_t lines, gap, outputs; /* gap: bytes from where a line's next pixel would be to the next line; outputs: of a line */
  int32_t images, image_step;  /* bytes from image to image */
  int32_t in_c, low, high;     /* clamp of the fused activation */
} ek_pointwise_narrow_dsp_t;

/* One image of up to 3, 4, 6, 8, 10, 12, 14 or 16 inputs, not clamped; `narrow`, the last, takes any. */
void ek_pointwise_3_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_4_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_6_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_8_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_10_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_12_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_14_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_16_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
/* The same where no output is below its zero point: starts of relu_dsp.h instead of dividers. */
void ek_pointwise_4_relu_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_6_relu_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_8_relu_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_10_relu_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_12_relu_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_14_relu_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_16_relu_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
/* The same, of channels without divider: multipliers of line_dsp.h. */
void ek_pointwise_4_line_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_6_line_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_8_line_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_10_line_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_12_line_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_14_line_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_16_line_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
/* One pixel, at most 16 channels, not clamped. */
void ek_pointwise_4_pixel_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_6_pixel_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_8_pixel_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_10_pixel_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_12_pixel_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_14_pixel_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_16_pixel_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
/* An even number of pixels one after the other, 8 inputs, 3 and 4 channels, not clamped. */
void ek_pointwise_8_to_3_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_8_to_4_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
/* Several images, not clamped. */
void ek_pointwise_images_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_narrow_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
