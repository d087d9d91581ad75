/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx of (x - in_zero) * w), as conv_2d.c, of one input channel and 3x3 taps, of
 * any size, with the DSP instructions.
 *
 * Blocking: 1 pixel x all channels. A line's windows are expanded from the right to the left, and each is pushed as a record:
 * where its weights are, five words of pairs of pixels, and the address of the code that takes it. One POP per pixel loads all
 * that and jumps there: pixels need no loop. The record on the bottom leads to the next line and holds its state.
 * Nothing is padded: a window with a column outside takes the six pixels inside, in three words, from words that its neighbour
 * has, and its own weights; and so do all windows of a line with a row outside. The zero point is folded into the biases. All
 * words are read inside the rows.
 * Registers: r0 y; of a pixel r1 stream, r2-r6 words, r7-r12 and lr what was loaded. Of a line r1 stream, r2-r9 words, r10
 * windows, r11 from row to row, r12 turns, lr the code. r2: the middle column of rows 0 and 1; r3, r4: the outer and the
 * middle ones of row 2; r5, r6: the outer ones of rows 0 and 1.
 * Budget: 21 instructions for two channels (18 MACs), 12 for an odd one, 8 for one at an edge, 1 for a pixel; to expand a window 8 with stride 1, 11
 * with stride 2; 33 for a line, 20 for a section, 55 for the call. Cycles by LDR 2, LDM 1 + n, branch 2: 44 for two
 * channels, 2.4 a MAC. */
#include "edgekit/conv_2d_threaded_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/nine_inputs_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_conv_2d_threaded_dsp_t, images) == 28, "the assembly's order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define TWICE(CODE) CODE CODE
#define EIGHT_TIMES(CODE) TWICE(TWICE(TWICE(CODE)))
/* 48 bytes; the stream has how far it is to the other channels. */
#define FIRST_CHANNEL                                                                                          \
  "  ldmia.w r1!, {r7, r8, r9, r10, r11, r12, lr}\n"                                                           \
  TAP("r7", "r2", "r8") TAP("r7", "r3", "r9") "  smlabb r7, r4, r10, r7\n" TAP("r7", "r5", "r11") TAP("r7", "r6", "r12") \
  "  ldmia.w r1!, {r8, r9, r10}\n" FINISH("r7", "lr", "r8", "r9")                                              \
  "  add pc, r10\n"                                                                                            \
  "  nop\n"
/* 32 bytes */
#define CHANNEL_OF_EDGE                                                                                        \
  "  ldmia.w r1!, {r7, r8, r9, r10, r11, r12, lr}\n"                                                           \
  TAP("r7", "r2", "r8") TAP("r7", "r5", "r9") TAP("r7", "r6", "r10") FINISH("r7", "r11", "r12", "lr")
#define LOAD                         \
  "  ldr r6, [r10, r11]\n"           \
  "  ldr r3, [r10, r11, lsl #1]\n"   \
  "  ldr r5, [r10], #-2\n"
/* Columns 0 and 2, then 1 and 3, of three rows. */
#define LOAD_TWO LOAD                \
  "  sxtb16 r8, r5, ror #8\n"        \
  "  sxtb16 r5, r5\n"                \
  "  sxtb16 r9, r6, ror #8\n"        \
  "  sxtb16 r6, r6\n"                \
  "  sxtb16 r4, r3, ror #8\n"        \
  "  sxtb16 r3, r3\n"
#define LOAD_ONE LOAD                \
  "  pkhbt r2, r5, r6, lsl #16\n"    \
  "  sxtb16 r2, r2, ror #8\n"        \
  "  sxtb16 r5, r5\n"                \
  "  sxtb16 r6, r6\n"                \
  "  sxtb16 r4, r3, ror #8\n"        \
  "  sxtb16 r3, r3\n"
#define PUSH "  push {r1, r2, r3, r4, r5, r6, lr}\n"
/* Of LOAD_TWO the window on the right, and that on the left. */
#define PUSH_SECOND                  \
  "  pkhtb r2, r6, r5, asr #16\n"    \
  "  asr r7, r3, #16\n"              \
  "  push.w {r1, r2, r4, r7, r8, r9, lr}\n"
#define PUSH_FIRST "  pkhbt r2, r8, r9, lsl #16\n" PUSH
#define NEXT_LINE                    \
  "  subs r3, #1\n"                  \
  "  beq.w 2b\n"                     \
  "  ldmia.w sp, {r7, r11, lr}\n"    \
  "  mov r10, r2\n"                  \
  "  add r2, r7\n" PUSH

/* On the stack: 0 step, 4 pitch, 8 the next line's code, 12 an edge's, 16 where a line goes on, 20 section, 24 x, 28 stream, 32
 * code, 36 in_size, 40 images. */
__attribute__((naked)) void ek_conv_2d_threaded_dsp(const ek_conv_2d_threaded_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r3, r5, r6, r7, r8, r10, r12, lr}\n"
      "  mov r0, r2\n"
      "  mov r9, r1\n"
      "  adr.w r4, 1f\n"
      "  ldr r5, [r4, r5]\n"
      "  ldr r7, [r4, r7]\n"
      "  add r11, r4, #(3f - 1f + 1)\n"
      "  add r5, r4\n"
      "  add r7, r4\n"
      "  add r6, r11\n"
      "  push.w {r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  mov r7, r8\n"
      "  b.w 4f\n"
      "  .p2align 2\n"
      "1:\n"
      "  .word 10f - 1b + 1, 11f - 1b + 1, 12f - 1b + 1, 13f - 1b + 1, 14f - 1b + 1, 15f - 1b + 1, 16f - 1b + 1, 17f - 1b + 1\n"
      "  .word 18f - 1b + 1, 19f - 1b + 1, 20f - 1b + 1, 21f - 1b + 1, 22f - 1b + 1\n"
      /* Pairs of channels up to 16, entered where out_c of them are left; at 676 bytes an odd one, at 724 those of edges. */
      "3:\n" EIGHT_TIMES(TWO_CHANNELS)
      "  pop {r1, r2, r3, r4, r5, r6, pc}\n"
      "  nop\n" FIRST_CHANNEL EIGHT_TIMES(TWICE(CHANNEL_OF_EDGE))
      "  pop {r1, r2, r3, r4, r5, r6, pc}\n"
      "2:\n" /* the next section */
      "  ldr r7, [sp, #20]\n"
      "4:\n"
      "  ldmia r7!, {r1, r2, r3, r4, r5, r6, r11}\n"
      "  cbz r3, 5f\n"
      "  ldrd r8, r9, [sp, #24]\n"
      "  str r7, [sp, #20]\n"
      "  ldr r7, [sp, #32]\n"
      "  str.w r11, [sp, #4]\n"
      "  ldr.w lr, [sp, #8]\n"
      "  add r2, r8\n"
      "  add r1, r9\n"
      "  add r4, r9\n"
      "  add r6, r7\n"
      "  bx lr\n"
      "5:\n" /* the next image */
      "  ldrd r9, r10, [sp, #36]\n"
      "  subs.w r10, r10, #1\n"
      "  beq 6f\n"
      "  ldr.w r8, [sp, #24]\n"
      "  add r7, r2\n"
      "  add r8, r9\n"
      "  str.w r8, [sp, #24]\n"
      "  str.w r10, [sp, #40]\n"
      "  b 4b\n"
      "6:\n"
      "  add sp, #44\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
      /* A line with padded columns; r1, r4 tables, r2 row, r3 lines, r5 turns, r6 code. */
      "10:\n" NEXT_LINE
      "  ldr.w lr, [sp, #40]\n" LOAD_TWO
      "  pkhtb r2, r8, r5, asr #16\n"
      "  pkhtb r7, r9, r6, asr #16\n"
      "  pkhtb r12, r4, r3, asr #16\n"
      "  push.w {r1, r2, r3, r4, r7, r12, lr}\n"
      "  ldr r1, [sp, #40]\n"
      "  ldrd r12, lr, [sp, #44]\n"
      "  ldr.w pc, [sp, #72]\n"
      /* One without. */
      "11:\n" NEXT_LINE
      "  mov r1, r4\n"
      "  mov r12, r5\n"
      "  mov lr, r6\n"
      "  ldr.w pc, [sp, #44]\n"
      /* Stride 1: two windows from one LOAD_TWO, or first one. */
      "17:\n" LOAD_TWO
      "15:\n" PUSH_SECOND
      "  adds.w r10, r10, #1\n"
      "  b 21f\n"
      "16:\n" LOAD_TWO
      "14:\n" PUSH_SECOND
      "  adds.w r10, r10, #1\n"
      "18:\n" LOAD_TWO
      "12:\n" PUSH_SECOND PUSH_FIRST
      "21:\n" LOAD_TWO
      "13:\n" PUSH_SECOND PUSH_FIRST
      "  adds.w r12, r12, #0x1000000\n"
      "  bcc.w 18b\n"
      "  beq 8f\n"
      "7:\n" /* the left edge: columns 0 and 1 */
      "  uxtah r1, r1, r12\n"
      "  add lr, lr, r12, lsr #14\n"
      "  pkhbt r6, r6, r2\n"
      "  pkhbt r2, r5, r2, lsl #16\n"
      "  pkhbt r5, r3, r4, lsl #16\n"
      "  bx lr\n"
      /* Stride 2. */
      "22:\n" PUSH_FIRST
      "  movs.w r12, r12\n"
      "  bne.w 9f\n"
      "8:\n"
      "  pop {r1, r2, r3, r4, r5, r6, pc}\n"
      "20:\n" PUSH_FIRST
      "  b.w 24f\n"
      "19:\n" PUSH_FIRST
      "23:\n" LOAD_ONE PUSH
      "24:\n" LOAD_ONE PUSH
      "  adds.w r12, r12, #0x1000000\n"
      "  bcc.w 23b\n"
      "  beq 8b\n"
      "9:\n"
      "  adds.w r10, r10, #1\n" LOAD_ONE
      "  b 7b\n");
}
#pragma GCC diagnostic pop

#else

/* Words of the window whose first row begins at x, as in r2 to r6; of one on the right edge and on the left one. */
static void window(const int8_t *x, int32_t pitch, uint32_t *word) {
  const int8_t *below = x + pitch, *last = x + 2 * pitch;
  word[0] = ek_pack_low((uint32_t)x[1], (uint32_t)below[1]);
  word[1] = ek_pack_low((uint32_t)last[0], (uint32_t)last[2]);
  word[2] = (uint32_t)last[1];
  word[3] = ek_pack_low((uint32_t)x[0], (uint32_t)x[2]);
  word[4] = ek_pack_low((uint32_t)below[0], (uint32_t)below[2]);
}

static void edge(const int8_t *x, int32_t pitch, uint32_t *word, int32_t second, int32_t third) {
  word[0] = ek_pack_low((uint32_t)x[0], (uint32_t)x[1]);
  word[second] = ek_pack_low((uint32_t)x[pitch], (uint32_t)x[pitch + 1]);
  word[third] = ek_pack_low((uint32_t)x[2 * pitch], (uint32_t)x[2 * pitch + 1]);
}

/* A pixel's channels from five words, or from the first and the last two. */
static int8_t *channels(const uint32_t *word, int32_t few, const int32_t *stream, int32_t out_c, int8_t *y) {
  for (int32_t c = 0; c < out_c; ++c) {
    const int32_t *w = stream + 1;
    int32_t sum = ek_smlad(word[0], (uint32_t)*w++, stream[0]);
    if (!few) {
      sum = ek_smlad(word[2], (uint32_t)w[1], ek_smlad(word[1], (uint32_t)w[0], sum));
      w += 2;
    }
    sum = ek_smlad(word[4], (uint32_t)w[1], ek_smlad(word[3], (uint32_t)w[0], sum));
    *y++ = ek_requantize(sum, w[2], w[3], w[4]);
    stream = w + 5 + (!few && c == 0 && out_c % 2 != 0);
  }
  return y;
}

void ek_conv_2d_threaded_dsp(const ek_conv_2d_threaded_dsp_t *p, const int8_t *x, int8_t *y) {
  for (int32_t n = 0; n < p->images; ++n, x += p->in_size) {
    for (const int32_t *s = p->sections; s[2] != 0; s += 7) {
      const int32_t few = s[5] == p->edge, pitch = s[6], left = s[4] & 0x3FFF;
      for (int32_t line = 0; line < s[2] - 1; ++line) {
        const int8_t *row = x + s[1] + 4 - p->in_w + line * p->step;
        for (int32_t ox = 0; ox < p->out_w; ++ox) {
          const int32_t at = ox * p->stride - (left != 0);
          uint32_t word[5] = {0};
          if (at < 0) {
            edge(row, pitch, word, 4, 3);
            y = channels(word, 1, p->stream + (s[3] + left) / 4, p->out_c, y);
          } else if (at > p->in_w - 3) {
            edge(row + p->in_w - 2, pitch, word, 3, 4);
            y = channels(word, 1, p->stream + s[0] / 4, p->out_c, y);
          } else {
            window(row + at, pitch, word);
            y = channels(word, few, p->stream + s[3] / 4, p->out_c, y);
          }
        }
      }
    }
  }
}

#endif
