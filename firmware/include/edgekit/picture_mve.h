/* A picture in scratch between rows of zero points, on Helium, as `conv_2d_trios_mve.h` and `conv_2d_tens_mve.h` have it, and
 * how 16 sums leave as outputs. */
#ifndef EDGEKIT_PICTURE_MVE_H
#define EDGEKIT_PICTURE_MVE_H

#include <stdint.h>

/* What both take; their headers say what `constants`, `ends` and `steps` have. `fill`: vectors of zero points before the picture,
 * as many behind it; `chunks`, `rest`: whole 64 bytes of a picture, at least one, and bytes behind them; `first`, `sums`: from
 * the picture in scratch to the first window, to the sums. */
typedef struct {
  int32_t in_zero, out_zero;
  const void *constants, *ends;
  const int32_t *steps;
  int32_t fill, chunks, rest, first, sums;
  int32_t between; /* columns between the first and the last one */
  int32_t batches, in_size, out_size;
} ek_picture_mve_t;

/* From parameters in r0, the picture in r1, scratch in r3: r12 the picture there, r8 `first`, r9 `sums`, r10 `between`, r0 20
 * bytes on. */
#define EK_PICTURE                                                                               \
  "ldr r4, [r0], #20\n ldm r0, {r5-r10}\n"                                                       \
  "vdup.8 q7, r4\n mov lr, r5\n 1: vstrb.8 q7, [r3], #16\n le lr, 1b\n mov r12, r3\n mov lr, r6\n" \
  "2: vldrb.8 q0, [r1], #16\n vldrb.8 q1, [r1], #16\n vldrb.8 q2, [r1], #16\n vldrb.8 q3, [r1], #16\n" \
  "vstmia r3!, {d0-d7}\n le lr, 2b\n add r11, r3, r7\n"                                          \
  "wlstp.8 lr, r7, 4f\n 3: vldrb.8 q0, [r1], #16\n vstrb.8 q0, [r3], #16\n letp lr, 3b\n"        \
  "4: mov lr, r5\n 5: vstrb.8 q7, [r11], #16\n le lr, 5b\n"

/* To halves of words, to bytes: the four vectors' first lanes come first. */
#define EK_NARROWED                                                                              \
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q2\n vqmovnb.s32 q1, q1\n vqmovnt.s32 q1, q3\n"          \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q1\n"

#endif
