/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as fully_connected.c, for few outputs, with
 * the DSP instructions; pixels of 1x1 convolutions are samples too.
 *
 * Blocking: 1 sample x 2 channels x 4 inputs. With few outputs it does not pay to expand the sample first: its words are
 * expanded for every pair. Weights are halfwords, twice as large: SMMULR wants twice the sum. The zero point is folded into
 * the bias. The last four inputs come first, read where they lie; those that another word has too meet weights of 0 there.
 * An odd last channel is computed alone, 8 inputs at a time; what its words have twice meets weights of 0 likewise.
 * Registers: r0 x, r1 stream, r2 and r3 four inputs, r4 bytes of code to skip, r5-r8 weights, then constants, r9 and r10 the
 * sums, r11 end of x, r12 y, lr zero point. Of a single channel: r2-r5 eight inputs, r6-r9 weights, r10 the sum.
 * Budget: 8 instructions for 4 inputs (8 MACs: 1 each), 2 for every 32 inputs, 15 for both outputs; 11 for 8 inputs of a
 * single channel (1.38), 2 for every 32, 13 for its output; 12 for a sample. Cycles by LDR 2, LDM 1 + n, branch 2: 13 for 4
 * inputs, 1.6 a MAC. */
#include "edgekit/fully_connected_few_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

/* In the order in which the assembly has it on its stack; the last four are not there. */
typedef struct {
  const int8_t *x, *last;            /* the first sample, its last four or eight inputs */
  const int32_t *stream, *stream_end; /* 8; 12 */
  int32_t step, gap, samples;        /* 16; 20: from the last output of a sample to the first of the next; 24 */
  int32_t skip;                      /* 28: bytes of code */
  const int8_t *end;                 /* of the loop over the first sample */
  int8_t *y;
  int32_t zero;
} samples_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(samples_t, stream) == 8 && offsetof(samples_t, skip) == 28, "samples_t");

#define MULTIPLY4                        \
  "  sxtb16 r2, r3\n"                   \
  "  sxtb16 r3, r3, ror #8\n"           \
  "  smlad r9, r2, r5, r9\n"            \
  "  smlad r10, r2, r7, r10\n"          \
  "  smlad r9, r3, r6, r9\n"            \
  "  smlad r10, r3, r8, r10\n"
#define INPUTS4                        \
  "  ldr.w r3, [r0], #4\n"             \
  "  ldmia.w r1!, {r5, r6, r7, r8}\n" MULTIPLY4
#define MULTIPLY8                        \
  "  sxtb16 r2, r3\n"                   \
  "  sxtb16 r3, r3, ror #8\n"           \
  "  sxtb16 r4, r5\n"                   \
  "  sxtb16 r5, r5, ror #8\n"           \
  "  smlad r10, r2, r6, r10\n"          \
  "  smlad r10, r3, r7, r10\n"          \
  "  smlad r10, r4, r8, r10\n"          \
  "  smlad r10, r5, r9, r10\n"
#define INPUTS8                        \
  "  ldr.w r3, [r0], #4\n"             \
  "  ldr.w r5, [r0], #4\n"             \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n" MULTIPLY8

#define ENTER                                                   \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"             \
  "  sub sp, sp, #28\n"                                         \
  "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7}\n"               \
  "  stmia.w sp, {r1, r2, r3, r4, r5, r6, r7}\n"                \
  "  ldmia.w r0, {r4, r11, r12, lr}\n"
#define NEXT_SAMPLE                                \
  "  ldrd r0, r3, [sp]\n"                          \
  "  ldrd r5, r6, [sp, #16]\n"                     \
  "  ldr r7, [sp, #24]\n"                          \
  "  add r0, r0, r5\n"                             \
  "  add r3, r3, r5\n"                             \
  "  add r11, r11, r5\n"                           \
  "  add r12, r12, r6\n"                           \
  "  subs r7, r7, #1\n"                            \
  "  strd r0, r3, [sp]\n"                          \
  "  str r7, [sp, #24]\n"                          \
  "  bne.w 1b\n"                                   \
  "  add sp, sp, #28\n"                            \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */

/* After the last inputs, the loop of 32 inputs, 32 bytes of code for each four, is entered where the rest is done, or left. */
__attribute__((naked, noinline)) static void pairs_of(const samples_t *samples) {
  __asm__ volatile(
      ENTER
      "1:\n"
      "  ldr r1, [sp, #8]\n"
      "2:\n"
      "  ldrd r0, r3, [sp]\n"
      "  ldmia.w r1!, {r5, r6, r7, r8, r9, r10}\n"
      "  ldr r3, [r3]\n" MULTIPLY4
      "  add pc, r4\n"
      "  nop\n"
      "3:\n" INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4
      "  cmp.w r0, r11\n"
      "  bne.w 3b\n"
      "  ldmia.w r1!, {r5, r6, r7, r8}\n"
      "  smmulr r9, r9, r5\n"
      "  smmulr r10, r10, r7\n"
      "  ldr r5, [sp, #12]\n"
      "  smmlar r9, r9, r6, lr\n"
      "  smmlar r10, r10, r8, lr\n"
      "  ssat r9, #8, r9\n"
      "  ssat r10, #8, r10\n"
      "  strb r9, [r12], #1\n"
      "  strb r10, [r12], #1\n"
      "  cmp r1, r5\n"
      "  bne.w 2b\n" NEXT_SAMPLE);
}

/* The same of one channel and 44 bytes of code for each eight inputs; the skip is read from the struct's copy in r4 and kept on
 * the stack where the end of the stream was. */
__attribute__((naked, noinline)) static void single_of(const samples_t *samples) {
  __asm__ volatile(
      ENTER
      "  str r4, [sp, #12]\n"
      "1:\n"
      "  ldr r1, [sp, #8]\n"
      "  ldrd r0, r4, [sp]\n"
      "  ldmia.w r1!, {r6, r7, r8, r9, r10}\n"
      "  ldr r3, [r4]\n"
      "  ldr r5, [r4, #4]\n" MULTIPLY8
      "  ldr r2, [sp, #12]\n"
      "  add pc, r2\n"
      "  nop\n"
      "3:\n" INPUTS8 INPUTS8 INPUTS8 INPUTS8
      "  cmp.w r0, r11\n"
      "  bne.w 3b\n"
      "  ldmia.w r1!, {r5, r6}\n"
      "  smmulr r10, r10, r5\n"
      "  smmlar r10, r10, r6, lr\n"
      "  ssat r10, #8, r10\n"
      "  strb r10, [r12], #1\n" NEXT_SAMPLE);
}
#pragma GCC diagnostic pop

#else

/* `channels` at a time, `words` of four inputs of each in turn. */
static void samples_of(const samples_t *p, int32_t channels, int32_t words) {
  const int8_t *x = p->x, *last = p->last;
  int8_t *y = p->y;
  for (int32_t n = 0; n < p->samples; ++n, x += p->step, last += p->step, y += p->gap) {
    for (const int32_t *stream = p->stream; stream != p->stream_end; y += channels) {
      const int32_t each = 2 * channels * words;
      int32_t sums[2];
      memcpy(sums, stream + each, (size_t)channels * 4);
      for (int32_t at = -4 * words; at < (int32_t)(p->end - p->x); at += 4 * words) {
        for (int32_t i = 0; i < words; ++i) {
          const uint32_t word = ek_load4((at < 0 ? last : x + at) + 4 * i);
          for (int32_t c = 0; c < channels; ++c) {
            const int32_t *w = stream + 2 * (i * channels + c);
            sums[c] = ek_smlad(ek_sxtb16(word), (uint32_t)w[0], sums[c]);
            sums[c] = ek_smlad(ek_sxtb16_odd(word), (uint32_t)w[1], sums[c]);
          }
        }
        stream += each + (at < 0 ? channels : 0);
      }
      for (int32_t c = 0; c < channels; ++c, stream += 2) {
        y[c] = ek_requantize(sums[c], stream[0], stream[1], p->zero);
      }
    }
  }
}
static void pairs_of(const samples_t *p) { samples_of(p, 2, 1); }
static void single_of(const samples_t *p) { samples_of(p, 1, 2); }

#endif

/* A line of samples. */
static void line_of(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t pairs = p->out_c / 2, fours = (p->in_c - 1) / 4, eights = (p->in_c - 1) / 8; /* without the last */
  samples_t samples = {.x = x, .step = p->step, .zero = p->out_zero};
  samples.samples = p->samples;
  samples.last = x + p->in_c - 4;
  samples.stream = p->stream;
  samples.stream_end = p->stream + pairs * (4 * fours + 10);
  samples.gap = p->out_c & 1;
  samples.skip = fours == 0 ? 8 * 32 + 8 : (-fours & 7) * 32;
  samples.end = x + 4 * fours;
  samples.y = y;
  if (pairs > 0) {
    pairs_of(&samples);
  }
  if (p->out_c & 1) {
    samples.last = x + p->in_c - 8;
    samples.stream = samples.stream_end;
    samples.stream_end += 4 * eights + 7;
    samples.gap = p->out_c - 1;
    samples.skip = eights == 0 ? 4 * 44 + 8 : (-eights & 3) * 44;
    samples.end = x + 8 * eights;
    samples.y = y + p->out_c - 1;
    single_of(&samples);
  }
}

void ek_fully_connected_few_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t size = p->samples * p->out_c;
  for (int32_t line = 0; line < p->lines; ++line, x += p->line_step, y += size) {
    line_of(p, x, y);
    ek_clamp_all(y, size, p->low, p->high);
  }
}
