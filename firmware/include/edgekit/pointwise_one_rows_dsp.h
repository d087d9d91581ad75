/* 1x1 convolution in steps of two into one channel, int8, NHWC, with the DSP instructions. */
#ifndef EDGEKIT_POINTWISE_ONE_ROWS_DSP_H
#define EDGEKIT_POINTWISE_ONE_ROWS_DSP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order in which the assembly reads it. */
typedef struct {
  /* Twice the weights as halfwords, each 4 as 0, 2, 1, 3, after the first 8 four times twice the bias; multiplier, divider,
   * zero point. */
  const int32_t *stream;
  int32_t fours;   /* outputs of a row that are computed four at a time, at least 4; the others are a multiple of 3 */
  int32_t size;    /* outputs of all rows */
  int32_t gap;     /* bytes from where a row's next pixel would be to the next row */
  int32_t outputs; /* of a row */
} ek_pointwise_one_rows_dsp_t;

/* Of 16, 24 and 32 inputs. x lies in whole words. */
void ek_pointwise_one_rows_16_dsp(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_rows_24_dsp(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_one_rows_32_dsp(const ek_pointwise_one_rows_dsp_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
