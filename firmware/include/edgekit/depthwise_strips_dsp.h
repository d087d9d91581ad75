/* Strips of the input of depthwise_conv_2d_dsp.c: two lines of four channels, transposed to halfwords. */
#ifndef EDGEKIT_DEPTHWISE_STRIPS_DSP_H
#define EDGEKIT_DEPTHWISE_STRIPS_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/depthwise_conv_2d_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { GROUP = 4, STRIP_WORDS = 2 * GROUP };

/* Two lines of the input, of which a strip is made; where pairs of columns end, in bytes from the first. */
typedef struct {
  const int8_t *lines[2];
  ptrdiff_t steps[2];      /* 8: from column to column */
  int32_t full;            /* 16: the pairs with two columns inside */
  int32_t bytes;           /* 20: all */
  uint32_t zeros;          /* 24: what stands for a column outside */
  int32_t left;            /* 28: 1: the first pair begins with a column outside */
  int32_t half;            /* 32: before the pair whose second column is outside, or -1 */
  int32_t columns;
} input_t;

/* As the assembly below, of any number of channels, none of which is read past the last. */
static void transpose_narrow(uint32_t *to, const input_t *in, int32_t channels) {
  const uint32_t *const end = to + in->bytes / 4;
  for (int32_t column = -in->left; to != end; to += STRIP_WORDS, column += 2) {
    for (int32_t i = 0; i < 2 * channels; ++i) {
      const int8_t *line = in->lines[i % 2] + i / 2;
      uint32_t x[2];
      for (int32_t k = 0; k < 2; ++k) {
        const int inside = column + k >= 0 && column + k < in->columns;
        x[k] = inside ? (uint32_t)line[(column + k) * in->steps[i % 2]] : (uint32_t)(int8_t)(in->zeros & 0xFFU);
      }
      to[i] = ek_pack_low(x[0], x[1]);
    }
  }
}

#if EK_DSP_INSTRUCTIONS
_Static_assert(offsetof(input_t, full) == 16 && offsetof(input_t, half) == 32, "input_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
/* r0 strip, r1, r2 lines, r3, r12 steps, lr end of the pairs with two columns inside. */
__attribute__((naked, noinline)) static void transpose(uint32_t *to, const input_t *in) {
  __asm__ volatile(
      "  push {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldrd r4, r6, [r1, #24]\n"
      "  ldmia.w r1, {r1, r2, r3, r12, lr}\n"
      "  add lr, lr, r0\n"
      "  cbz r6, 4f\n"
      "  mov r5, r4\n"
      "  sub r1, r1, r3\n"
      "  sub r2, r2, r12\n"
      "  b 2f\n"
      "1:\n"
      "  ldr r4, [r1]\n"
      "  ldr r5, [r2]\n"
      "2:\n"
      "  ldr r6, [r1, r3]\n"
      "  ldr r7, [r2, r12]\n"
      "  add r1, r1, r3, lsl #1\n"
      "  add r2, r2, r12, lsl #1\n"
      "3:\n"
      "  pkhtb r10, r6, r4, asr #16\n" /* channels 2 and 3 of both columns */
      "  pkhbt r4, r4, r6, lsl #16\n"  /* channels 0 and 1 */
      "  pkhtb r11, r7, r5, asr #16\n"
      "  pkhbt r5, r5, r7, lsl #16\n"
      "  sxtb16 r6, r4, ror #8\n"
      "  sxtb16 r7, r5, ror #8\n"
      "  sxtb16 r4, r4\n"
      "  sxtb16 r5, r5\n"
      "  sxtb16 r8, r10\n"
      "  sxtb16 r9, r11\n"
      "  sxtb16 r10, r10, ror #8\n"
      "  sxtb16 r11, r11, ror #8\n"
      "  stmia r0!, {r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "4:\n"
      "  cmp r0, lr\n"
      "  bne 1b\n"
      "  ldrd r10, r8, [sp]\n" /* pairs with a column outside, one by one */
      "  sub r10, r0, r10\n"
      "  ldrd r9, r6, [r8, #20]\n"
      "  cmp r10, r9\n"
      "  beq 5f\n"
      "  ldr r9, [r8, #32]\n"
      "  mov r7, r6\n"
      "  add lr, r0, #32\n"
      "  cmp r10, r9\n"
      "  ittee eq\n"
      "  ldreq r4, [r1]\n"
      "  ldreq r5, [r2]\n"
      "  movne r4, r6\n"
      "  movne r5, r6\n"
      "  b 3b\n"
      "5:\n"
      "  pop {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop
#else
static void transpose(uint32_t *to, const input_t *in) { transpose_narrow(to, in, GROUP); }
#endif

/* A strip of `line` and the next of the image, whose channels from `c` on are at x; a line outside is one zero point for
 * all its columns. Fewer than four channels are read with what follows them in the tensor or, near its end, with what comes
 * before; result: where the first of them is. */
static const uint32_t *fill(const ek_depthwise_conv_2d_dsp_t *p, input_t *in, const int8_t *x, uint32_t *to, int32_t line,
                            int32_t c, int32_t channels) {
  const int32_t others = GROUP - channels, first = line > 0 ? line : 0, below = p->lines - 2 - line;
  const int after = others == 0 || below < -1 || below * p->line_step >= others;
  const int before = !after && first * p->line_step + c >= others;
  const int32_t lane = before ? others : 0;
  for (int32_t i = 0; i < 2; ++i) {
    in->lines[i] = (const int8_t *)&in->zeros;
    in->steps[i] = 0;
    if ((uint32_t)(line + i) < (uint32_t)p->lines) {
      in->lines[i] = x + (line + i) * p->line_step - lane;
      in->steps[i] = p->column_step;
    }
  }
  if (after || before) {
    transpose(to, in);
  } else {
    transpose_narrow(to, in, channels);
  }
  return to + 2 * lane;
}

#ifdef __cplusplus
}
#endif
#endif
