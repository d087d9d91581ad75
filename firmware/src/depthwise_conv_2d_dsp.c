/* y[n,oy,ox,o] = requantize(bias[o] + sum over ky,kx of (x - in_zero) * w[ky,kx,o]), as depthwise_conv_2d.c, of at most 3x3
 * taps with stride 1 or 2, of one or several outputs for each channel, with the DSP instructions.
 *
 * Blocking: four channels, two lines of the padded input at a time. They are transposed to halfwords: for each pair of
 * columns 8 words, (first line, second line) of each channel. Two such strips are kept, and together they hold the input of
 * one strip of outputs: stride 1 two lines of them, 2x2 at a time, stride 2 one line, two outputs at a time. Outside the
 * input is the zero point, which is folded into the bias. All outputs of a channel are computed from the same strips.
 * Weights: (w0, w1) and (w1, w2) of each line. For words (x0, x1), (x2, x3) the first output is SMLAD with (w0, w1) and
 * SMLABT with w2, the second SMLATB with w0 and SMLAD with (w1, w2). Weights and bias are doubled, as ek_requantize wants.
 * Registers: r0, r1 strips, r2, r3 columns, r4-r9 weights, r10, r11, r12, lr sums. After the sums r2-r9 take what the
 * requantization needs, by one LDM from the stack, and afterwards the weights again by another.
 * An odd last line or column is computed with a step of 0 to the other one: the outputs that do not exist are written
 * first, where the others then go.
 * Budget: 51 instructions for 2x2 outputs (36 MACs: 1.42 each), 31 for two with stride 2; 14 for each channel of a strip of
 * outputs; 21 for 16 values transposed; about 110 around each strip. 12x12x64, stride 1: 1.84 a MAC. Cycles by LDR 2, LDRD
 * 3, LDM 1 + n, branch 2: 77 for 2x2 outputs, 2.1 a MAC. With one multiplication an output (_relu): 47 and 29, 72 cycles. */
#include "edgekit/depthwise_conv_2d_dsp.h"

#include "edgekit/assembly_dsp.h"
#include "edgekit/depthwise_outputs_dsp.h"
#include "edgekit/depthwise_strips_dsp.h"

/* Multiplier, divider, bytes to the next output's strips, six words of doubled weights and the bias of each output. */
#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
__attribute__((naked, noinline)) static void expand(int32_t *table, const int32_t *constants, const int32_t *weights,
                                                    int32_t count) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "1:\n"
      "  ldmia r2!, {r4, r5, r6}\n"
      BYTES_OF("r7", "r8", "r4")
      BYTES_OF("r9", "r10", "r5")
      BYTES_OF("r11", "r12", "r6")
      "  sxtab16 r7, r7, r4\n"
      "  sxtab16 r8, r8, r4, ror #8\n"
      "  sxtab16 r9, r9, r5\n"
      "  sxtab16 r10, r10, r5, ror #8\n"
      "  sxtab16 r11, r11, r6\n"
      "  sxtab16 r12, r12, r6, ror #8\n"
      "  ldmia.w r1!, {r4, r5, lr}\n"
      "  movs r6, #8\n"
      "  subs r3, r3, #1\n"
      "  stmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  bne 1b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop
#else
static void expand(int32_t *table, const int32_t *constants, const int32_t *weights, int32_t count) {
  for (; count > 0; --count, constants += 3) {
    *table++ = constants[0];
    *table++ = constants[1];
    *table++ = CHANNEL_BYTES;
    for (int32_t k = 0; k < 3; ++k) {
      const uint32_t w = (uint32_t)*weights++, even = ek_sxtb16(w), odd = ek_sxtb16_odd(w);
      *table++ = (int32_t)ek_sxtab16(even, w);
      *table++ = (int32_t)ek_sxtab16_odd(odd, w);
    }
    *table++ = constants[2];
  }
}

#endif

/* The table of a group of channels; those of one channel's outputs that others follow stay at its strips. */
static void fill_table(const ek_depthwise_conv_2d_dsp_t *p, int32_t *table, int32_t channel, int32_t count) {
  const int32_t many = p->depth_multiplier, first = channel * many;
  expand(table, p->constants + 3 * first, p->weights + 3 * first, count * many);
  for (int32_t *bytes = table + 2; many > 1 && count > 0; --count, bytes += TABLE_WORDS) {
    for (int32_t i = 1; i < many; ++i, bytes += TABLE_WORDS) {
      *bytes = 0;
    }
  }
}

static void channel_group(const ek_depthwise_conv_2d_dsp_t *p, input_t *in, const int8_t *x, int8_t *y, uint32_t *strips,
                          int32_t *table, int32_t c, int32_t channels, outputs_t *outputs) {
  const int32_t block = p->stride * STRIP_WORDS, even = p->out_columns / 2, height = 3 - p->stride;
  const int32_t full = 4 * block * even, y_step = height * p->out_line_step;
  strip_t s;
  uint32_t *spare = strips, *next = strips + p->words * STRIP_WORDS;
  s.zero = p->out_zero;
  s.table = table;
  s.table_end = table + channels * p->depth_multiplier * TABLE_WORDS;
  s.line_step = p->out_line_step;
  int32_t line = -p->pad_line;
  const uint32_t *top = fill(p, in, x, spare, line, c, channels);
  for (int32_t left = p->out_lines; left > 0; left -= height, y += y_step) {
    line += 2;
    const uint32_t *const bottom = fill(p, in, x, next, line, c, channels);
    s.top = top;
    s.bottom = bottom;
    s.first = y;
    if (left == 1) {
      s.line_step = 0;
    }
    if (full > 0) {
      s.column_step = p->out_column_step;
      s.bytes = full;
      outputs(&s);
    }
    if (p->out_columns % 2 != 0) {
      s.top += full / 4;
      s.bottom += full / 4;
      s.first += 2 * even * p->out_column_step;
      s.column_step = 0;
      s.bytes = 4 * block;
      outputs(&s);
    }
    uint32_t *const filled = next;
    next = spare;
    spare = filled;
    top = bottom;
  }
}

__attribute__((noinline)) static void images(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                             outputs_t *outputs) {
  uint32_t *strips = (uint32_t *)(void *)scratch;
  int32_t *table = (int32_t *)(void *)(scratch + 64 * p->words);
  const int32_t pairs = (p->columns - p->pad_column) >> 1, most = p->words - p->pad_column;
  input_t in;
  in.full = 4 * STRIP_WORDS * (p->pad_column + (pairs < most ? pairs : most));
  in.bytes = 4 * STRIP_WORDS * p->words;
  in.zeros = (uint32_t)(p->in_zero & 0xFF) * 0x01010101U;
  in.left = p->pad_column;
  in.half = (p->columns - p->pad_column) & 1 ? in.full : -1;
  in.columns = p->columns;
  const int32_t in_size = p->lines * p->columns * p->channels;
  const int32_t out_size = p->out_lines * p->out_columns * p->channels * p->depth_multiplier;
  for (int32_t n = 0; n < p->batches; ++n, x += in_size, y += out_size) {
    for (int32_t c = 0; c < p->channels; c += GROUP) {
      const int32_t count = p->channels - c < GROUP ? p->channels - c : GROUP;
      fill_table(p, table, c, count);
      channel_group(p, &in, x + c, y + c * p->depth_multiplier, strips, table, c, count, outputs);
    }
    ek_clamp_all(y, out_size, p->low, p->high);
  }
}

void ek_depthwise_conv_2d_dsp(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, p->stride == 1 ? stride_1 : stride_2);
}

void ek_depthwise_conv_2d_relu_dsp(const ek_depthwise_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, p->stride == 1 ? stride_1_relu : stride_2_relu);
}
