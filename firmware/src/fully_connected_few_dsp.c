/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as fully_connected.c, for few outputs, with
 * the DSP instructions; pixels of 1x1 convolutions are samples too.
 *
 * Blocking: 1 sample x 4 channels x 4 inputs, then the last 3, 2 or 1 channels. With few outputs it does not pay to expand the
 * sample first: its words are expanded for every block. Weights are halfwords, twice as large: SMMULR wants twice the sum. The
 * zero point is folded into the bias. The last four inputs come first, read where they lie; those that another word has too
 * meet weights of 0 there. A single channel takes 8 inputs at a time.
 * Registers: r0 stream, r1 x, r2 y, r3 the last inputs' place, then with r12 four inputs. Four channels: r4-r7 weights, then
 * constants, r8-r11 sums, lr bytes of code to skip. Three: r4-r9, r10, r11 and lr. Two: r4-r7, r8 and r9, r11 and r12 four
 * inputs, r10 bytes to skip. One: r4-r7, r8, r9, r11 and r12 inputs, r10.
 * Budget for 4 inputs: 13 instructions of four channels (0.81 a MAC), 10 of three (0.83), 8 of two, 11 for 8 inputs of one
 * (1.38), 10 where they are whole words; 3 for every 32; 25 for a block of four, 5 and 4 an output for others; 10 for a sample,
 * 19 for the call; of one small sample 3. Cycles by LDR 2, LDM 1 + n, branch 2: 22 for 4 inputs of four channels, 1.38 a MAC. */
#include "edgekit/fully_connected_few_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_fully_connected_few_dsp_t, outputs) == 32, "ten words in the assembly's order");
_Static_assert(offsetof(ek_fully_connected_few_dsp_t, gap) == 40, "read by its offset");

#define ADD(SUM, X, W) "  smlad " SUM ", " X ", " W ", " SUM "\n"
#define EXPAND(A, B)                \
  "  sxtb16 " A ", " B "\n"         \
  "  sxtb16 " B ", " B ", ror #8\n"
#define FINISH(SUM, MULTIPLIER, DIVIDER)            \
  "  smmulr " SUM ", " SUM ", " MULTIPLIER "\n"     \
  "  smmlar " SUM ", " SUM ", " DIVIDER ", r12\n"   \
  "  ssat " SUM ", #8, " SUM "\n"                   \
  "  strb " SUM ", [r2], #1\n"
#define TWICE(CODE) CODE CODE
#define FOUR_TIMES(CODE) TWICE(TWICE(CODE))
#define EIGHT_TIMES(CODE) TWICE(FOUR_TIMES(CODE))

#define HALF4(X) ADD("r8", X, "r4") ADD("r9", X, "r5") ADD("r10", X, "r6") ADD("r11", X, "r7")
#define MULTIPLY4 HALF4("r3") "  ldmia.w r0!, {r4, r5, r6, r7}\n" HALF4("r12")
#define INPUTS4                       \
  "  ldr.w r12, [r1], #4\n"           \
  "  ldmia.w r0!, {r4, r5, r6, r7}\n" EXPAND("r3", "r12") MULTIPLY4

#define HALF3(X, A, B, C) ADD("r10", X, A) ADD("r11", X, B) ADD("lr", X, C)
#define MULTIPLY3 EXPAND("r3", "r12") HALF3("r3", "r4", "r5", "r6") HALF3("r12", "r7", "r8", "r9")
#define INPUTS3             \
  "  ldr.w r12, [r1], #4\n" \
  "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9}\n" MULTIPLY3

#define MULTIPLY2 EXPAND("r11", "r12") ADD("r8", "r11", "r4") ADD("r9", "r11", "r5") ADD("r8", "r12", "r6") ADD("r9", "r12", "r7")
#define INPUTS2             \
  "  ldr.w r12, [r1], #4\n" \
  "  ldmia.w r0!, {r4, r5, r6, r7}\n" MULTIPLY2

#define MULTIPLY1                                                    \
  EXPAND("r9", "r11") ADD("r8", "r9", "r4") ADD("r8", "r11", "r5")   \
  EXPAND("r9", "r12") ADD("r8", "r9", "r6") ADD("r8", "r12", "r7")
/* Leaves the lines that are left in r5. */
#define SAMPLE_END          \
  "  ldrd r4, r5, [sp, #36]\n" \
  "  cmp r2, r4\n"          \
  "  bne.w 7b\n"
#define INPUTS1(LOADS) LOADS "  ldmia.w r0!, {r4, r5, r6, r7}\n" MULTIPLY1
#define ONE(LOADS)                            \
  "  ldmia.w r0!, {r4, r5, r6, r7, r8}\n"     \
  "  ldr.w r11, [r3, #-4]!\n"                 \
  "  ldr.w r12, [r3, #4]\n" MULTIPLY1         \
  "  add pc, r10\n"                           \
  "  nop\n"                                   \
  "1:\n" FOUR_TIMES(INPUTS1(LOADS))           \
  "  cmp r1, r3\n"                            \
  "  blo.w 1b\n"                              \
  "  ldmia.w r0!, {r4, r5, r12}\n" FINISH("r8", "r4", "r5") SAMPLE_END \
  "  b.w 9b\n"

/* To the branch that a register chooses by EK_FEW_; EK_FEW_NONE is what follows. */
#define CHOOSE(REGISTER)      \
  "  add pc, " REGISTER "\n"  \
  "  nop\n"                   \
  "  b.w 11f\n"               \
  "  b.w 12f\n"               \
  "  b.w 13f\n"               \
  "  b.w 14f\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 last inputs, 12 tail_skip, 16 step, 20 first, 24 skip, 28 end of the fours' stream, 32 tail, 36
 * end of the line's y, 40 lines left, 44 the parameters. After the last inputs the loops, whose turns are 32 inputs, are
 * entered where the rest is done. */
__attribute__((naked)) void ek_fully_connected_few_plain_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r0, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "  add r3, r1\n"
      "  add r8, r0\n"
      "  add r10, r2\n"
      "  push {r0, r1, r3, r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "  ldmia.w sp, {r0, r1, r3, r10, r11, r12, lr}\n"
      "  b 2f\n"
      "7:\n" /* the next sample */
      "  ldmia.w sp, {r0, r1, r3, r10, r11, r12, lr}\n"
      "  add r1, r11\n"
      "  add r3, r11\n"
      "  strd r1, r3, [sp, #4]\n"
      "2:\n" CHOOSE("r12")
      "3:\n" /* four channels */
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "  ldr.w r12, [r3]\n" EXPAND("r3", "r12") MULTIPLY4
      "  add pc, lr\n"
      "  nop\n"
      "4:\n" EIGHT_TIMES(INPUTS4)
      "  ldr r4, [sp, #8]\n"
      "  cmp r1, r4\n"
      "  blo.w 4b\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r12}\n" FINISH("r8", "r4", "r5") FINISH("r9", "r6", "r7")
      "  ldmia.w r0!, {r4, r5, r6, r7}\n" FINISH("r10", "r4", "r5") FINISH("r11", "r6", "r7")
      "  ldrd r4, r5, [sp, #28]\n"
      "  ldrd r1, r3, [sp, #4]\n"
      "  cmp r0, r4\n"
      "  bne.w 3b\n"
      "  ldr r10, [sp, #12]\n" CHOOSE("r5") SAMPLE_END
      "9:\n" /* a line is done */
      "  subs r5, #1\n"
      "  bne 5f\n"
      "  add sp, #48\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
      "5:\n" /* the next line */
      "  ldr r6, [sp, #44]\n"
      "  ldr r4, [r6, #32]\n"
      "  ldr r6, [r6, #40]\n"
      "  ldrd r1, r3, [sp, #4]\n"
      "  add r4, r2\n"
      "  add r1, r6\n"
      "  add r3, r6\n"
      "  strd r4, r5, [sp, #36]\n"
      "  strd r1, r3, [sp, #4]\n"
      "  b.w 7b\n"
      "11:\n" ONE("  ldr.w r11, [r1], #4\n  ldr.w r12, [r1], #4\n")
      "12:\n" ONE("  ldrd r11, r12, [r1], #8\n")
      "13:\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9}\n"
      "  ldr.w r12, [r3]\n" MULTIPLY2
      "  add pc, r10\n"
      "  nop\n"
      "1:\n" EIGHT_TIMES(INPUTS2)
      "  cmp r1, r3\n"
      "  blo.w 1b\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r12}\n" FINISH("r8", "r4", "r5") FINISH("r9", "r6", "r7") SAMPLE_END
      "  b.w 9b\n"
      "14:\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldr.w r12, [r3]\n" MULTIPLY3
      "  ldr r3, [sp, #12]\n"
      "  add pc, r3\n"
      "  nop\n"
      "1:\n" EIGHT_TIMES(INPUTS3)
      "  ldr r4, [sp, #8]\n"
      "  cmp r1, r4\n"
      "  blo.w 1b\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9, r12}\n"
      FINISH("r10", "r4", "r5") FINISH("r11", "r6", "r7") FINISH("lr", "r8", "r9") SAMPLE_END
      "  b.w 9b\n");
}

/* One sample, whose blocks are the same without loops. */
__attribute__((naked)) void ek_fully_connected_to_2_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r3, r10}\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9}\n"
      "  ldr.w r12, [r1, r3]\n" MULTIPLY2
      "  add pc, r10\n"
      "  nop\n" EIGHT_TIMES(INPUTS2)
      "  ldmia.w r0!, {r4, r5, r6, r7, r12}\n" FINISH("r8", "r4", "r5") FINISH("r9", "r6", "r7")
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
__attribute__((naked)) void ek_fully_connected_to_3_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  ldmia.w r0, {r0, r3, r12}\n"
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldr.w r12, [r1, r3]\n" MULTIPLY3
      "  ldr r3, [sp, #32]\n"
      "  add pc, r3\n"
      "  nop\n" EIGHT_TIMES(INPUTS3)
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9, r12}\n"
      FINISH("r10", "r4", "r5") FINISH("r11", "r6", "r7") FINISH("lr", "r8", "r9")
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n");
}
__attribute__((naked)) void ek_fully_connected_to_4_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldmia.w r0, {r0, r3, r4, r5, r6, lr}\n"
      "  ldmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "  ldr.w r12, [r1, r3]\n" EXPAND("r3", "r12") MULTIPLY4
      "  add pc, lr\n"
      "  nop\n" EIGHT_TIMES(INPUTS4)
      "  ldmia.w r0!, {r4, r5, r6, r7, r12}\n" FINISH("r8", "r4", "r5") FINISH("r9", "r6", "r7")
      "  ldmia.w r0!, {r4, r5, r6, r7}\n" FINISH("r10", "r4", "r5") FINISH("r11", "r6", "r7")
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* `channels` outputs of one sample; returns where their stream ends. */
static const int32_t *block_of(const int32_t *stream, const int8_t *x, int32_t in_c, int32_t channels, int8_t *y) {
  const int32_t words = channels == 1 ? 2 : 1, each = 2 * channels * words, half = channels == 4 ? 4 : each;
  int32_t w[8], sums[4];
  memcpy(w, stream, (size_t)half * 4);
  memcpy(sums, stream + half, (size_t)channels * 4);
  memcpy(w + half, stream + half + channels, (size_t)(each - half) * 4);
  stream += each + channels;
  for (int32_t at = in_c - 4 * words, next = 0;; at = next, next += 4 * words, stream += each) {
    for (int32_t i = 0; i < words; ++i) {
      const uint32_t word = ek_load4(x + at + 4 * i);
      for (int32_t c = 0; c < channels; ++c) {
        sums[c] = ek_smlad(ek_sxtb16(word), (uint32_t)w[2 * channels * i + c], sums[c]);
        sums[c] = ek_smlad(ek_sxtb16_odd(word), (uint32_t)w[2 * channels * i + channels + c], sums[c]);
      }
    }
    if (next >= in_c - 4 * words) {
      break;
    }
    memcpy(w, stream, (size_t)each * 4);
  }
  const int32_t zero = stream[channels < 3 ? 2 * channels : (channels == 4 ? 4 : 6)];
  for (int32_t c = 0; c < channels; ++c) {
    const int32_t *constants = stream + 2 * c + (channels == 4 && c > 1);
    y[c] = ek_requantize(sums[c], constants[0], constants[1], zero);
  }
  return stream + 2 * channels + 1;
}

void ek_fully_connected_few_plain_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t tails[] = {1, 1, 2, 3, 0}, tail = tails[p->tail / 4];
  for (int32_t line = 0; line < p->lines; ++line, x += p->gap) {
    for (const int8_t *const end = y + p->outputs; y != end; x += p->step) {
      const int32_t *stream = p->stream;
      for (; stream != p->stream + p->bytes / 4; y += 4) {
        stream = block_of(stream, x, p->in_c, 4, y);
      }
      if (tail > 0) {
        block_of(stream, x, p->in_c, tail, y);
        y += tail;
      }
    }
  }
}

void ek_fully_connected_to_2_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  block_of(p->stream, x, p->in_c, 2, y);
}
void ek_fully_connected_to_3_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  block_of(p->stream, x, p->in_c, 3, y);
}
void ek_fully_connected_to_4_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  block_of(p->stream, x, p->in_c, 4, y);
}

#endif

void ek_fully_connected_few_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t size = p->lines * p->outputs;
  for (int32_t image = 0; image < p->images; ++image, x += p->image_step, y += size) {
    ek_fully_connected_few_plain_dsp(p, x, y);
    ek_clamp_all(y, size, p->low, p->high);
  }
}
