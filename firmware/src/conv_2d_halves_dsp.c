/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, for layers of so few weights that
 * they may take two bytes each, with the DSP instructions.
 *
 * Blocking: 2 pixels x all channels, 2 channels at a time, 4 taps; the pixels are below each other, in an odd last line side by
 * side. Their taps are expanded to halfwords in a buffer, `columns`: 4 of the first pixel, 4 of the second. The zero point is
 * folded into the bias, and padding is the zero point: no output is at an edge. With stride 1, two windows below each other
 * share all rows but one.
 * Registers: r0 columns, r1 weights and constants, r2-r5 eight halfwords of both pixels, r6-r9 eight weights of both channels,
 * r10 and r11 the second channel's sums, r12 and lr the first's. Everything else is on the stack.
 * Budget: 10 instructions for 4 taps (16 MACs: 0.625 each), 3 for every 32 but the first 4, 26 for the four outputs of a block;
 * of an odd channel 6 for 4 taps and 20 for both outputs. 23 for a pair of pixels, and 21 (15 where rows are shared) for 12 taps
 * of each. Cycles by LDR 2, LDM 1 + n, branch 2: 18 for 4 taps, 1.13 a MAC. With one multiplication an output (_relu): 22 for four
 * outputs, 18 for both of an odd channel. */
#include "edgekit/conv_2d_halves_dsp.h"

#include "edgekit/assembly_dsp.h"
#include "edgekit/halves_columns_dsp.h"
#include "edgekit/relu_dsp.h"

#if EK_DSP_INSTRUCTIONS

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */

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

/* `count` pairs from `x` and `y` on; the second pixel's window and output lie `right` and `apart` bytes on. */
__attribute__((noinline)) static void run(pass_t *pass, const int8_t *x, int32_t right, int8_t *y, int32_t apart, int32_t count) {
  pass->window[0] = x;
  pass->window[1] = x + right;
  pass->y[0] = y;
  pass->y[1] = y + apart;
  pass->count = count;
  pass->pairs(pass);
}

/* Lines of outputs from `y` on whose first window begins at `x`. */
static void lines_of(const params_t *p, pass_t *pass, expand_t *const expand[2], const int8_t *x, int8_t *y, int32_t lines) {
  const int32_t line = p->out_w * p->out_c, down = p->stride_h * p->pitch;
  pass->expand = expand[0];
  pass->step = p->stride;
  pass->gap = 0;
  for (; lines > 1; lines -= 2, x += 2 * down, y += 2 * line) {
    run(pass, x, down, y, line, p->out_w);
  }
  if (lines == 0) {
    return;
  }
  pass->expand = expand[1];
  pass->step = 2 * p->stride;
  pass->gap = p->out_c;
  if (p->out_w > 1) {
    run(pass, x, p->stride, y, p->out_c, p->out_w / 2);
  }
  if (p->out_w % 2 != 0) { /* one pixel, twice */
    run(pass, x + (p->out_w - 1) * p->stride, 0, y + line - p->out_c, 0, 1);
  }
}

__attribute__((noinline)) static void images(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                             void (*pairs)(const pass_t *pass)) {
  const int32_t fours = p->groups - 1, line = p->out_w * p->out_c, down = p->stride_h * p->in_row;
  pass_t pass;
  expand_t *expand[2];
  choose(p, &pass, expand);
  pass.zero = p->out_zero;
  pass.stream = p->stream;
  pass.rows = p->kernel_h;
  pass.pairs = pairs;
  pass.stream_end = p->stream + p->out_c / 2 * (4 * p->groups + 6);
  pass.columns = (uint32_t *)(void *)scratch;
  pass.end = pass.columns + 4 * p->groups;
  pass.skip = fours == 0 ? 8 * 40 + 8 : (-fours & 7) * 40;
  pass.odd = p->out_c % 2 == 0 ? -1 : fours == 0 ? 8 * 24 + 8 : (-fours & 7) * 24;
  pass.pitch = p->dilation_h * p->pitch;
  int8_t *const band = p->copied ? ek_band(p, scratch + 16 * p->groups) : 0;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_h * line) {
    for (int32_t first = 0; first < p->out_h; first += p->lines) {
      const int32_t left = p->out_h - first, lines = left < p->lines ? left : p->lines;
      const int8_t *from = x + first * down;
      if (p->copied) {
        ek_fill_band(p, x, first * p->stride_h - p->pad_top, ek_band_rows(p, lines), band);
        from = band;
      }
      lines_of(p, &pass, expand, from, y + first * line, lines);
    }
    ek_clamp_all(y, p->out_h * line, p->low, p->high);
  }
}

void ek_conv_2d_halves_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, pairs_of);
}

void ek_conv_2d_halves_relu_dsp(const ek_conv_2d_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, relu_pairs_of);
}
