/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of at most 3x3
 * taps with stride 1 or 2, of fours of channels, with the DSP instructions.
 *
 * Blocking: the padded input of four channels is transposed to halfwords, a plane for each channel: words of two lines, column
 * by column. Then channel by channel, in columns of blocks, downwards: with stride 1 a strip of outputs is two lines, blocks
 * are 2x3 and 2x2, and read two rows of words; with stride 2 a strip is one line, blocks are 1x3 and 1x2. Outside the input
 * is the zero point, which is folded into the bias. A band of strips is computed at a time, all where there is memory; the
 * last row of words is the next band's first.
 * Weights: (w0, w1) of each column for a row of words, (w1, w2) for the one below. For words (x0, x1), (x2, x3) the upper
 * output is SMLAD with (w0, w1) and SMLABT with w2, the lower SMLATB with w0 and SMLAD with (w1, w2); with stride 2 the
 * upper alone. Weights and bias are doubled, as ek_requantize wants. Three weights are in registers at a time, from the stack.
 * Registers: r0 row of words, r1-r3 weights, r4-r6 columns, r7-r12 sums, lr y. After the sums r1-r6 take what the
 * requantization needs, by one LDM.
 * An odd last line is computed with a step of 0 to the other one: outputs that do not exist are written first, where the others
 * then go.
 * Budget: 74 instructions for 2x3 outputs (54 MACs: 1.37 each), 52 for 2x2; with stride 2 44 for three; 15 for a column of
 * blocks, 47 for a channel; 15 for eight values transposed; about 150 for four channels. Cycles by LDR 2, LDRD 3, LDM 1 + n,
 * branch 2: 103 for 2x3 outputs, 1.9 a MAC. With one multiplication an output (_relu): 68, 48 and 41; 96 cycles. */
#include "edgekit/depthwise_conv_2d_planes_dsp.h"

#include "edgekit/depthwise_blocks_dsp.h"

enum { TAPS = 3 };

typedef struct {
  uint32_t *planes;
  int32_t stride;
  uint32_t zeros;      /* what stands for four channels outside the input */
  planes_t in;
  strips_t out;
} state_t;

/* Rows of words from `row` to `end` of the input, of a band whose first row is `first`. */
static void fill(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, const int8_t *x, int32_t row, int32_t end, int32_t first) {
  planes_t *const in = &s->in;
  for (; row < end; row += in->rows) {
    const int32_t line = 2 * row - p->pad_line, whole = (p->lines - line) >> 1;
    in->to = s->planes + p->pad_column + (row - first) * (s->out.pitch >> 2);
    in->rows = line < 0 || whole <= 0 ? 1 : (whole < end - row ? whole : end - row);
    for (int32_t i = 0; i < 2; ++i) {
      const int inside = (uint32_t)(line + i) < (uint32_t)p->lines;
      in->lines[i] = inside ? x + (line + i) * p->line_step : (const int8_t *)&s->zeros;
      in->steps[i] = inside ? p->column_step : 0;
    }
    transpose(in);
  }
}

/* The next strips of outputs; `line_step` is 0 where the last has one line of two. */
static void strips(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, int32_t count, int32_t line_step, outputs_t *outputs) {
  strips_t *const out = &s->out;
  const int32_t column = 4 * s->stride, down = count * (3 - s->stride) * line_step;
  out->bytes = count * out->pitch;
  out->line_step = line_step;
  out->three = (back_t){3 * column - out->bytes, 3 * p->out_column_step - down};
  out->two = (back_t){2 * column - out->bytes, 2 * p->out_column_step - down};
  outputs(out);
  out->x += out->bytes >> 2;
  out->y += down;
}

static void group(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, const int8_t *x, int8_t *y, outputs_t *outputs) {
  const int32_t lines = 3 - s->stride, full = p->out_lines / lines, all = (p->out_lines + lines - 1) / lines;
  int8_t *to = y;
  for (int32_t first = 0; first < all; first += p->band) {
    const int32_t end = first + p->band < all ? first + p->band : all;
    if (first > 0) {
      const uint32_t *last = s->planes + p->band * (s->out.pitch >> 2);
      for (int32_t c = 0; c < PLANES; ++c, last += s->out.plane >> 2) {
        memcpy(s->planes + c * (s->out.plane >> 2), last, (size_t)s->out.pitch);
      }
    }
    fill(p, s, x, first > 0 ? first + 1 : 0, end + 1, first);
    s->out.x = s->planes;
    s->out.y = to;
    const int32_t whole = (end < full ? end : full) - first;
    if (whole > 0) {
      strips(p, s, whole, p->out_line_step, outputs);
    }
    if (end > full) {
      strips(p, s, 1, 0, outputs);
    }
    to = s->out.y;
  }
}

__attribute__((noinline)) static void images(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y,
                                             uint8_t *scratch, int32_t stride, outputs_t *outputs) {
  const int32_t width = 3 * p->threes + 2 * p->twos, words = (width - 1) * stride + TAPS, most = words - p->pad_column;
  const int32_t in_size = p->lines * p->columns * p->channels, out_size = p->out_lines * width * p->channels;
  state_t s;
  s.planes = (uint32_t *)(void *)scratch;
  s.stride = stride;
  s.zeros = (uint32_t)(p->in_zero & 0xFF) * 0x01010101U;
  s.out.pitch = 4 * words;
  s.in.plane = s.out.plane = (p->band + 1) * s.out.pitch;
  s.in.columns = p->columns < most ? p->columns : most;
  s.in.gap = 4 * (words - s.in.columns);
  s.in.down = 2 * p->line_step - s.in.columns * p->column_step;
  s.out.column_step = p->out_column_step;
  s.out.zero = p->out_zero;
  s.out.threes = p->threes;
  s.out.twos = p->twos;
  const uint32_t zeros = (uint32_t)(p->in_zero & 0xFFFF) * 0x00010001U;
  uint32_t *row = s.planes;
  for (int32_t left = PLANES * (p->band + 1); left > 0; --left, row += words) { /* columns outside, in every group */
    row[0] = zeros;
    for (int32_t i = p->pad_column + s.in.columns; i < words; ++i) {
      row[i] = zeros;
    }
  }
  for (int32_t n = 0; n < p->batches; ++n, x += in_size, y += out_size) {
    for (int32_t c = 0; c < p->channels; c += PLANES) {
      s.out.constants = p->constants + c * CONSTANTS;
      group(p, &s, x + c, y + c, outputs);
    }
    ek_clamp_all(y, out_size, p->low, p->high);
  }
}

#define KERNEL(NAME, STRIDE, OUTPUTS)                                                                             \
  void NAME(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {           \
    images(p, x, y, scratch, STRIDE, OUTPUTS);                                                                    \
  }
KERNEL(ek_depthwise_conv_2d_planes_dsp, 1, next)
KERNEL(ek_depthwise_conv_2d_planes_relu_dsp, 1, next_relu)
KERNEL(ek_depthwise_conv_2d_planes_apart_dsp, 2, apart)
KERNEL(ek_depthwise_conv_2d_planes_apart_relu_dsp, 2, apart_relu)
