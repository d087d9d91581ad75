/* 1x1 convolution of one input by a table of its 256 values, int8, NHWC, for cores with the DSP extension. */
#ifndef EDGEKIT_POINTWISE_TABLE_DSP_H
#define EDGEKIT_POINTWISE_TABLE_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  const int32_t *table; /* as bytes, all outputs of a pixel, of x as an unsigned byte; of three each fourth byte is free */
  int32_t skip;         /* bytes of code that are not run: of the first turn, of a line, of a pixel */
  int32_t size;         /* outputs of an image */
  int32_t gap, images, image_gap; /* bytes from the end of a line or image to the next one */
  int32_t channels, step, rest;   /* step: bytes from pixel to pixel; rest: channels that are no whole four */
  int32_t line, lines;            /* outputs of a line; lines of an image */
} ek_pointwise_table_dsp_t;

/* One line of pixels, one after the other or with bytes between them. Of four channels and more y lies in whole words. */
void ek_pointwise_table_to_1_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_2_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_3_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_4_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_8_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_16_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_1_apart_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_2_apart_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_3_apart_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_4_apart_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_8_apart_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_16_apart_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);

/* Lines of up to 16 pixels, every second one. */
void ek_pointwise_table_to_1_by_2_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_2_by_2_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_3_by_2_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_4_by_2_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_8_by_2_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_to_16_by_2_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);

/* 4 to 64 channels. */
void ek_pointwise_table_dsp(const ek_pointwise_table_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
