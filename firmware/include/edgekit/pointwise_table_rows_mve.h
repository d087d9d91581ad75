/* 1x1 convolution, int8, NHWC, one input channel into four or eight: Helium, by rows of a table, pixels at any places. */
#ifndef EDGEKIT_POINTWISE_TABLE_ROWS_MVE_H
#define EDGEKIT_POINTWISE_TABLE_ROWS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of the fields. */
typedef struct {
  const int64_t *table;  /* of the input as a number without a sign, all channels; 64 bits, as gathers want it aligned */
  const int32_t *places; /* of pixels in the input; of eight channels each four as 0, 2, 1, 3 */
  int32_t again;         /* bytes of outputs that are computed again, where the last round is one more */
  int32_t rounds;        /* of eight pixels, of 28, without that */
} ek_pointwise_table_rows_mve_t;

/* Eight channels: of 4, 16 and 17 pixels; of eights, and one or four more; of eights, the last of which overlap. */
void ek_pointwise_table_rows_mve_4(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_rows_mve_16(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_rows_mve_17(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_rows_mve_eights(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_rows_mve_and_1(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_rows_mve_and_4(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_table_rows_mve_again(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);
/* Four channels: rounds of 28 pixels, the last of which overlap. */
void ek_pointwise_table_rows_mve_words(const ek_pointwise_table_rows_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
