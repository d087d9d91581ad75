/* What kernels of blocks of outputs of one channel share: strips of them, and how a block ends. */
#ifndef EDGEKIT_DEPTHWISE_STRIPS_OF_BLOCKS_DSP_H
#define EDGEKIT_DEPTHWISE_STRIPS_OF_BLOCKS_DSP_H

#include <stddef.h>

#include "edgekit/assembly_dsp.h"
#include "edgekit/depthwise_conv_2d_planes_dsp.h"
#include "edgekit/depthwise_planes_dsp.h"
#include "edgekit/relu_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From the end of a column of blocks to the next one's beginning; with stride 2 of a line of blocks. */
typedef struct {
  int32_t x, y;
} back_t;

/* Strips of outputs of four channels, in the order in which the assembly copies it to its stack; in brackets with stride 2. */
typedef struct {
  int32_t column_step, line_step, zero; /* of the outputs */
  int32_t pitch;                        /* 12: bytes to the next row of words */
  int32_t bytes;                        /* of all strips (to the last column of outputs) */
  back_t three, two;                    /* (two: to the last line) */
  int32_t threes, twos;                 /* 36: columns of blocks (threes: lines, twos: lines of outputs) */
  const int32_t *constants;
  const uint32_t *x;                    /* the first channel's first row */
  int8_t *y;                            /* the next channel's is one byte further */
  int32_t plane, odd;                   /* 56; odd: 1 where below these is one line more */
} strips_t;

typedef void outputs_t(const strips_t *strips);

/* What is the same for all strips of a call. */
static inline void sizes_of(const ek_depthwise_conv_2d_planes_dsp_t *p, strips_t *out) {
  out->column_step = p->out_column_step;
  out->line_step = p->out_line_step;
  out->zero = p->out_zero;
  out->threes = p->threes;
  out->twos = p->twos;
}

/* Where the lines of an image are for rows of words from this line on, `most` at the most; `outside` is what stands for one outside. */
static inline void lines_of(const ek_depthwise_conv_2d_planes_dsp_t *p, part_t *part, const int8_t *x, int32_t line, int32_t most,
                            const uint32_t *outside) {
  const int32_t whole = (p->lines - line) >> 1;
  part->rows = line < 0 || whole <= 0 ? 1 : (whole < most ? whole : most);
  for (int32_t i = 0; i < 2; ++i) {
    const int inside = (uint32_t)(line + i) < (uint32_t)p->lines;
    part->lines[i] = inside ? x + (line + i) * p->line_step : (const int8_t *)outside;
    part->steps[i] = inside ? p->column_step : 0;
  }
}

/* So many strips, of two lines or, with stride 2, of one: where they end, and how far it is from there to the next column of
 * blocks. */
static inline void down_strips(strips_t *out, int32_t count, int32_t stride) {
  const int32_t down = (3 - stride) * count * out->line_step, back = (count + out->odd) * out->pitch;
  out->bytes = count * out->pitch;
  out->three = (back_t){12 * stride - back, 3 * out->column_step - down};
  out->two = (back_t){8 * stride - back, 2 * out->column_step - down};
}

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(strips_t, pitch) == 12 && offsetof(strips_t, threes) == 36 && offsetof(strips_t, plane) == 56, "strips_t");

/* The stack: 0 multiplier, divider, column step, line step, end of the strips, zero; 52 pitch, bytes of the strips; 60 the ways
 * back; 76 threes, twos; 84 constants, x, y, plane, odd; 104 channels left, 108 columns of blocks left. */
#define PAIRS(ABOVE, BELOW, W) /* of a column, doubled */ \
  BYTES_OF(ABOVE, BELOW, W) "  sxtab16 " ABOVE ", " ABOVE ", " W "\n  sxtab16 " BELOW ", " BELOW ", " W ", ror #8\n"
#define ENTER(FRAME)                                                    \
  "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                      \
  "  sub sp, sp, #" FRAME "\n"                                           \
  "  ldmia r0!, {r1, r2, r3}\n"                                         \
  "  strd r1, r2, [sp, #8]\n"                                           \
  "  str r3, [sp, #20]\n"                                               \
  "  add r12, sp, #52\n"                                                \
  "  ldmia r0!, {r1, r2, r3, r4, r5, r6}\n"                             \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6}\n"                          \
  "  ldmia r0!, {r1, r2, r3, r4, r5, r6, r7}\n"                         \
  "  mov r8, #4\n"                                                      \
  "  stmia.w r12!, {r1, r2, r3, r4, r5, r6, r7, r8}\n"
/* To a channel: r0 x, lr y, r6 the end, r7 columns of blocks of three. */
#define CHANNEL                                                         \
  "  ldrd r0, lr, [sp, #88]\n"                                          \
  "  ldr r4, [sp, #96]\n"                                               \
  "  ldr r6, [sp, #56]\n"                                               \
  "  add r4, r4, r0\n"                                                  \
  "  add r5, lr, #1\n"                                                  \
  "  ldr r7, [sp, #76]\n"                                               \
  "  add r6, r6, r0\n"                                                  \
  "  strd r4, r5, [sp, #88]\n"                                          \
  "  cmp r7, #0\n"                                                      \
  "  beq.w 4f\n"

/* A column of blocks, as often as r7 says: r0 x, lr y, r6 the end; where it ends, how far it is to the next. */
#define BEGIN(LABEL)        \
  LABEL ":\n"               \
  "  str r6, [sp, #16]\n"   \
  "  str r7, [sp, #108]\n"
#define AGAIN(LABEL, BACK, BYTES)       \
  "8:\n"                                \
  "  ldrd r1, r2, [sp, #" BACK "]\n"    \
  "  ldr r6, [sp, #16]\n"               \
  "  ldr r7, [sp, #108]\n"              \
  "  add r0, r0, r1\n"                  \
  "  add lr, lr, r2\n"                  \
  "  adds r6, r6, #" BYTES "\n"         \
  "  subs r7, r7, #1\n"                 \
  "  bne.w " LABEL "b\n"
#define TWOS                \
  "4:\n"                    \
  "  ldr r7, [sp, #80]\n"   \
  "  cmp r7, #0\n"          \
  "  beq.w 7f\n"
#define LEAVE(FRAME)                                \
  "7:\n"                                            \
  "  ldr r1, [sp, #104]\n"                          \
  "  subs r1, r1, #1\n"                             \
  "  str r1, [sp, #104]\n"                          \
  "  bne.w 1b\n"                                    \
  "  add sp, sp, #" FRAME "\n"                      \
  "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"

/* Over the line below the strips where there is none. */
#define ODD "  ldr r1, [sp, #100]\n  cmp r1, #0\n  beq.w 8f\n"

/* r1 multiplier, r2 divider or start, r3 column step, r4 line step, r5 end, r6 zero. */
#define PLAIN(ALL) "  ldmia.w sp, {r1, r2, r3, r4, r5, r6}\n  cmp r0, r5\n" ALL(REQUANTIZED)
#define REQUANTIZED(A) REQUANTIZE(A, "r1", "r2", "r6")
#define RELU(ALL) "  ldmia.w sp, {r1, r2, r3, r4, r5}\n  cmp r0, r5\n" ALL(RELU_OF) ALL(EK_RELU_SATURATE)
#define RELU_OF(A) EK_RELU_OF(A, "r1", "r2")
#define SIX(OF) OF("r7") OF("r8") OF("r9") OF("r10") OF("r11") OF("r12")
#define FOUR(OF) OF("r8") OF("r9") OF("r10") OF("r12")
#define THREE(OF) OF("r7") OF("r8") OF("r9")
#define TWO(OF) OF("r8") OF("r9")

#define OUT_2(A, B, Y) "  strb " A ", [" Y "]\n  strb " B ", [" Y ", r3]\n"
#define OUT_3(A, B, C, Y) OUT_2(A, B, Y) "  strb " C ", [" Y ", r3, lsl #1]\n"
#define ABOVE_3 OUT_3("r7", "r8", "r9", "lr")
#define ABOVE_2 OUT_2("r8", "r9", "lr")
#define STORE_3 "  add r6, lr, r4\n" ABOVE_3 OUT_3("r10", "r11", "r12", "r6") "  add lr, r6, r4\n  bne.w 2b\n"
#define STORE_2 "  add r6, lr, r4\n" ABOVE_2 OUT_2("r10", "r12", "r6") "  add lr, r6, r4\n  bne.w 5b\n"

#endif

#ifdef __cplusplus
}
#endif
#endif
