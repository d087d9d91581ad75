/* 1x1 convolution, int8, NHWC, up to 8, 16 or 32 input channels, a multiple of 8 output ones: Helium, 8 or 16 pixels at a
 * time. */
#ifndef EDGEKIT_POINTWISE_GROUPS_MVE_H
#define EDGEKIT_POINTWISE_GROUPS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *stream;           /* of `few` first 4 vectors: the places of 8 pixels' bytes. Then for every 8 channels 8 filters;
                                      of the last 4, then of the first 4: places of 16 outputs, multipliers, second multipliers.
                                      A filter of up to 8 channels is 8 weights and 8 that make the bias with seven times -128
                                      and 1. Of 16 channels 4 biases twice are behind 4 filters, of 32 before them. */
  int32_t out_zero;
  int32_t step_y;                  /* bytes from the end of a group's first outputs to the next group's */
  int32_t last_x;                  /* bytes from the first to the last group, which ends with the pixels */
  int32_t pitch;                   /* bytes of four pixels' outputs */
  int32_t last_y;
  int32_t size;                    /* bytes of the stream */
  int32_t step_x;                  /* bytes of a group's inputs */
  int32_t columns;                 /* of `apart`: pixels of a row that count, rows, pictures, */
  int32_t rows;
  int32_t pictures;
  int32_t row_gap;                 /* bytes from the end of a row's pixels to the next row's, from there to the next picture's */
  int32_t picture_gap;
} ek_pointwise_groups_mve_t;

/* <input channels>x<pixels of a group>; few: up to 7. `scratch`: 16 bytes for each pixel of a group. `apart`: every second
 * pixel of a row; `scratch`: all of these. */
void ek_pointwise_groups_mve_8x16(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_groups_mve_8x8(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_groups_mve_4x16(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_groups_mve_fewx16(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_groups_mve_fewx8(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);
void ek_pointwise_groups_mve_16x16(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_groups_mve_16x8(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_groups_mve_32x16(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_groups_mve_32x8(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_groups_mve_16x16_apart(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y,
                                          uint8_t *scratch);
void ek_pointwise_groups_mve_16x8_apart(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y,
                                         uint8_t *scratch);
void ek_pointwise_groups_mve_32x16_apart(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y,
                                          uint8_t *scratch);
void ek_pointwise_groups_mve_32x8_apart(const ek_pointwise_groups_mve_t *p, const int8_t *x, int8_t *y,
                                         uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
