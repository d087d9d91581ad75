/* 1x1 convolution, int8, NHWC, one input channel: Helium, every output by a table of what each value of the input gives. */
#ifndef EDGEKIT_POINTWISE_TABLE_MVE_H
#define EDGEKIT_POINTWISE_TABLE_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of the first six fields. */
typedef struct {
  int32_t count;         /* of pixels */
  int32_t fours, rest;   /* channels of the output: 4 times `fours` and up to 3; `many`: pixels, 48 times, up to 47 */
  int32_t step;          /* bytes of 16 pixels of the output */
  const int8_t *table;   /* of every channel 256 outputs, by the input as a number without a sign; `wide`: all channels of a number */
  uint8_t places[16];    /* of 16 pixels in the output, in bytes */
  int32_t batches, rows; /* from here on only where pixels are apart: rows of a picture */
  int32_t columns;       /* of the output */
  int32_t apart;         /* pixels of the input from one to the next of a row */
  int32_t row, picture;  /* pixels of the input from a row, from a picture's last row to the next */
} ek_pointwise_table_mve_t;

/* All pixels of the input; of one channel; 48 and more of one channel, from a word on; of 32 or 64; every `apart`-th, brought together in scratch. */
void ek_pointwise_table_mve(const ek_pointwise_table_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_mve_one(const ek_pointwise_table_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_mve_many(const ek_pointwise_table_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_mve_wide(const ek_pointwise_table_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_mve_apart(const ek_pointwise_table_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
