/* What depthwise convolutions by streams share: one image of int8, NHWC, with the DSP instructions.
 *
 * Blocking: one pixel, up to four outputs at a time, two taps at a time. All windows with the same taps inside the input share
 * a stream, which has what one pixel needs in the order of use: of each group of outputs the starts of the sums, of each two
 * taps their places and weights, at last multipliers and dividers; and between them how far the code that comes next is, so
 * that there are no counters. A run is neighbouring windows of a line with the same stream. The input's zero point is folded
 * into the starts. Weights are halfwords, twice as large: SMMULR wants twice the sum.
 * Groups: four channels; two; one; two channels with two outputs each; one with two or four. Three channels are read as four,
 * with the one before them or, where that is outside the input, after them; its weights are 0. Of a single channel with one
 * output two neighbouring windows are a group, four columns a word.
 * Registers: r0 stream, r1 the window's first tap, r2 and r3 two taps, r4-r7 their weights, r8-r11 sums, r12 other channels,
 * then the output's zero point, lr y.
 * Budget: 13 instructions for two taps of four channels, 8 of two, 9 for four taps of one; 10 and 8 for two taps and four
 * outputs of two channels and one, 6 for two outputs; 11 for a row of two windows of one channel; 18 for the requantization of
 * four, 4 for an output and 1 of others, 4 for each group, 5 for a pixel, 10 for a run. 3x3 taps of four channels: 2.3 a MAC.
 * Cycles by LDR 2, LDM 1 + n, branch 2: 20 for two taps of four channels. */
#ifndef EDGEKIT_DEPTHWISE_STREAM_DSP_H
#define EDGEKIT_DEPTHWISE_STREAM_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/assembly_dsp.h"
#include "edgekit/depthwise_conv_2d_stream_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_depthwise_conv_2d_stream_dsp_t, streams) == 8, "three words in the assembly's order");

#define THRICE(CODE) CODE CODE CODE
/* Two taps as halfwords of four channels, of two, of one. */
#define PLACES(LOAD) "  " LOAD " r2, [r2, r1]\n  " LOAD " r3, [r3, r1]\n"
#define JOIN "  pkhbt r2, r2, r3, lsl #16\n"
#define APART "  sxtb16 r3, r2, ror #8\n  sxtb16 r2, r2\n"
#define PAIR4                                                                             \
  "  ldmia r0!, {r2, r3, r4, r5, r6, r7}\n" PLACES("ldr")                                 \
  "  pkhtb r12, r3, r2, asr #16\n" JOIN APART TAP("r8", "r2", "r4") TAP("r9", "r3", "r5") \
  "  sxtb16 r2, r12\n"                                                                    \
  "  sxtb16 r3, r12, ror #8\n" TAP("r10", "r2", "r6") TAP("r11", "r3", "r7")
#define PAIR2 "  ldmia r0!, {r2, r3, r4, r5}\n" PLACES("ldrh") JOIN APART TAP("r8", "r2", "r4") TAP("r9", "r3", "r5")
#define WORD2 "  ldmia r0!, {r2, r4, r5}\n  ldr r2, [r2, r1]\n" APART TAP("r8", "r2", "r4") TAP("r9", "r3", "r5")
#define FOUR1                                                        \
  "  ldmia r0!, {r2, r3, r4, r5, r6, r7}\n" PLACES("ldrsb")          \
  "  ldrsb r4, [r4, r1]\n"                                           \
  "  ldrsb r5, [r5, r1]\n" JOIN                                      \
  "  pkhbt r4, r4, r5, lsl #16\n" TAP("r8", "r2", "r6") TAP("r8", "r4", "r7")
#define PAIR2X2                                                                                                      \
  "  ldmia r0!, {r2, r3, r4, r5, r6, r7}\n" PLACES("ldrh") JOIN APART TAP("r8", "r2", "r4") TAP("r9", "r2", "r5") \
  TAP("r10", "r3", "r6") TAP("r11", "r3", "r7")
#define PAIR1X4                                                                                                      \
  "  ldmia r0!, {r2, r3, r4, r5, r6, r7}\n" PLACES("ldrsb") JOIN TAP("r8", "r2", "r4") TAP("r9", "r2", "r5")      \
  TAP("r10", "r2", "r6") TAP("r11", "r2", "r7")
#define PAIR1X2 "  ldmia r0!, {r2, r3, r4, r5}\n" PLACES("ldrsb") JOIN TAP("r8", "r2", "r4") TAP("r9", "r2", "r5")

#define WORD1(SUM, X, EVEN, ODD)                                          \
  "  sxtb16 r12, " X "\n" TAP(SUM, "r12", EVEN)                          \
  "  sxtb16 " X ", " X ", ror #8\n" TAP(SUM, X, ODD)
/* Four columns of one channel for each of two windows. */
#define WORDS1 "  ldmia r0!, {r2, r3, r4, r5, r6, r7}\n" PLACES("ldr") WORD1("r8", "r2", "r4", "r5") WORD1("r9", "r3", "r6", "r7")

#define FINISH(SUM, MULTIPLIER, DIVIDER) REQUANTIZE(SUM, MULTIPLIER, DIVIDER, "r12") "  strb " SUM ", [lr], #1\n"
#define THREE(A, B, C) \
  "  ldmia.w r0!, {r2, r3, r4, r5, r6, r7, r12}\n" FINISH(A, "r2", "r3") FINISH(B, "r4", "r5") FINISH(C, "r6", "r7")
/* To the code that the stream names; a group begins with its sums. */
#define GO "  ldmia r0!, {r2}\n  add pc, r2\n  nop\n"
#define GROUP "  ldmia.w r0!, {r2, r8, r9, r10, r11}\n  add pc, r2\n  nop\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 step, 12 end of the run's y, 16 runs, 20 streams. A jump counts from the end of the code that
 * makes it: `sizes` below has the blocks from 3 on. */
__attribute__((naked, noinline)) static void ek_stream_image(const ek_depthwise_conv_2d_stream_dsp_t *p, const int8_t *x,
                                                             int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  sub sp, #24\n"
      "  mov lr, r2\n"
      "  ldmia r0, {r2, r3, r4}\n"
      "  str r2, [sp, #8]\n"
      "  strd r3, r4, [sp, #16]\n"
      "  b 2f\n"
      "  .balign 4\n"
      "1:\n" /* a pixel is done */
      "  ldmia.w sp, {r0, r1, r2, r3}\n"
      "  add r1, r2\n"
      "  cmp lr, r3\n"
      "  str r1, [sp, #4]\n"
      "  bne.n 3f\n"
      "2:\n" /* the next run */
      "  ldrd r4, r5, [sp, #16]\n"
      "  ldmia r4!, {r0, r2, r3}\n"
      "  str r4, [sp, #16]\n"
      "  add r0, r5\n"
      "  add r1, r2\n"
      "  add r3, lr\n"
      "  strd r0, r1, [sp]\n"
      "  str r3, [sp, #12]\n"
      "3:\n" GROUP                                               /**/
      PAIR4 THRICE(PAIR4) GO                                     /**/
      "  ldmia r0!, {r2, r4, r5, r6}\n" /* a last tap */         /**/
      "  ldr r2, [r2, r1]\n" APART                               /**/
      "  smlabb r8, r2, r4, r8\n"
      "  smlatt r10, r2, r4, r10\n"
      "  smlabb r9, r3, r5, r9\n"
      "  smlatt r11, r3, r5, r11\n"
      "  add pc, r6\n"
      "  nop\n" THREE("r8", "r9", "r10")
      "  ldrd r2, r3, [r0], #8\n" FINISH("r11", "r2", "r3") GROUP /**/
      THREE("r8", "r9", "r10") GROUP                             /**/
      THREE("r9", "r10", "r11") GROUP
      "  ldmia.w r0!, {r2, r3, r4, r5, r12}\n" FINISH("r8", "r2", "r3") FINISH("r9", "r4", "r5") GROUP
      "  ldmia.w r0!, {r2, r3, r12}\n" FINISH("r8", "r2", "r3") GROUP
      THRICE(PAIR2) GO THRICE(WORD2) GO FOUR1 FOUR1 GO           /**/
      THRICE(PAIR2X2) GO THRICE(PAIR1X4) GO THRICE(PAIR1X2) GO THRICE(WORDS1) GO
      "  add sp, #24\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

enum {
  PAIR4, GO4, LAST4, FINISH4, FIRST3, LAST3, FINISH2, FINISH1, PAIR2, GO2, WORD2, GO_WORD, FOUR1, GO1, PAIR2X2, GO2X2,
  PAIR1X4, GO1X4, PAIR1X2, GO1X2, WORDS1, GO_WORDS, END
};

/* Bytes and number of each piece of code above; a pixel's end is PIXEL bytes before the first. */
static const struct {
  int32_t bytes, count;
} sizes[] = {{46, 4}, {6, 1}, {32, 1}, {80, 1}, {60, 1}, {60, 1}, {44, 1}, {28, 1}, {26, 3}, {6, 1},
             {20, 3}, {6, 1}, {26, 2}, {6, 1}, {34, 3}, {6, 1}, {26, 3}, {6, 1}, {18, 3}, {6, 1}, {38, 3}, {6, 1}};
enum { PIXEL = -40 };

static void tap4(uint32_t *to, const int8_t *x) {
  for (int32_t i = 0; i < 4; ++i) {
    to[i] = (uint32_t)x[i];
  }
}

static uint32_t pair_of(const int8_t *x, int32_t first, int32_t second) {
  return ek_pack_low((uint32_t)x[first], (uint32_t)x[second]);
}

/* Adds to `sums` what the words of a block say; `window` is where it begins. Returns where its words end. */
static const int32_t *taps_of(int32_t block, const int32_t *w, const int8_t *x, int32_t window, int32_t *sums) {
  uint32_t a[4] = {0, 0, 0, 0}, b[4] = {0, 0, 0, 0};
  switch (block) {
    case PAIR4:
      tap4(a, x + (window + w[0]));
      tap4(b, x + (window + w[1]));
      for (int32_t i = 0; i < 4; ++i) {
        sums[i] = ek_smlad(ek_pack_low(a[i], b[i]), (uint32_t)w[2 + i], sums[i]);
      }
      return w + 6;
    case LAST4:
      tap4(a, x + (window + w[0]));
      for (int32_t i = 0; i < 4; ++i) {
        const uint32_t pair = (uint32_t)w[1 + i % 2];
        sums[i] += (int32_t)a[i] * (i < 2 ? ek_low_half(pair) : ek_high_half(pair));
      }
      return w + 3;
    case FOUR1:
      sums[0] = ek_smlad(pair_of(x, window + w[0], window + w[1]), (uint32_t)w[4], sums[0]);
      sums[0] = ek_smlad(pair_of(x, window + w[2], window + w[3]), (uint32_t)w[5], sums[0]);
      return w + 6;
    case PAIR1X4:
    case PAIR1X2: {
      const int32_t outputs = block == PAIR1X4 ? 4 : 2;
      for (int32_t i = 0; i < outputs; ++i) {
        sums[i] = ek_smlad(pair_of(x, window + w[0], window + w[1]), (uint32_t)w[2 + i], sums[i]);
      }
      return w + 2 + outputs;
    }
    case WORDS1:
      for (int32_t i = 0; i < 2; ++i) {
        const uint32_t four = ek_load4(x + (window + w[i]));
        sums[i] = ek_smlad(ek_sxtb16(four), (uint32_t)w[2 + 2 * i], sums[i]);
        sums[i] = ek_smlad(ek_sxtb16_odd(four), (uint32_t)w[3 + 2 * i], sums[i]);
      }
      return w + 6;
    default: { /* two channels */
      const int32_t first = window + *w++, second = block == WORD2 ? first + 2 : window + *w++, each = block == PAIR2X2 ? 2 : 1;
      for (int32_t i = 0; i < 2 * each; ++i) {
        const int32_t c = i / each;
        sums[i] = ek_smlad(pair_of(x, first + c, second + c), (uint32_t)*w++, sums[i]);
      }
      return w;
    }
  }
}

/* As the assembly, block by block. */
static int8_t *pixel_of(const int32_t *at, const int8_t *x, int32_t window, int8_t *y) {
  int32_t place = at[0], sums[4];
  memcpy(sums, at + 1, sizeof sums);
  at += 5;
  while (place != PIXEL) {
    int32_t block = 0, end = 0, start = 0;
    for (;; ++block, start = end) {
      end = start + sizes[block].bytes * sizes[block].count;
      if (place < end) {
        break;
      }
    }
    if (block >= FINISH4 && block <= FINISH1) {
      const int32_t first = block == LAST3, outputs = block == FINISH4 ? 4 : (block <= LAST3 ? 3 : (block == FINISH2 ? 2 : 1));
      const int32_t zero = at[outputs > 2 ? 6 : 2 * outputs];
      for (int32_t i = 0; i < outputs; ++i) {
        const int32_t *constants = at + 2 * i + (i == 3);
        *y++ = ek_requantize(sums[first + i], constants[0], constants[1], zero);
      }
      at += 2 * outputs + 1;
      place = end + *at++;
      memcpy(sums, at, sizeof sums);
      at += 4;
    } else if (sizes[block].bytes == 6) {
      place = end + *at++;
    } else {
      at = taps_of(block, at, x, window, sums);
      place = block == LAST4 ? end + *at++ : place + sizes[block].bytes;
    }
  }
  return y;
}

static void ek_stream_image(const ek_depthwise_conv_2d_stream_dsp_t *p, const int8_t *x, int8_t *y) {
  int32_t end = 0, at = 0;
  for (int32_t block = 0; block < END; ++block) {
    end += sizes[block].bytes * sizes[block].count;
  }
  for (const int32_t *run = p->runs;; run += 3) {
    const int32_t *const stream = p->streams + run[0] / 4;
    if (*stream == end) {
      return;
    }
    at += run[1];
    for (const int8_t *const last = y + run[2]; y != last; at += p->step) {
      y = pixel_of(stream, x, at, y);
    }
  }
}

#endif

#endif
