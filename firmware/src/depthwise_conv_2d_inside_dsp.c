/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of at most 3x3
 * taps, any stride and dilation, with the DSP instructions. For small pictures: taps outside the input take no
 * instructions, and nothing is prepared.
 *
 * Blocking: one output pixel, four channels. Neighbours whose windows have the same taps inside are a run, known at build
 * time. The input's zero point is subtracted while bytes become halfwords, since its share depends on the taps inside.
 * Registers: r0 a row of taps, r1, r2 from tap to tap down and across, r3 weights, r4 constants, r5, r6 the four channels'
 * values, r7, r8 their weights, r9-r12 sums, lr twice the negated zero point. The code has windows of one, two and three
 * columns one after the other, each of three rows and entered at the first, second or third.
 * Budget: 8 instructions for a tap of four channels (2 a MAC), 30 for the four outputs, 8 for each pixel, about 45 for each
 * run of a row. A 3x3 window that is all inside: 2.9 a MAC; 3x3 pictures of 8 channels: 2.8, padding counted. With one
 * multiplication an output (_relu) 24 for the four. */
#include "edgekit/depthwise_conv_2d_inside_dsp.h"

#include <stddef.h>

#include "edgekit/relu_dsp.h"

enum { GROUP = 4, MOST = 3, ROW_WORDS = 2 * MOST, CONSTANT_WORDS = 3 * GROUP };

/* Four words of a run. */
enum { COUNT, PLACE, INSIDE, FIRST, RUN_WORDS };

/* A run of pixels, in the order in which the assembly has it on its stack, then in registers. */
typedef struct {
  int8_t *y;
  int32_t back;         /* from the last row of taps to the first, of the next channels */
  const int32_t *end;   /* of the constants */
  int32_t out_zero;
  int32_t pixels;       /* 16 */
  int32_t step;         /* to the next pixel, less its channels */
  uintptr_t weights;    /* 24: of the first tap inside, as if three rows were inside */
  const int32_t *constants;
  const int8_t *x;      /* 32: the first tap inside */
  int32_t tap_row, tap_column;
  int32_t entry;        /* 44: 12 * (columns inside - 1) + 4 * (3 - rows inside) */
  uint32_t zeros;
} run_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(run_t, pixels) == 16 && offsetof(run_t, weights) == 24 && offsetof(run_t, x) == 32, "run_t");

/* A tap: where it is, from r0; bytes to its weights, from r3. */
#define TAP(AT, WEIGHTS)                    \
  "  ldr.w r5, [r0" AT "]\n"                \
  "  ldrd r7, r8, [r3, #" WEIGHTS "]\n"     \
  "  sxtab16 r6, lr, r5, ror #8\n"          \
  "  sxtab16 r5, lr, r5\n"                  \
  "  smlabb r9, r5, r7, r9\n"               \
  "  smlatt r11, r5, r7, r11\n"             \
  "  smlabb r10, r6, r8, r10\n"             \
  "  smlatt r12, r6, r8, r12\n"
#define NEXT "  add r0, r0, r1\n"
#define ONE(A) TAP("", A)
#define TWO(A, B) ONE(A) TAP(", r2", B)
#define THREE(A, B, C) TWO(A, B) TAP(", r2, lsl #1", C)

/* Four outputs by two multiplications each, and by one. */
#define OUTPUTS                               \
  "  ldmia.w r4!, {r5, r6, r7, r8}\n"         \
  "  smmulr r9, r9, r5\n"                     \
  "  smmulr r10, r10, r7\n"                   \
  "  ldr r5, [sp, #12]\n"                     \
  "  smmlar r9, r9, r6, r5\n"                 \
  "  smmlar r10, r10, r8, r5\n"               \
  "  ldrd r6, r7, [r4], #8\n"                 \
  "  smmulr r11, r11, r6\n"                   \
  "  smmlar r11, r11, r7, r5\n"               \
  "  ldrd r6, r7, [r4], #8\n"                 \
  "  smmulr r12, r12, r6\n"                   \
  "  smmlar r12, r12, r7, r5\n"               \
  "  ldmia.w sp, {r5, r6, r7}\n"              \
  "  ssat r9, #8, r9\n"                       \
  "  ssat r10, #8, r10\n"                     \
  "  ssat r11, #8, r11\n"                     \
  "  ssat r12, #8, r12\n"
#define RELU_OUTPUTS                                                                                         \
  "  ldmia.w r4!, {r5, r6, r7, r8}\n" EK_RELU_OF("r9", "r5", "r6") EK_RELU_OF("r10", "r7", "r8")              \
  "  ldmia.w r4!, {r5, r6, r7, r8}\n" EK_RELU_OF("r11", "r5", "r6") EK_RELU_OF("r12", "r7", "r8")             \
  "  ldmia.w sp, {r5, r6, r7}\n"                                                                             \
  EK_RELU_SATURATE("r9") EK_RELU_SATURATE("r10") EK_RELU_SATURATE("r11") EK_RELU_SATURATE("r12")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
/* The table at 5 has the places of code by `entry`, in Thumb. */
#define PIXELS(NAME, FINISH)                                   \
  __attribute__((naked, noinline)) static void NAME(const run_t *run) {\
    __asm__ volatile(                                          \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"      \
        "  sub sp, sp, #36\n"                                  \
        "  ldmia r0!, {r1, r2, r3, r4, r5, r6, r7, r8}\n"      \
        "  stmia.w sp, {r1, r2, r3, r4, r5, r6, r7, r8}\n"     \
        "  mov r3, r7\n"                                       \
        "  mov r4, r8\n"                                       \
        "  ldmia.w r0, {r0, r1, r2, r5, lr}\n"                 \
        "  adr.w r6, 5f\n"                                     \
        "  ldr r5, [r6, r5]\n"                                 \
        "  add r5, r5, r6\n"                                   \
        "  str r5, [sp, #32]\n"                                \
        "1:\n"                                                 \
        "  ldmia.w r4!, {r9, r10, r11, r12}\n"                 \
        "  ldr.w pc, [sp, #32]\n"                              \
        "11:\n" ONE("0") NEXT                                  \
        "12:\n" ONE("24") NEXT                                 \
        "13:\n" ONE("48")                                      \
        "  b.w 4f\n"                                           \
        "21:\n" TWO("0", "8") NEXT                             \
        "22:\n" TWO("24", "32") NEXT                           \
        "23:\n" TWO("48", "56")                                \
        "  b.w 4f\n"                                           \
        "31:\n" THREE("0", "8", "16") NEXT                     \
        "32:\n" THREE("24", "32", "40") NEXT                   \
        "33:\n" THREE("48", "56", "64")                        \
        "4:\n" FINISH                                          \
        "  strb r9, [r5], #1\n"                                \
        "  strb r10, [r5], #1\n"                               \
        "  strb r11, [r5], #1\n"                               \
        "  strb r12, [r5], #1\n"                               \
        "  add r0, r0, r6\n"                                   \
        "  adds r3, r3, #72\n"                                 \
        "  str r5, [sp]\n"                                     \
        "  cmp r4, r7\n"                                       \
        "  bne 1b\n"                                           \
        "  ldrd r5, r6, [sp, #16]\n"                           \
        "  ldrd r3, r4, [sp, #24]\n"                           \
        "  add r0, r0, r6\n"                                   \
        "  subs r5, r5, #1\n"                                  \
        "  str r5, [sp, #16]\n"                                \
        "  bne 1b\n"                                           \
        "  add sp, sp, #36\n"                                  \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"       \
        "  .balign 4\n"                                        \
        "5:\n"                                                 \
        "  .word 11b - 5b + 1, 12b - 5b + 1, 13b - 5b + 1\n"   \
        "  .word 21b - 5b + 1, 22b - 5b + 1, 23b - 5b + 1\n"   \
        "  .word 31b - 5b + 1, 32b - 5b + 1, 33b - 5b + 1\n"); \
  }
PIXELS(pixels_of, OUTPUTS)
PIXELS(relu_pixels_of, RELU_OUTPUTS)
#pragma GCC diagnostic pop

#else

static void pixels(const run_t *s, int relu) {
  const int32_t columns = s->entry / 12 + 1, skipped = s->entry % 12 / 4;
  const int8_t *x = s->x;
  int8_t *y = s->y;
  for (int32_t pixel = 0; pixel < s->pixels; ++pixel, x += s->step) {
    uintptr_t weights = s->weights;
    for (const int32_t *c = s->constants; c != s->end; c += CONSTANT_WORDS, weights += 4 * MOST * ROW_WORDS, x += GROUP) {
      int32_t sums[GROUP];
      memcpy(sums, c, sizeof sums);
      for (int32_t tap = skipped * columns; tap < MOST * columns; ++tap) {
        const int32_t row = tap / columns, column = tap % columns;
        uint32_t w[2];
        memcpy(w, (const void *)(weights + (uintptr_t)(4 * (ROW_WORDS * row + 2 * column))), sizeof w);
        const uint32_t four = ek_load4(x + (row - skipped) * s->tap_row + column * s->tap_column);
        const uint32_t even = ek_sxtab16(s->zeros, four), odd = ek_sxtab16_odd(s->zeros, four);
        sums[0] += ek_smulbb(even, w[0]);
        sums[2] += ek_smultt(even, w[0]);
        sums[1] += ek_smulbb(odd, w[1]);
        sums[3] += ek_smultt(odd, w[1]);
      }
      for (int32_t i = 0; i < GROUP; ++i) {
        const int32_t *of = c + GROUP + 2 * i;
        *y++ = relu ? ek_requantize_relu(sums[i], of[0], of[1]) : ek_requantize(sums[i], of[0], of[1], s->out_zero);
      }
    }
  }
}

static void pixels_of(const run_t *s) { pixels(s, 0); }
static void relu_pixels_of(const run_t *s) { pixels(s, 1); }

#endif

__attribute__((noinline)) static void images(const ek_depthwise_conv_2d_inside_dsp_t *p, const int8_t *x, int8_t *y,
                                             void (*outputs)(const run_t *run)) {
  const int32_t *const rows_end = p->rows + RUN_WORDS * p->row_count;
  const int32_t *const columns_end = p->columns + RUN_WORDS * p->column_count;
  const int32_t channels = p->channels;
  int8_t *const first = y;
  run_t s;
  s.out_zero = p->out_zero;
  s.step = p->stride_column - channels;
  s.constants = p->constants;
  s.end = p->constants + CONSTANT_WORDS / GROUP * channels;
  s.tap_row = p->tap_row;
  s.tap_column = p->tap_column;
  s.zeros = (uint32_t)(-p->in_zero & 0xFFFF) * 0x00010001U;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size) {
    for (const int32_t *row = p->rows; row != rows_end; row += RUN_WORDS) {
      const int32_t above = MOST - row[INSIDE];
      const int8_t *line = x + row[PLACE];
      const uintptr_t weights = (uintptr_t)p->weights + (uintptr_t)(4 * ROW_WORDS * (row[FIRST] - above));
      s.back = GROUP - (row[INSIDE] - 1) * p->tap_row;
      for (int32_t left = row[COUNT]; left > 0; --left, line += p->stride_row) {
        for (const int32_t *column = p->columns; column != columns_end; column += RUN_WORDS) {
          s.x = line + column[PLACE];
          s.y = y;
          s.pixels = column[COUNT];
          s.weights = weights + (uintptr_t)(8 * column[FIRST]);
          s.entry = 4 * (MOST * (column[INSIDE] - 1) + above);
          outputs(&s);
          y += column[COUNT] * channels;
        }
      }
    }
  }
  ek_clamp_all(first, (int32_t)(y - first), p->low, p->high);
}

void ek_depthwise_conv_2d_inside_dsp(const ek_depthwise_conv_2d_inside_dsp_t *p, const int8_t *x, int8_t *y) {
  images(p, x, y, pixels_of);
}

void ek_depthwise_conv_2d_inside_relu_dsp(const ek_depthwise_conv_2d_inside_dsp_t *p, const int8_t *x, int8_t *y) {
  images(p, x, y, relu_pixels_of);
}
