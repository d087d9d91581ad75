/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx of (x - in_zero) * w), as conv_2d.c, of one input channel and 3x3 taps, with
 * the DSP instructions.
 *
 * Blocking with stride 1: 2x2 pixels x all channels, first both pixels on the left, then on the right, 1 channel at a time. What
 * they need are four columns of four rows, so four words of the input, which SXTB16 makes the columns 0 and 2 of the left
 * pixels and 1 and 3, which are 0 and 2 of the right ones; the columns between are paired over two rows. The windows' rows
 * are copied with their padding first; the zero point is folded into the bias.
 * Registers: r0 y, r1 weights and constants, r2 from the upper to the lower output, r3 the middle columns of two rows, r4-r7
 * the outer ones of four, r8 the middle ones of the other rows, r9 and lr the sums, r10-r12 weights and constants. The right
 * pixels, and everything else, are on the stack.
 * Of other strides and of an odd last line: 1 pixel x all channels, 2 channels at a time, from the same stream. Registers: r0 y,
 * r1 weights and constants, r2-r6 the pixel, r7-r12 and lr what was loaded, r7 and r10 are the sums.
 * Budget: 21 instructions for two outputs (18 MACs), 3 for every 8 channels of a pixel or two, 34 for 2x2 pixels, 21 for one, 12
 * for a line or two. Cycles by LDR 2, LDM 1 + n, branch 2: 30 for two outputs, 1.7 a MAC. */
#include "edgekit/conv_2d_plane_dsp.h"

#include <stddef.h>

#include "edgekit/assembly_dsp.h"

#define WORDS 9 /* of a channel in the stream */

/* Pairs of lines, in the order in which the assembly has them on its stack; y and apart stay in registers. */
typedef struct {
  uint32_t right[6];         /* what the pixels on the right have in r3 to r8 */
  const int8_t *upper, *lower; /* 24: the windows' first rows */
  int32_t pitch;             /* 32 */
  const int32_t *stream;     /* 36 */
  int32_t skip;              /* 40: bytes of code */
  const int32_t *stream_end; /* 44 */
  int32_t left;              /* 48: columns of outputs that are left, less 1 */
  const int8_t *line;        /* 52: where the lines' first windows begin */
  int32_t lines, last;       /* 56: pairs of lines; 60: the last column */
  int8_t *y;
  int32_t apart;             /* from the upper to the lower line of outputs */
} pass_t;

/* Lines of single pixels, likewise; y stays in a register. */
typedef struct {
  const int8_t *x;              /* the first window */
  int32_t pitch, stride;        /* 4; 8: from window to window */
  const int32_t *stream;        /* 12 */
  int32_t odd, skip;            /* 16: whether one channel comes first; 20: bytes of code */
  const int32_t *stream_end;    /* 24 */
  const int8_t *end;            /* 28: of the line in y */
  const int8_t *line;           /* 32: where the line's first window begins */
  int32_t lines, outputs, down; /* 36; 40: of a line; 44: from line to line of windows */
  int8_t *y;                    /* 48 */
} pixels_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(pass_t, upper) == 24 && offsetof(pass_t, left) == 48 && offsetof(pass_t, y) == 64, "pass_t");
_Static_assert(offsetof(pixels_t, stream) == 12 && offsetof(pixels_t, end) == 28 && offsetof(pixels_t, y) == 48, "pixels_t");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */

#define CHANNEL                                                      \
  "  ldmia.w r1!, {r9, r10, r11, r12}\n"                             \
  ADD("lr", "r4", "r10", "r9") TAP("r9", "r5", "r10")                \
  TAP("lr", "r5", "r11") TAP("r9", "r6", "r11")                      \
  TAP("lr", "r6", "r12") TAP("r9", "r7", "r12")                      \
  "  ldmia.w r1!, {r10, r11, r12}\n"                                 \
  TAP("lr", "r3", "r10")                                             \
  "  smlatb r9, r3, r10, r9\n"                                       \
  "  smlabt lr, r8, r11, lr\n"                                       \
  TAP("r9", "r8", "r11")                                             \
  "  smmulr lr, lr, r12\n"                                           \
  "  smmulr r9, r9, r12\n"                                           \
  "  ldmia.w r1!, {r10, r11}\n"                                      \
  "  smmlar lr, lr, r10, r11\n"                                      \
  "  smmlar r9, r9, r10, r11\n"                                      \
  "  ssat lr, #8, lr\n"                                              \
  "  ssat r9, #8, r9\n"                                              \
  "  strb.w r9, [r0, r2]\n"                                          \
  "  strb lr, [r0], #1\n"
/* All channels of two pixels; the loop of eight, 84 bytes of code each, is entered where the rest is done. */
#define CHANNELS(LABEL)                                              \
  "  ldrd r1, r9, [sp, #36]\n"                                       \
  "  add pc, r9\n"                                                   \
  "  nop\n"                                                          \
  LABEL ":\n" CHANNEL CHANNEL CHANNEL CHANNEL CHANNEL CHANNEL CHANNEL CHANNEL \
  "  ldr.w r9, [sp, #44]\n"                                          \
  "  cmp r1, r9\n"                                                   \
  "  bne.w " LABEL "b\n"

__attribute__((naked, noinline)) static void pairs_of_lines(const pass_t *pass) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  sub sp, sp, #64\n"
      "  add r12, sp, #24\n"
      "  adds r0, #24\n"
      "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"
      "  stmia.w r12, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n"
      "  ldmia.w r0, {r1, r2}\n"
      "  mov r0, r1\n"
      "1:\n"
      "  ldrd r1, r3, [sp, #24]\n"
      "  ldr r8, [sp, #32]\n"
      "  ldr r9, [r1]\n"
      "  ldr r10, [r1, r8]\n"
      "  ldr r11, [r1, r8, lsl #1]\n"
      "  ldr r12, [r3, r8, lsl #1]\n"
      "  adds r1, #2\n"
      "  adds r3, #2\n"
      "  strd r1, r3, [sp, #24]\n" BYTES("r4", "r9") BYTES("r5", "r10") BYTES("r6", "r11") BYTES("r7", "r12")
      "  pkhbt r3, r9, r10, lsl #16\n"
      "  pkhbt r8, r11, r12, lsl #16\n"
      "  pkhtb r1, r5, r4, asr #16\n"
      "  pkhtb lr, r7, r6, asr #16\n"
      "  stmia.w sp, {r1, r9, r10, r11, r12, lr}\n"
      "  .p2align 2\n" CHANNELS("2")
      "  ldr r1, [sp, #48]\n"
      "  cbnz r1, 4f\n"
      "3:\n" /* the next lines */
      "  ldrd r3, r4, [sp, #52]\n"
      "  ldr r5, [sp, #32]\n"
      "  ldr r6, [sp, #60]\n"
      "  subs r4, r4, #1\n"
      "  beq 5f\n"
      "  add r3, r3, r5, lsl #1\n"
      "  strd r3, r4, [sp, #52]\n"
      "  add r5, r3\n"
      "  strd r3, r5, [sp, #24]\n"
      "  str r6, [sp, #48]\n"
      "  add r0, r2\n"
      "  b.w 1b\n"
      "5:\n"
      "  add sp, sp, #64\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"
      "  .p2align 2\n"
      "4:\n"
      "  ldmia.w sp, {r3, r4, r5, r6, r7, r8}\n" CHANNELS("6")
      "  ldr r1, [sp, #48]\n"
      "  subs r1, #2\n"
      "  str r1, [sp, #48]\n"
      "  bge.w 1b\n"
      "  b.w 3b\n");
}

#define FINISH(D, MULTIPLIER, DIVIDER, ZERO) REQUANTIZE(D, MULTIPLIER, DIVIDER, ZERO) "  strb " D ", [r0], #1\n"
#define FIRST                                                        \
  "  ldmia.w r1!, {r7, r8, r9, r10, r11, r12, lr}\n"                \
  TAP("r7", "r2", "r8") TAP("r7", "r3", "r9") TAP("r7", "r4", "r10") TAP("r7", "r5", "r11") \
  "  smlabt r7, r6, r12, r7\n"
#define TWO_CHANNELS FIRST                                           \
  "  ldmia.w r1!, {r8, r9, r10, r11, r12}\n" FINISH("r7", "lr", "r8", "r9") \
  TAP("r10", "r2", "r11") TAP("r10", "r3", "r12")                    \
  "  ldmia.w r1!, {r7, r8, r9, r11, r12, lr}\n"                     \
  TAP("r10", "r4", "r7") TAP("r10", "r5", "r8")                      \
  "  smlabt r10, r6, r9, r10\n" FINISH("r10", "r11", "r12", "lr")

/* The loop of four pairs of channels, 84 bytes of code each, is entered where the rest is done. */
__attribute__((naked, noinline)) static void pixels_of(const pixels_t *pixels) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  sub sp, sp, #48\n"
      "  ldmia.w r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n"
      "  stmia.w sp, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n"
      "  ldr r0, [r0]\n"
      "1:\n"
      "  ldmia.w sp, {r7, r8, r9}\n"
      "  ldr.w r2, [r7]\n"
      "  ldr.w r3, [r7, r8]\n"
      "  ldr.w r4, [r7, r8, lsl #1]\n"
      "  add r7, r9\n"
      "  str r7, [sp]\n"
      "  sxtb16 r5, r2, ror #8\n"
      "  sxtb16 r7, r3, ror #8\n"
      "  sxtb16 r6, r4, ror #8\n"
      "  sxtb16 r2, r2\n"
      "  sxtb16 r3, r3\n"
      "  sxtb16 r4, r4\n"
      "  pkhbt r5, r5, r7, lsl #16\n"
      "  ldrd r1, r7, [sp, #12]\n"
      "  cbz r7, 2f\n" FIRST
      "  ldmia.w r1!, {r8, r9}\n" FINISH("r7", "lr", "r8", "r9")
      "2:\n"
      "  ldr r7, [sp, #20]\n"
      "  .p2align 2\n"
      "  add pc, r7\n"
      "  nop\n"
      "3:\n" TWO_CHANNELS TWO_CHANNELS TWO_CHANNELS TWO_CHANNELS
      "  ldr r7, [sp, #24]\n"
      "  cmp r1, r7\n"
      "  bne.w 3b\n"
      "  ldr r7, [sp, #28]\n"
      "  cmp r0, r7\n"
      "  bne.w 1b\n"
      "  ldrd r2, r3, [sp, #32]\n"
      "  ldrd r4, r5, [sp, #40]\n"
      "  add r2, r5\n"
      "  add r7, r4\n"
      "  str r2, [sp]\n"
      "  str r7, [sp, #28]\n"
      "  subs r3, r3, #1\n"
      "  strd r2, r3, [sp, #32]\n"
      "  bne.w 1b\n"
      "  add sp, sp, #48\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* A channel of the pixel whose window begins at x. */
static int8_t output(const int8_t *x, int32_t pitch, const int32_t *stream) {
  int32_t sum = stream[0];
  for (int32_t row = 0; row < 3; ++row) {
    const int8_t *from = x + row * pitch;
    const int32_t middle = row == 0 ? ek_low_half((uint32_t)stream[4]) : ek_high_half((uint32_t)stream[3 + row]);
    sum += ek_low_half((uint32_t)stream[1 + row]) * from[0] + ek_high_half((uint32_t)stream[1 + row]) * from[2] + middle * from[1];
  }
  return ek_requantize(sum, stream[6], stream[7], stream[8]);
}

static void pairs_of_lines(const pass_t *p) {
  int8_t *y = p->y;
  for (int32_t line = 0; line < p->lines; ++line, y += p->apart) {
    const int8_t *x = p->line + 2 * line * p->pitch;
    for (int32_t column = 0; column <= p->last; ++column, ++x) {
      for (const int32_t *stream = p->stream; stream != p->stream_end; stream += WORDS, ++y) {
        y[p->apart] = output(x + p->pitch, p->pitch, stream);
        y[0] = output(x, p->pitch, stream);
      }
    }
  }
}

static void pixels_of(const pixels_t *p) {
  int8_t *y = p->y;
  for (int32_t line = 0; line < p->lines; ++line) {
    const int8_t *x = p->line + line * p->down;
    for (const int8_t *end = y + p->outputs; y != end; x += p->stride) {
      for (const int32_t *stream = p->stream; stream != p->stream_end; stream += WORDS) {
        *y++ = output(x, p->pitch, stream);
      }
    }
  }
}

#endif

/* Lines of outputs, two at a time, from `y` on whose first window begins at `x`. */
static void by_fours(const ek_conv_2d_plane_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines) {
  pass_t pass;
  pass.upper = pass.line = x;
  pass.lower = x + p->pitch;
  pass.pitch = p->pitch;
  pass.stream = p->stream;
  pass.skip = (-p->out_c & 7) * 84;
  pass.stream_end = p->stream + WORDS * p->out_c;
  pass.left = pass.last = p->out_w - 1;
  pass.lines = lines / 2;
  pass.y = y;
  pass.apart = p->out_w * p->out_c;
  pairs_of_lines(&pass);
}

static void one_by_one(const ek_conv_2d_plane_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines) {
  pixels_t pixels;
  pixels.x = pixels.line = x;
  pixels.pitch = p->pitch;
  pixels.stride = p->stride;
  pixels.stream = p->stream;
  pixels.odd = p->out_c & 1;
  pixels.skip = p->out_c == 1 ? 4 * 84 : (-(p->out_c / 2) & 3) * 84;
  pixels.stream_end = p->stream + WORDS * p->out_c;
  pixels.outputs = p->out_w * p->out_c;
  pixels.end = y + pixels.outputs;
  pixels.lines = lines;
  pixels.down = p->stride_h * p->pitch;
  pixels.y = y;
  pixels_of(&pixels);
}

void ek_conv_2d_plane_dsp(const ek_conv_2d_plane_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t line = p->out_w * p->out_c, apart = p->stride_h != 1 || p->stride != 1;
  int8_t *const band = ek_band(p, scratch);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_h * line) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines, single = apart ? lines : lines & 1;
      ek_fill_band(p, x, first * p->stride_h - p->pad_top, ek_band_rows(p, lines), band);
      if (lines > single) {
        by_fours(p, band, y + first * line, lines);
      }
      if (single > 0) {
        one_by_one(p, band + (lines - single) * p->pitch, y + (first + lines - single) * line, single);
      }
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}
