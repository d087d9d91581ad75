/* Pairs of pixels whose taps are expanded to halfwords: what conv_2d_halves_dsp.c and pointwise_halves_dsp.c do with them. */
#ifndef EDGEKIT_HALVES_PAIRS_DSP_H
#define EDGEKIT_HALVES_PAIRS_DSP_H

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/assembly_dsp.h"
#include "edgekit/relu_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pass pass_t;

/* The taps of both windows to `columns`. In assembly with registers of its own: r0 columns, r1 and r2 the windows, r3 to r12
 * are free, the pass lies on the stack. */
typedef void expand_t(const pass_t *p);

/* Pairs of pixels at equal distances, in the order in which the assembly has them on its stack. */
struct pass {
  int8_t *y[2];
  int32_t zero; /* 8 */
  const int32_t *stream_end, *stream; /* 12: of the pairs of channels; 16 */
  uint32_t *columns;        /* 20 */
  int32_t skip;             /* 24: bytes of code */
  const uint32_t *end;      /* 28: of the columns */
  const int8_t *window[2];  /* 32 */
  expand_t *expand;         /* 40 */
  int32_t step, gap, count; /* 44: from window to window; 48: from the last output of a pixel to the first of the next; 52 */
  int32_t odd;              /* 56: bytes of code to skip for an odd last channel; negative where there is none */
  int32_t rows, pitch;      /* 60: of the kernel; 64: from one to the next */
  int32_t words, back;      /* 68: whole ones of a row; 72: where, from their end, its last word begins; 0 if there is no rest */
  void (*pairs)(const pass_t *p);
};

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(pass_t, stream_end) == 12 && offsetof(pass_t, end) == 28 && offsetof(pass_t, expand) == 40, "pass_t");
_Static_assert(offsetof(pass_t, odd) == 56 && offsetof(pass_t, back) == 72 && sizeof(pass_t) == 80, "pass_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */

#define WORD(A, B)                                                                                       \
  "  ldr.w r5, " A "\n"                                                                                  \
  "  ldr.w r7, " B "\n" BYTES("r4", "r5") BYTES("r6", "r7")                                              \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"
#define EXPAND(NAME, TEXT) \
  __attribute__((naked, noinline)) static void NAME(const pass_t *p) { __asm__ volatile("  ldr r3, [sp, #64]\n" TEXT "  bx lr\n"); }
/* Of 4 taps; the first ones begin with the biases. */
#define FOUR(FIRST, SECOND)                                          \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n"                                \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n"                                \
  ADD("lr", "r4", "r6", FIRST) ADD("r12", "r2", "r6", "r12")         \
  ADD("lr", "r5", "r7", "lr") ADD("r12", "r3", "r7", "r12")          \
  ADD("r11", "r4", "r8", SECOND) ADD("r10", "r2", "r8", "r10")       \
  ADD("r11", "r5", "r9", "r11") ADD("r10", "r3", "r9", "r10")
#define FOUR_MORE FOUR("lr", "r11")
#define SINGLE_MORE                                                  \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n"                                \
  "  ldmia.w r1!, {r6, r7}\n"                                        \
  ADD("r11", "r4", "r6", "r11") ADD("r10", "r2", "r6", "r10")        \
  ADD("r11", "r5", "r7", "r11") ADD("r10", "r3", "r7", "r10")
#define FINISH(D, MULTIPLIER, DIVIDER) REQUANTIZE(D, MULTIPLIER, DIVIDER, "r3")
#define OUTPUTS                                                                                           \
  "  ldmia.w sp, {r0, r2, r3, r8}\n" FINISH("r12", "r4", "r5") FINISH("lr", "r4", "r5")                   \
  FINISH("r10", "r6", "r7") FINISH("r11", "r6", "r7")
#define SINGLE_OUTPUTS "  ldmia.w sp, {r0, r2, r3}\n" FINISH("r10", "r6", "r7") FINISH("r11", "r6", "r7")
/* The same for one multiplication; without a zero point the stream's end takes its place. */
#define RELU(D, MULTIPLIER, START) EK_RELU_OF(D, MULTIPLIER, START) EK_RELU_SATURATE(D)
#define RELU_OUTPUTS                                                                                      \
  "  ldmia.w sp, {r0, r2, r8}\n" RELU("r12", "r4", "r5") RELU("lr", "r4", "r5")                           \
  RELU("r10", "r6", "r7") RELU("r11", "r6", "r7")
#define RELU_SINGLE_OUTPUTS "  ldrd r0, r2, [sp]\n" RELU("r10", "r6", "r7") RELU("r11", "r6", "r7")

/* r4 bytes from outputs to outputs, r5 pairs left, r0 and r2 the outputs. */
#define NEXT_PIXELS                                  \
  "  add r0, r4\n  add r2, r4\n  strd r0, r2, [sp]\n" \
  "  subs r5, r5, #1\n  str r5, [sp, #52]\n"         \
  "  bne.w 1b\n"                                     \
  "  add sp, sp, #80\n"                              \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

/* After the first four taps, the loop of eight fours, of 40 and 24 bytes of code, is entered where the rest is done, or left at
 * once. */
#define PAIRS(NAME, MOVE, FOUR_OUTPUTS, TWO_OUTPUTS)                                                           \
  __attribute__((naked, noinline)) static void NAME(const pass_t *pass) {                                      \
    __asm__ volatile(                                                                                          \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                      \
        "  sub sp, sp, #80\n"                                                                                  \
        "  mov r12, sp\n"                                                                                      \
        "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n" MOVE                                      \
        "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                                          \
        "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                                           \
        "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"                                          \
        "1:\n"                                                                                                 \
        "  ldrd r1, r2, [sp, #32]\n"                                                                           \
        "  ldrd r4, r3, [sp, #40]\n"                                                                           \
        "  add r5, r1, r3\n"                                                                                   \
        "  add r6, r2, r3\n"                                                                                   \
        "  strd r5, r6, [sp, #32]\n"                                                                           \
        "  ldr r0, [sp, #20]\n"                                                                                \
        "  blx r4\n"                                                                                           \
        "  ldrd r8, r1, [sp, #12]\n"                                                                           \
        "  cmp r1, r8\n"                                                                                       \
        "  beq.w 5f\n"                                                                                         \
        "  .p2align 2\n"                                                                                       \
        "2:\n"                                                                                                 \
        "  ldr.w r0, [sp, #20]\n"                                                                              \
        "  ldmia.w r1!, {r10, r12}\n" FOUR("r12", "r10")                                                       \
        "  ldr.w r2, [sp, #24]\n"                                                                              \
        "  add pc, r2\n"                                                                                       \
        "  nop\n"                                                                                              \
        "3:\n" FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE FOUR_MORE                 \
        "  ldr.n r2, [sp, #28]\n"                                                                              \
        "  cmp.n r0, r2\n"                                                                                     \
        "  bne.w 3b\n"                                                                                         \
        "  ldmia.w r1!, {r4, r5, r6, r7}\n"                                                                    \
        FOUR_OUTPUTS                                                                                           \
        "  strb r12, [r0], #1\n"                                                                               \
        "  strb r10, [r0], #1\n"                                                                               \
        "  strb lr, [r2], #1\n"                                                                                \
        "  strb r11, [r2], #1\n"                                                                               \
        "  strd r0, r2, [sp]\n"                                                                                \
        "  cmp r1, r8\n"                                                                                       \
        "  bne.w 2b\n"                                                                                         \
        "4:\n"                                                                                                 \
        "  ldr.n r2, [sp, #56]\n"                                                                              \
        "  cmp r2, #0\n"                                                                                       \
        "  bge.n 5f\n"                                                                                         \
        "  ldrd r4, r5, [sp, #48]\n"                                                                           \
        "  ldrd r0, r2, [sp]\n" NEXT_PIXELS                                                                    \
        "  .p2align 2\n"                                                                                       \
        "5:\n" /* an odd channel */                                                                            \
        "  ldr.w r0, [sp, #20]\n"                                                                              \
        "  ldmia.w r1!, {r6, r7, r10}\n"                                                                       \
        "  ldmia.w r0!, {r2, r3, r4, r5}\n"                                                                    \
        ADD("r11", "r4", "r6", "r10") ADD("r10", "r2", "r6", "r10")                                            \
        ADD("r11", "r5", "r7", "r11") ADD("r10", "r3", "r7", "r10")                                            \
        "  ldr.w r2, [sp, #56]\n"                                                                              \
        "  add pc, r2\n"                                                                                       \
        "  nop\n"                                                                                              \
        "6:\n" SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE SINGLE_MORE \
        "  ldr.n r2, [sp, #28]\n"                                                                              \
        "  cmp.n r0, r2\n"                                                                                     \
        "  bne.w 6b\n"                                                                                         \
        "  ldmia.w r1!, {r6, r7}\n"                                                                            \
        TWO_OUTPUTS                                                                                            \
        "  strb r10, [r0], #1\n"                                                                               \
        "  strb r11, [r2], #1\n"                                                                               \
        "  ldrd r4, r5, [sp, #48]\n" NEXT_PIXELS);                                                             \
  }
PAIRS(pairs_of, "", OUTPUTS, SINGLE_OUTPUTS)
PAIRS(relu_pairs_of, "  mov r3, r4\n", RELU_OUTPUTS, RELU_SINGLE_OUTPUTS)
#pragma GCC diagnostic pop

#else

static uint32_t *word(uint32_t *to, const int8_t *a, const int8_t *b) {
  ek_expand(to, a, 4, 4);
  return ek_expand(to + 2, b, 4, 2);
}

/* Up to two channels of both pixels; the words of the stream that were read. */
static int32_t channels_of(const pass_t *p, const int32_t *stream, int32_t channels, int8_t *y[2], int relu) {
  const int32_t fours = (int32_t)(p->end - p->columns) / 4, words = 2 * channels * fours + channels;
  for (int32_t i = 0; i < 2 * channels; ++i) {
    const int32_t pixel = i % 2, channel = i / 2, *constants = stream + words + 2 * channel;
    int32_t sum = channels == 2 ? stream[1 - channel] : stream[2];
    for (int32_t k = 0; k < 2 * fours; ++k) {
      const int32_t at = channels == 2 ? 2 + k / 2 * 4 + k % 2 + 2 * channel : k + (k > 1);
      sum = ek_smlad(p->columns[k / 2 * 4 + k % 2 + 2 * pixel], (uint32_t)stream[at], sum);
    }
    *y[pixel]++ = relu ? ek_requantize_relu(sum, constants[0], constants[1])
                       : ek_requantize(sum, constants[0], constants[1], p->zero);
  }
  return words + 2 * channels;
}

static void all_pairs(const pass_t *pass, int relu) {
  pass_t p = *pass;
  for (; p.count > 0; --p.count) {
    const int32_t *stream = p.stream;
    p.expand(&p);
    while (stream != p.stream_end) {
      stream += channels_of(&p, stream, 2, p.y, relu);
    }
    if (p.odd >= 0) {
      channels_of(&p, stream, 1, p.y, relu);
    }
    for (int32_t i = 0; i < 2; ++i) {
      p.y[i] += p.gap;
      p.window[i] += p.step;
    }
  }
}

static void pairs_of(const pass_t *pass) { all_pairs(pass, 0); }
static void relu_pairs_of(const pass_t *pass) { all_pairs(pass, 1); }

#endif

/* A pass over the stream of `GROUPS` fours of taps, by the fields that the parameters of both kernels have, whose types
 * differ. */
#define BEGIN(PASS, P, GROUPS, SCRATCH, HOW)                                             \
  do {                                                                                   \
    const int32_t fours = (GROUPS) - 1;                                                  \
    (PASS).zero = (P)->out_zero;                                                         \
    (PASS).stream = (P)->stream;                                                         \
    (PASS).pairs = (HOW);                                                                \
    (PASS).stream_end = (P)->stream + (P)->out_c / 2 * (4 * (GROUPS) + 6);               \
    (PASS).columns = (uint32_t *)(void *)(SCRATCH);                                      \
    (PASS).end = (PASS).columns + 4 * (GROUPS);                                          \
    (PASS).skip = fours == 0 ? 8 * 40 + 8 : (-fours & 7) * 40;                           \
    (PASS).odd = (P)->out_c % 2 == 0 ? -1 : fours == 0 ? 8 * 24 + 8 : (-fours & 7) * 24; \
  } while (0)

/* `count` pairs from `x` and `y` on; the second pixel's window and output lie `right` and `apart` bytes on. */
__attribute__((noinline)) static void run(pass_t *pass, const int8_t *x, int32_t right, int8_t *y, int32_t apart, int32_t count) {
  pass->window[0] = x;
  pass->window[1] = x + right;
  pass->y[0] = y;
  pass->y[1] = y + apart;
  pass->count = count;
  pass->pairs(pass);
}

#ifdef __cplusplus
}
#endif
#endif
