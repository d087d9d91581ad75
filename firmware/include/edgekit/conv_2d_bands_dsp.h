/* What convolutions by the DSP instructions share that read windows where they lie: int8, NHWC, columns not dilated. Where
 * windows reach beyond the input, some lines of it at a time, a band, are copied with their padding first. */
#ifndef EDGEKIT_CONV_2D_BANDS_DSP_H
#define EDGEKIT_CONV_2D_BANDS_DSP_H

#include <stdint.h>
#include <string.h>

#include "edgekit/arch_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes and steps of inputs are bytes; a row is one of the input, a line one of the output. */
typedef struct {
  int32_t batches, in_size, in_h, in_row, in_c;
  int32_t out_h, out_w, out_c, kernel_h, kernel_row; /* kernel_row: taps in a row of the kernel */
  int32_t stride_h, stride, dilation_h, pad_top, before; /* stride: from window to window; before: padding on the left */
  int32_t pitch; /* of a row of the band, a multiple of 4; in_row where nothing is copied */
  int32_t lines; /* of the output, for each band; even, or all */
  int32_t copied, groups, in_zero, out_zero, low, high;
  const int32_t *stream; /* weights and constants, as the kernel has them */
} ek_conv_2d_bands_t;

/* Rows that `lines` lines of outputs read. */
static inline int32_t ek_band_rows(const ek_conv_2d_bands_t *p, int32_t lines) {
  return (lines - 1) * p->stride_h + (p->kernel_h - 1) * p->dilation_h + 1;
}

/* Bytes from any address to a multiple of 4. */
static inline void ek_copy_row(int8_t *to, const int8_t *from, int32_t count) {
#if EK_DSP_INSTRUCTIONS
  if (count >= 16) { /* then the last 16 once more */
    const int8_t *const end = from + count - 16;
    int8_t *const last = to + count - 16;
    __asm__ volatile(
        "1:\n"
        "  ldr r3, [%0], #4\n"
        "  ldr r4, [%0], #4\n"
        "  ldr r5, [%0], #4\n"
        "  ldr r6, [%0], #4\n"
        "  stmia %1!, {r3, r4, r5, r6}\n"
        "  cmp %0, %2\n"
        "  bls 1b\n"
        : "+r"(from), "+r"(to)
        : "r"(end)
        : "r3", "r4", "r5", "r6", "cc", "memory");
    if (from != end + 16) {
      for (int32_t i = 0; i < 16; i += 4) {
        memcpy(last + i, end + i, 4);
      }
    }
    return;
  }
#endif
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    memcpy(to, from, 4);
  }
  for (; count > 0; --count) {
    *to++ = *from++;
  }
}

static inline void ek_fill_words(int8_t *to, int32_t bytes, int32_t value) {
  const uint32_t word = (uint32_t)(uint8_t)value * 0x01010101U;
  uint32_t *at = (uint32_t *)(void *)to;
  for (; bytes >= 16; bytes -= 16, at += 4) {
    at[0] = word;
    at[1] = word;
    at[2] = word;
    at[3] = word;
  }
  for (; bytes > 0; bytes -= 4) {
    *at++ = word;
  }
}

/* Where the first row of the band in `scratch` begins; its inside is at a multiple of 4. All of it becomes padding. */
static inline int8_t *ek_band(const ek_conv_2d_bands_t *p, uint8_t *scratch) {
  ek_fill_words((int8_t *)scratch, ek_band_rows(p, p->lines) * p->pitch + ((p->before + 3) & ~3), p->in_zero);
  return (int8_t *)scratch + (-p->before & 3);
}

/* The rows from `row` on, to `band`, whose padding on the sides is there already. */
static inline void ek_fill_band(const ek_conv_2d_bands_t *p, const int8_t *x, int32_t row, int32_t rows, int8_t *band) {
  const int32_t room = p->pitch - p->before, count = p->in_row < room ? p->in_row : room;
  for (const int8_t *from = x + row * p->in_row; rows > 0; --rows, ++row, from += p->in_row, band += p->pitch) {
    if ((uint32_t)row < (uint32_t)p->in_h) {
      ek_copy_row(band + p->before, from, count);
    } else {
      ek_fill_words(band + p->before, p->pitch, p->in_zero); /* up to the inside of the next one */
    }
  }
}

#ifdef __cplusplus
}
#endif
#endif
