/* The input of conv_2d_winograd_dsp.c: patches of 4x6 pixels, transformed, in the order of the products. */
#ifndef EDGEKIT_WINOGRAD_INPUT_DSP_H
#define EDGEKIT_WINOGRAD_INPUT_DSP_H

#include "edgekit/arch_dsp.h"
#include "edgekit/conv_2d_winograd_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { MOST_BLOCKS = 16, BLOCK_BYTES = 40, PATCH_H = 4, PATCH_W = 6, ZEROS = 4, PART_WORDS = 4 * (5 + 2 * ZEROS) };
enum { END, ROW, ADD_ROW, ADD_END }; /* after a row: nothing, a row; the same once the last part is added to the others */

/* B' x B of both tiles and a part of the channels, in the order of the products; `row` and `column` bytes from one row and
 * pixel to the next. */
static void transform(uint32_t *to, const int8_t *x, int32_t row, int32_t column, int32_t blocks) {
  const int32_t second = 4 * blocks + 1 + ZEROS, third = second + 4 * blocks + 1, fourth = third + 4 * blocks + 1;
  static const uint8_t minuend[4] = {0, 1, 2, 1}, other[4] = {2, 2, 1, 3}; /* rows: d0 - d2, d1 + d2, d2 - d1, d1 - d3 */
  for (int32_t i = 0; i < 4; ++i, to += fourth + second + 1) {
    const int8_t *a = x + minuend[i] * row, *b = x + other[i] * row;
    uint32_t *at = to + 1 + ZEROS;
    for (int32_t k = 0; k < blocks; ++k, a += 4, b += 4, at += 4) {
      uint32_t d[PATCH_W][2];
      for (int32_t c = 0; c < PATCH_W; ++c) {
        const uint32_t upper = ek_load4(a + c * column), lower = ek_load4(b + c * column);
        const uint32_t even = ek_sxtb16(upper), odd = ek_sxtb16_odd(upper), next = ek_sxtb16_odd(lower);
        d[c][0] = i == 1 ? ek_sxtab16(even, lower) : ek_ssub16(even, ek_sxtb16(lower));
        d[c][1] = i == 1 ? ek_sadd16(odd, next) : ek_ssub16(odd, next);
      }
      for (int32_t n = 0; n < 4; ++n) {
        const int32_t c = n / 2 * 2, half = n % 2;
        at[n] = ek_sadd16(d[c + 1][half], d[c + 2][half]);
        at[n + second] = ek_ssub16(d[c + 2][half], d[c + 1][half]);
        at[n + third] = ek_ssub16(d[c][half], d[c + 2][half]);
        at[n + fourth] = ek_ssub16(d[c + 1][half], d[c + 3][half]);
      }
    }
  }
}

/* How the stream of `blocks` goes on: see PRODUCT in conv_2d_winograd_dsp.c. */
static void prepare(uint32_t *input, int32_t blocks) {
  for (int32_t rest = blocks; rest > 0; rest -= MOST_BLOCKS) {
    const int32_t own = rest < MOST_BLOCKS ? rest : MOST_BLOCKS;
    const uint32_t added = rest == blocks ? 0 : ADD_ROW - ROW;
    for (int32_t i = 0; i < 4; ++i) {
      for (int32_t o = 0; o < 4; ++o, input += 4 * own) {
        *input++ = (uint32_t)((MOST_BLOCKS - own) * BLOCK_BYTES);
        for (int32_t k = 0; o < 2 && k < ZEROS; ++k) {
          *input++ = 0;
        }
      }
      *input++ = i < 3 ? ROW : rest > MOST_BLOCKS ? ROW + added : added == 0 ? END : ADD_END;
    }
  }
}

/* Pixels at the edge, where those outside are the zero point; and pixels of a number of channels that is no multiple of four,
 * which are followed by any others up to it, as their weights are 0. `last`: where four bytes may still be read. */
static void gather(const ek_conv_2d_winograd_dsp_t *p, const int8_t *x, const int8_t *last, int8_t *to, int32_t top,
                   int32_t left) {
  const int32_t column = 4 * p->blocks;
  const int32_t before = left < 0 ? -left : 0;
  const int32_t end = p->in_w - left < PATCH_W ? p->in_w - left : PATCH_W;
  memset(to, p->in_zero, (size_t)(PATCH_H * PATCH_W * column));
  for (int32_t i = top < 0 ? -top : 0; i < PATCH_H && top + i < p->in_h; ++i) {
    const int8_t *from = x + ((top + i) * p->in_w + left + before) * p->in_c;
    int8_t *at = to + (i * PATCH_W + before) * column;
    if (column == p->in_c) {
      memcpy(at, from, (size_t)((end - before) * column));
      continue;
    }
    for (int32_t c = before; c < end; ++c, at += column, from += p->in_c) {
      if (p->blocks == 1 && from <= last) {
        memcpy(at, from, 4);
      } else {
        memcpy(at, from, (size_t)p->in_c);
      }
    }
  }
}

#ifdef __cplusplus
}
#endif
#endif
