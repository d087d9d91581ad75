/* Fully connected, int8, 16 to 64 inputs, 2, 3, 4, 8, 10, 16 or 8 n units: Helium, the whole layer in one stream. */
#ifndef EDGEKIT_FULLY_CONNECTED_SHORT_MVE_H
#define EDGEKIT_FULLY_CONNECTED_SHORT_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *stream; /* block by block: biases, weights (16 bytes by 16; the last 16 of 17 to 32 are those of the last inputs,
                            0 where an input has had its product), weights of input 33 as words, multipliers, second
                            multipliers; of 8 units even ones before odd ones, of fewer 4 constants of each. Of four samples:
                            biases, 8 for 4 units each; by 4 units weights, multipliers, second multipliers, places of the
                            outputs; into 1, 3 or 4 units weights, biases twice (into 1 four times), multipliers and second
                            multipliers (into 3 of 12 sums), places */
  int32_t back;          /* 17 to 32 inputs: inputs less 16; of four samples: bytes of the biases */
  int32_t batches;       /* of 8 n units: bytes of the stream */
  int32_t out_zero;
  int32_t units;
} ek_fully_connected_short_mve_t;

/* <inputs>x<units>; 2 for 17 to 32 inputs. Those of one sample say so, those of four together too. */
void ek_fully_connected_short_mve_16x16(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_one_16x8n(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_one_16x10(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_one_24x10(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_one_2x8(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_one_2x10(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_2x4(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_2x8(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_2x10(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_2x16(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_33x4(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_33x8(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_33x10(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_33x16(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_64x2(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_one_64x3(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_four_64x1(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_four_16x4(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_four_16x8(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_four_16x10(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_four_2x3(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);
void ek_fully_connected_short_mve_four_33x3(const ek_fully_connected_short_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
