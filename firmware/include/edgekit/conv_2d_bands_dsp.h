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

/* `rows` rows of `count` bytes from any address to multiples of 4; they begin `step` and `pitch` bytes apart. */
static inline void ek_copy_rows(int8_t *to, const int8_t *from, int32_t count, int32_t rows, int32_t step, int32_t pitch) {
#if EK_DSP_INSTRUCTIONS
  if (count >= 16 && rows > 0) { /* sixteen at a time, then the last sixteen once more */
    const int32_t whole = count & ~15, over = (count & 15) - 16, last = count - 16;
    step += 16 - count;
    pitch -= whole;
    const int8_t *end;
    __asm__ volatile(
        "1:\n"
        "  add %[end], %[from], %[last]\n"
        "2:\n"
        "  ldr r3, [%[from]], #4\n"
        "  ldr r4, [%[from]], #4\n"
        "  ldr r5, [%[from]], #4\n"
        "  ldr r6, [%[from]], #4\n"
        "  stmia %[to]!, {r3, r4, r5, r6}\n"
        "  cmp %[from], %[end]\n"
        "  bls 2b\n"
        "  cmp %[over], #-16\n"
        "  beq 3f\n"
        "  ldr r3, [%[end]]\n"
        "  ldr r4, [%[end], #4]\n"
        "  ldr r5, [%[end], #8]\n"
        "  ldr r6, [%[end], #12]\n"
        "  add %[from], %[to], %[over]\n"
        "  str r3, [%[from]]\n"
        "  str r4, [%[from], #4]\n"
        "  str r5, [%[from], #8]\n"
        "  str r6, [%[from], #12]\n"
        "3:\n"
        "  add %[from], %[end], %[step]\n"
        "  add %[to], %[pitch]\n"
        "  subs %[rows], #1\n"
        "  bne 1b\n"
        : [from] "+r"(from), [to] "+r"(to), [rows] "+r"(rows), [end] "=&r"(end)
        : [last] "r"(last), [over] "r"(over), [step] "r"(step), [pitch] "r"(pitch)
        : "r3", "r4", "r5", "r6", "cc", "memory");
    return;
  }
#endif
  for (; rows > 0; --rows, from += step, to += pitch) {
    for (int32_t i = 0; i + 4 <= count; i += 4) {
      memcpy(to + i, from + i, 4);
    }
    for (int32_t i = count & ~3; i < count; ++i) {
      to[i] = from[i];
    }
  }
}

/* A multiple of 4 bytes, at one. */
static inline void ek_fill_words(int8_t *to, int32_t bytes, int32_t value) {
  const uint32_t word = (uint32_t)(uint8_t)value * 0x01010101U;
  uint32_t *at = (uint32_t *)(void *)to;
#if EK_DSP_INSTRUCTIONS
  if (bytes >= 16) {
    bytes -= 16;
    __asm__ volatile(
        "  mov r3, %2\n"
        "  mov r4, %2\n"
        "  mov r5, %2\n"
        "  mov r6, %2\n"
        "1:\n"
        "  stmia %0!, {r3, r4, r5, r6}\n"
        "  subs %1, #16\n"
        "  bge 1b\n"
        "  adds %1, #16\n"
        : "+r"(at), "+r"(bytes)
        : "r"(word)
        : "r3", "r4", "r5", "r6", "cc", "memory");
  }
#endif
  for (; bytes > 0; bytes -= 4) {
    *at++ = word;
  }
}

/* Where the first row of the band in `scratch` begins; its inside is at a multiple of 4. All of it becomes padding. */
static inline int8_t *ek_band(const ek_conv_2d_bands_t *p, uint8_t *scratch) {
  ek_fill_words((int8_t *)scratch, ek_band_rows(p, p->lines) * p->pitch + ((p->before + 3) & ~3), p->in_zero);
  return (int8_t *)scratch + (-p->before & 3);
}

/* `rows` rows from `row` on to `band`, whose padding on the sides is there already; a row of padding ends where the inside of
 * the next one begins. */
static inline void ek_fill_band(const ek_conv_2d_bands_t *p, const int8_t *x, int32_t row, int32_t rows, int8_t *band) {
  const int32_t room = p->pitch - p->before, count = p->in_row < room ? p->in_row : room;
  const int32_t above = row < 0 ? (-row < rows ? -row : rows) : 0, left = p->in_h - row - above;
  const int32_t most = rows - above, inside = left < most ? (left < 0 ? 0 : left) : most;
  int8_t *const to = band + p->before;
  ek_fill_words(to, above * p->pitch, p->in_zero);
  ek_copy_rows(to + above * p->pitch, x + (row + above) * p->in_row, count, inside, p->in_row, p->pitch);
  ek_fill_words(to + (above + inside) * p->pitch, (most - inside) * p->pitch, p->in_zero);
}

#ifdef __cplusplus
}
#endif
#endif
