/* Windows that share columns, as strips in scratch: of an output row all columns of its windows one after another, kernel_h *
 * in_c bytes each, so that a window is kernel_w columns. What a strip needs of a convolution, and what copies and fills it. */
#ifndef EDGEKIT_STRIPS_MVE_H
#define EDGEKIT_STRIPS_MVE_H

#include <arm_mve.h>
#include <stdint.h>

#include "edgekit/bytes_mve.h"

typedef struct {
  int32_t in_h, in_w, in_c, kernel_h, stride_h, dilation_h, pad_top, pad_left, in_zero;
  int32_t columns;     /* of a strip, those outside the image with them */
  int32_t spreads;     /* 1: `offsets` say where the 16 bytes from a column's first one on go */
  uint8_t offsets[16];
} ek_strips_mve_t;

/* The whole vectors of a row beside the last one, which is predicated. */
#define EK_WHOLE1 "vldrb.8 q1, [%[a]]\n vstrb.8 q1, [%[b]]\n"
#define EK_WHOLE2 EK_WHOLE1 "vldrb.8 q1, [%[a], #16]\n vstrb.8 q1, [%[b], #16]\n"
#define EK_WHOLE3 EK_WHOLE2 "vldrb.8 q1, [%[a], #32]\n vstrb.8 q1, [%[b], #32]\n"
#define EK_COPY_ROWS(whole, at)                                                                                 \
  __asm volatile(                                                                                               \
      "vctp.8 %[rest]\n"                                                                                        \
      "1:\n mov %[a], %[from]\n mov %[b], %[to]\n dls lr, %[rows]\n"                                            \
      "2:\n" whole "vpstt\n vldrbt.u8 q0, [%[a], #" #at "]\n vstrbt.8 q0, [%[b], #" #at "]\n"                   \
      "add %[a], %[pitch]\n add %[b], %[segment]\n le lr, 2b\n"                                                 \
      "add %[from], %[step]\n add %[to], %[size]\n subs %[windows], #1\n bne 1b\n"                              \
      : [to] "+r"(to), [from] "+r"(from), [windows] "+r"(windows), [a] "=&r"(a), [b] "=&r"(b)                   \
      : [rest] "r"(count - (at)), [rows] "r"(rows), [pitch] "r"(pitch), [segment] "r"(segment), [step] "r"(step), \
        [size] "r"(size)                                                                                        \
      : "lr", "q0", "q1", "cc", "memory")

/* `windows` > 0 times `rows` > 0 times `count` > 0 bytes; windows lie `step` bytes apart, `size` when copied. */
__attribute__((unused)) static void ek_copy_rows(int8_t *to, const int8_t *from, int32_t rows, int32_t count, int32_t pitch,
                                                 int32_t segment, int32_t windows, int32_t step, int32_t size) {
  const int8_t *a;
  int8_t *b;
  if (count <= 16) {
    EK_COPY_ROWS("", 0);
  } else if (count <= 32) {
    EK_COPY_ROWS(EK_WHOLE1, 16);
  } else if (count <= 48) {
    EK_COPY_ROWS(EK_WHOLE2, 32);
  } else if (count <= 64) {
    EK_COPY_ROWS(EK_WHOLE3, 48);
  } else {
    for (; windows > 0; --windows, from += step, to += size) {
      for (int32_t r = 0; r < rows; ++r) {
        ek_copy_mve(to + r * segment, from + r * pitch, count);
      }
    }
  }
}

/* How many taps, `step` apart from `at` on, lie before 0, at most `taps`; and before `end`. */
static inline int32_t ek_taps_before(int32_t end, int32_t at, int32_t step, int32_t taps) {
  const int32_t count = at < end ? (end - at + step - 1) / step : 0;
  return count < taps ? count : taps;
}

/* Where the 16 bytes from a column's first one on go in strips: `to` and these offsets. */
static inline int ek_spread(ek_strips_mve_t *p) {
  const int32_t c = p->in_c, column = p->kernel_h * c;
  if (c > 8 || 15 / c * column + 15 % c > UINT8_MAX) {
    return 0;
  }
  for (int32_t at = 0, i = 0; i < 16; at += column - c) {
    for (int32_t k = 0; k < c && i < 16; ++k, ++i) {
      p->offsets[i] = (uint8_t)at++;
    }
  }
  return 1;
}

/* `rows` > 0 times `count` > 0 pixels, 16 bytes' whole pixels at a time, what is left of the 16 bytes with them. */
__attribute__((noinline, unused)) static void ek_scatter(const ek_strips_mve_t *p, int8_t *to, const int8_t *from, int32_t rows,
                                                          int32_t count) {
  const int32_t c = p->in_c, pixels = 16 / c, size = pixels * c, bytes = count * c;
  const int32_t groups = bytes < 16 ? 0 : (bytes - 16) / size + 1;
  register uint8x16_t q1 __asm("q1") = vldrbq_u8(p->offsets);
  const int8_t *a;
  int8_t *b;
  __asm volatile(
      "vctp.8 %[rest]\n"
      "1:\n mov %[a], %[from]\n mov %[b], %[to]\n wls lr, %[groups], 3f\n"
      "2:\n vldrb.u8 q0, [%[a]]\n add %[a], %[size]\n vstrb.8 q0, [%[b], q1]\n add %[b], %[step]\n le lr, 2b\n"
      "3:\n vpstt\n vldrbt.u8 q0, [%[a]]\n vstrbt.8 q0, [%[b], q1]\n"
      "add %[from], %[pitch]\n add %[to], %[c]\n subs %[rows], #1\n bne 1b\n"
      : [to] "+r"(to), [from] "+r"(from), [rows] "+r"(rows), [a] "=&r"(a), [b] "=&r"(b)
      : [rest] "r"(bytes - groups * size), [groups] "r"(groups), [size] "r"(size), "w"(q1),
        [step] "r"(pixels * p->kernel_h * c), [pitch] "r"(p->in_w * c * p->dilation_h), [c] "r"(c)
      : "lr", "q0", "cc", "memory");
}

/* `columns` > 0 of three rows of whole vectors, 1 or 2 a pixel: loads and stores alone, so that it takes 4 cycles a vector. */
#define EK_THREE(vectors)                                                                                       \
  __asm volatile("dls lr, %[columns]\n 1:\n" vectors("%[a]") vectors("%[b]") vectors("%[c]") "le lr, 1b\n"      \
                 : [to] "+r"(to), [a] "+r"(from), [b] "+r"(b), [c] "+r"(c)                                      \
                 : [columns] "r"(columns)                                                                       \
                 : "lr", "q0", "memory")
#define EK_THREE_1(row) "vldrb.8 q0, [" row "], #16\n vstrb.8 q0, [%[to]], #16\n"
#define EK_THREE_2(row) EK_THREE_1(row) EK_THREE_1(row)
__attribute__((unused)) static void ek_copy_three(int8_t *to, const int8_t *from, int32_t pitch, int32_t columns,
                                                  int32_t vectors) {
  const int8_t *b = from + pitch, *c = b + pitch;
  if (vectors == 1) {
    EK_THREE(EK_THREE_1);
  } else {
    EK_THREE(EK_THREE_2);
  }
}

/* Of the parameters of a convolution, which have these names. */
#define EK_STRIPS_OF(p)                                                                                         \
  {                                                                                                             \
    .in_h = (p)->in_h, .in_w = (p)->in_w, .in_c = (p)->in_c, .kernel_h = (p)->kernel_h, .stride_h = (p)->stride_h, \
    .dilation_h = (p)->dilation_h, .pad_top = (p)->pad_top, .pad_left = (p)->pad_left, .in_zero = (p)->in_zero, \
    .columns = ((p)->out_w - 1) * (p)->stride_w + (p)->kernel_w                                                 \
  }

/* The strip of output row `oy`. Columns outside the image keep what the memory's first strip left there: `first_one` says
 * that this is it. */
__attribute__((unused)) static void ek_strip(const ek_strips_mve_t *p, const int8_t *image, int32_t oy, int8_t *strip,
                                             int first_one) {
  const int32_t c = p->in_c, column = p->kernel_h * c, pitch = p->in_w * c;
  const int32_t inside = p->columns - p->pad_left < p->in_w ? p->columns - p->pad_left : p->in_w;
  const int32_t top = oy * p->stride_h - p->pad_top;
  const int32_t first = ek_taps_before(0, top, p->dilation_h, p->kernel_h);
  const int32_t last = ek_taps_before(p->in_h, top, p->dilation_h, p->kernel_h);
  const int8_t *row = image + (top + first * p->dilation_h) * pitch;
  int8_t *to = strip + p->pad_left * column + first * c;
  if (first_one || first > 0 || last < p->kernel_h) {
    ek_fill_mve(strip, p->in_zero, p->columns * column);
  }
  if (last > first && p->spreads) {
    ek_scatter(p, to, row, last - first, inside);
  } else if (last - first == 3 && p->kernel_h == 3 && (c == 16 || c == 32)) {
    ek_copy_three(to, row, pitch * p->dilation_h, inside, c / 16);
  } else if (last > first) {
    ek_copy_rows(to, row, inside, c, c, column, last - first, pitch * p->dilation_h, c);
  }
}

#endif
