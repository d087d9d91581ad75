/* Rows of an image and the zero points around them in scratch, as `conv_2d_bands_mve.h` and `conv_2d_few_mve.h` have them. */
#ifndef EDGEKIT_ROWS_MVE_H
#define EDGEKIT_ROWS_MVE_H

#include <arm_mve.h>
#include <stdint.h>

#include "edgekit/bytes_mve.h"

/* What all bands have in common. */
typedef struct {
  int32_t in_zero, pitch; /* pitch: bytes of a row in scratch */
  int32_t chunks, rest;   /* whole 64 bytes of a row at multiples of 4, bytes behind them */
  int32_t to_step;        /* from their end, in 16 bytes, to the next row in scratch */
  int32_t from_step;      /* and in the image */
} ek_rows_mve_t;

/* Of a band: bytes before its first row, where that is in scratch and in the image, rows, bytes to fill between two, where
 * those behind the last begin and how many they are, bytes of all rows that windows begin in. */
enum { EK_ROWS_HEAD, EK_ROWS_TO, EK_ROWS_FROM, EK_ROWS_COUNT, EK_ROWS_GAP, EK_ROWS_TAIL, EK_ROWS_TAIL_BYTES, EK_ROWS_SIZE,
       EK_ROWS };

/* A band of rows. */
static inline void ek_rows_mve(const ek_rows_mve_t *p, const int32_t *band, const int8_t *x, uint8_t *scratch) {
  uint8_t *to = scratch + band[EK_ROWS_TO];
  const int8_t *from = x + band[EK_ROWS_FROM];
  int32_t count = band[EK_ROWS_COUNT];
  if (band[EK_ROWS_HEAD] > 0) {
    ek_fill_mve(scratch, p->in_zero, band[EK_ROWS_HEAD]);
  }
  if (band[EK_ROWS_GAP] > 0) {
    uint8_t *gap = to + p->pitch - band[EK_ROWS_GAP];
    if (band[EK_ROWS_GAP] <= 16) { /* the next row overwrites what is too much */
      __asm volatile("vdup.8 q0, %1\n wls lr, %2, 2f\n 1: vstrb.8 q0, [%0]\n add %0, %3\n le lr, 1b\n 2:\n"
                     : "+r"(gap) : "r"(p->in_zero), "r"(count - 1), "r"(p->pitch) : "lr", "q0", "memory");
    } else if (band[EK_ROWS_GAP] <= 64 && p->chunks > 0) {
      __asm volatile("vdup.8 q0, %1\n vmov q1, q0\n vmov q2, q0\n vmov q3, q0\n wls lr, %2, 2f\n"
                     "1: vstmia %0, {d0-d7}\n add %0, %3\n le lr, 1b\n 2:\n"
                     : "+r"(gap) : "r"(p->in_zero), "r"(count - 1), "r"(p->pitch)
                     : "lr", "q0", "q1", "q2", "q3", "memory");
    } else {
      for (int32_t i = count; i > 1; --i, gap += p->pitch) {
        ek_fill_mve(gap, p->in_zero, band[EK_ROWS_GAP]);
      }
    }
  }
  if (band[EK_ROWS_TAIL_BYTES] > 0) {
    ek_fill_mve(scratch + band[EK_ROWS_TAIL], p->in_zero, band[EK_ROWS_TAIL_BYTES]);
  }
  if (p->chunks > 0) {
    __asm volatile(
        "1:\n dls lr, %[chunks]\n"
        "2: vldmia %[from]!, {d0-d7}\n vstmia %[to]!, {d0-d7}\n le lr, 2b\n"
        "wlstp.8 lr, %[rest], 4f\n"
        "3: vldrb.8 q0, [%[from]], #16\n vstrb.8 q0, [%[to]], #16\n letp lr, 3b\n"
        "4:\n add %[from], %[from_step]\n add %[to], %[to_step]\n subs %[count], #1\n bne 1b\n"
        : [to] "+r"(to), [from] "+r"(from), [count] "+r"(count)
        : [chunks] "r"(p->chunks), [rest] "r"(p->rest), [to_step] "r"(p->to_step), [from_step] "r"(p->from_step)
        : "lr", "q0", "q1", "q2", "q3", "cc", "memory");
  } else {
    __asm volatile(
        "1:\n dlstp.8 lr, %[rest]\n"
        "2: vldrb.8 q0, [%[from]], #16\n vstrb.8 q0, [%[to]], #16\n letp lr, 2b\n"
        "add %[from], %[from_step]\n add %[to], %[to_step]\n subs %[count], #1\n bne 1b\n"
        : [to] "+r"(to), [from] "+r"(from), [count] "+r"(count)
        : [rest] "r"(p->rest), [to_step] "r"(p->to_step), [from_step] "r"(p->from_step)
        : "lr", "q0", "cc", "memory");
  }
}

#endif
