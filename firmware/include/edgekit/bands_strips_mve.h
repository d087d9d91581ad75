/* Strips of conv_2d_bands_mve.c: rows of the input of which a column has three one after another. */
#ifndef EDGEKIT_BANDS_STRIPS_MVE_H
#define EDGEKIT_BANDS_STRIPS_MVE_H

#include <arm_mve.h>

#include "edgekit/bytes_mve.h"
#include "edgekit/conv_2d_bands_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A row of an image or several, `pitch` apart, to the strips of `lines` > 0 output rows: 16 bytes or, of 3 channels, 15 at
 * a time, `step` of strips. Offsets of the rows' bytes are in q1, q2 and q3. */
#define THREE_ROWS(size, step)                                                                              \
  __asm volatile(                                                                                           \
      "vctp.8 %[t]\n"                                                                                       \
      "1:\n mov %[t], %[to]\n mov %[a], %[from]\n add %[b], %[a], %[pitch]\n add %[c], %[b], %[pitch]\n"    \
      "wls lr, %[groups], 3f\n"                                                                             \
      "2:\n vldrb.u8 q0, [%[a]], #" size "\n vldrb.u8 q4, [%[b]], #" size "\n vldrb.u8 q5, [%[c]], #" size "\n" \
      "vstrb.8 q0, [%[t], q1]\n vstrb.8 q4, [%[t], q2]\n vstrb.8 q5, [%[t], q3]\n"                          \
      "add %[t], #" step "\n le lr, 2b\n"                                                                   \
      "3:\n vpstt\n vldrbt.u8 q0, [%[a]]\n vstrbt.8 q0, [%[t], q1]\n"                                       \
      "vpstt\n vldrbt.u8 q0, [%[b]]\n vstrbt.8 q0, [%[t], q2]\n"                                            \
      "vpstt\n vldrbt.u8 q0, [%[c]]\n vstrbt.8 q0, [%[t], q3]\n"                                            \
      "add %[from], %[down]\n add %[to], %[line]\n subs %[lines], #1\n bne 1b\n"                            \
      : [to] "+r"(to), [from] "+r"(from), [lines] "+r"(lines), [t] "+r"(t), [a] "=&r"(a), [b] "=&r"(b),     \
        [c] "=&r"(c)                                                                                        \
      : [groups] "r"(groups), [pitch] "r"(pitch), [down] "r"(down), [line] "r"(line), "w"(q1), "w"(q2),     \
        "w"(q3)                                                                                             \
      : "lr", "q0", "q4", "q5", "cc", "memory")
#define ONE_ROW(size, step)                                                                                 \
  __asm volatile(                                                                                           \
      "vctp.8 %[t]\n wls lr, %[groups], 3f\n"                                                               \
      "2:\n vldrb.u8 q0, [%[from]], #" size "\n vstrb.8 q0, [%[to], q1]\n add %[to], #" step "\n le lr, 2b\n" \
      "3:\n vpstt\n vldrbt.u8 q0, [%[from]]\n vstrbt.8 q0, [%[to], q1]\n"                                   \
      : [to] "+r"(to), [from] "+r"(from)                                                                    \
      : [t] "r"(t), [groups] "r"(groups), "w"(q1)                                                           \
      : "lr", "q0", "memory")

/* The strips of a band. */
__attribute__((noinline)) static void scatter_rows(const ek_conv_2d_bands_mve_t *p, const int8_t *x, int8_t *strips,
                                                   int32_t top, int32_t rows, int first) {
  const int32_t channels = p->in_c, zero = p->rows.in_zero, line = p->pitch, pitch = p->in_pitch, groups = p->groups;
  const int32_t rest = p->inside - groups * (channels == 3 ? 15 : 16), down = p->stride_h * pitch;
  if (first && line > 3 * p->inside) {
    ek_fill_mve((uint8_t *)strips, zero, p->band * line);
  }
  register uint8x16_t q1 __asm("q1") = vldrbq_u8(p->offsets);
  register uint8x16_t q2 __asm("q2") = vaddq_n_u8(q1, (uint8_t)channels);
  register uint8x16_t q3 __asm("q3") = vaddq_n_u8(q2, (uint8_t)channels);
  strips += p->left;
  while (rows > 0) {
    const int8_t *from = x + top * pitch, *a, *b, *c;
    int8_t *to = strips;
    int32_t lines = p->in_h - 3 < top ? 0 : (p->in_h - 3 - top) / p->stride_h + 1, t = rest;
    if (top >= 0 && lines > 0) {
      lines = lines < rows ? lines : rows;
      rows -= lines;
      top += lines * p->stride_h;
      strips += lines * line;
      if (channels == 3) {
        THREE_ROWS("15", "45");
      } else {
        THREE_ROWS("16", "48");
      }
      continue;
    }
    ek_fill_mve((uint8_t *)strips - p->left, zero, line); /* some of the three rows are outside the image */
    for (int32_t row = 0; row < 3; ++row) {
      if (top + row >= 0 && top + row < p->in_h) {
        from = x + (top + row) * pitch;
        to = strips + row * channels;
        if (channels == 3) {
          ONE_ROW("15", "45");
        } else {
          ONE_ROW("16", "48");
        }
      }
    }
    --rows;
    top += p->stride_h;
    strips += line;
  }
}

#ifdef __cplusplus
}
#endif
#endif
