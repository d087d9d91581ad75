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

#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
/* Rows of 16 bytes and more: sixteen at a time, then the last sixteen once more. Registers: r0 to, r1 from, r3 rows, r4 from the
 * last sixteen of a row to the next row, r5 likewise from what was written, r6 count - 16, r7 from the end of whole sixteens
 * to the last one, 0 for none; r8-r11 bytes, r12 the last sixteen. */
__attribute__((naked, noinline, unused)) static void ek_copy_long(int8_t *to, const int8_t *from, int32_t count, int32_t rows,
                                                                  int32_t step, int32_t pitch) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldrd r4, r5, [sp, #36]\n"
      "  sub r6, r2, #16\n"
      "  sub r4, r4, r6\n"
      "  bic r7, r2, #15\n"
      "  sub r5, r5, r7\n"
      "  subs r7, r6, r7\n"
      "  cmp r7, #-16\n"
      "  it eq\n"
      "  moveq r7, #0\n"
      "1:\n"
      "  add r12, r1, r6\n"
      "2:\n"
      "  ldr r8, [r1], #4\n"
      "  ldr r9, [r1], #4\n"
      "  ldr r10, [r1], #4\n"
      "  ldr r11, [r1], #4\n"
      "  stmia.w r0!, {r8, r9, r10, r11}\n"
      "  cmp r1, r12\n"
      "  bls 2b\n"
      "  cbz r7, 3f\n"
      "  ldr.w r8, [r12]\n"
      "  ldr.w r9, [r12, #4]\n"
      "  ldr.w r10, [r12, #8]\n"
      "  ldr.w r11, [r12, #12]\n"
      "  adds r1, r0, r7\n"
      "  str.w r8, [r1]\n"
      "  str.w r9, [r1, #4]\n"
      "  str.w r10, [r1, #8]\n"
      "  str.w r11, [r1, #12]\n"
      "3:\n"
      "  add r1, r12, r4\n"
      "  add r0, r5\n"
      "  subs r3, #1\n"
      "  bne 1b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop
#endif

/* `rows` rows of `count` bytes from any address to multiples of 4; they begin `step` and `pitch` bytes apart. */
static inline void ek_copy_rows(int8_t *to, const int8_t *from, int32_t count, int32_t rows, int32_t step, int32_t pitch) {
#if EK_DSP_INSTRUCTIONS
  if (count >= 16 && rows > 0) {
    ek_copy_long(to, from, count, rows, step, pitch);
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
__attribute__((noinline, unused)) static void ek_fill_words(int8_t *to, int32_t bytes, int32_t value) {
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
__attribute__((noinline, unused)) static void ek_fill_band(const ek_conv_2d_bands_t *p, const int8_t *x, int32_t row, int32_t rows, int8_t *band) {
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
