/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of at most 3x3
 * taps, of fours of channels, with the DSP instructions.
 *
 * Blocking: the padded input of four channels is transposed to halfwords, a plane for each channel: words of two lines, column
 * by column. Then channel by channel, in columns of blocks of 2x3 and 2x2 outputs, downwards; a block reads two rows of words.
 * Of an odd number of lines the last is computed alone, 1x3 and 1x2. Outside the input is the zero point, which is folded into
 * the bias. A band of strips of two lines of outputs is computed at a time, all where there is memory; the last row of words is
 * the next band's first, from which that goes backwards.
 * Weights: (w0, w1) of each column for a row of words, (w1, w2) for the one below. For words (x0, x1), (x2, x3) the upper
 * output is SMLAD with (w0, w1) and SMLABT with w2, the lower SMLATB with w0 and SMLAD with (w1, w2). Weights and bias are
 * doubled, as ek_requantize wants. Three words of weights are in registers at a time, from the stack.
 * Registers: r0 row of words, r1-r3 weights, r4-r6 columns, r7-r12 sums, lr y. After the sums r1-r6 take what the
 * requantization needs, by one LDM.
 * With stride 2 (_two) a row of words begins one line of outputs and ends the one above: three SMLAD with (w0, w1), three of its
 * upper halves with w2. Blocks are 2x2 outputs and read three rows, along lines; depthwise_blocks_two_dsp.h has the registers.
 * Budget: 74 instructions for 2x3 outputs (54 MACs: 1.37 each), 52 for 2x2; 16 for a column of blocks, 45 for a channel; 24 for
 * 16 values transposed, 15 for a row of them. Cycles by LDR 2, LDRD 3, LDM 1 + n, branch 2: 103 for 2x3 outputs, 1.9 a MAC.
 * With one multiplication an output (_relu): 68 and 48; 96 cycles. 12x12x64: 1.6 instructions and 2.3 cycles a MAC.
 * With stride 2 58 for 2x2 outputs (36 MACs: 1.6 each), 84 cycles (2.3); with one multiplication 52 and 77; 16 for a line of
 * blocks. 24x24x16 outputs, three bands: 2.25 instructions and 3.3 cycles a MAC. */
#include "edgekit/depthwise_conv_2d_planes_dsp.h"

#include "edgekit/depthwise_blocks_two_dsp.h"

typedef struct {
  uint32_t *first; /* a band's first row of words */
  uint32_t zeros;  /* what stands for four channels outside the input */
  int32_t width;   /* of a line of outputs */
  planes_t in;
  strips_t out;
} state_t;

/* So many strips of a group of channels. */
typedef void compute_t(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, int32_t count);

/* Where the lines of an image are for rows of words from `row` to `end`, of a band whose first row is `first`. */
static void divide(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, const int8_t *x, int32_t row, int32_t end, int32_t first) {
  part_t *part = s->in.parts;
  for (; row < end; row += part++->rows) {
    part->to = s->first + p->pad_column + (row - first) * (s->out.pitch / 4);
    lines_of(p, part, x, 2 * row - p->pad_line, end - row, &s->zeros);
  }
  s->in.count = (int32_t)(part - s->in.parts);
}

/* The rows of words of a group's band. */
static void bring(planes_t *in, int32_t channel) {
  transpose(in, channel);
  const part_t *last = in->parts + in->count - 1;
  for (; in->count > 1 && last->steps[0] == 0 && last->steps[1] == 0; --last) { /* the next group has the same outside */
    --in->count;
  }
}

static void strips_1(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, int32_t count) {
  (void)p;
  down_strips(&s->out, count, 1);
}

/* Blocks are two lines down from the one before; of an odd number the last are one. */
static void strips_2(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, int32_t count) {
  strips_t *const out = &s->out;
  const int32_t lines = 2 - count % 2, back = 8 * s->width, line = s->width * p->out_column_step;
  out->threes = (count + 1) >> 1;
  out->twos = count;
  out->bytes = back - 8;
  out->three = (back_t){2 * out->pitch - back, 2 * p->out_line_step - line};
  out->two = (back_t){lines * out->pitch - back, lines * p->out_line_step - line};
}

#if defined(__clang__)
#define ONE_COPY __attribute__((noinline))
#else
#define ONE_COPY __attribute__((noinline, noclone))
#endif

ONE_COPY static void images(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                            int32_t stride, compute_t *compute) {
  const int32_t width = 3 * p->threes + 2 * p->twos, words = stride * (width - 1) + TAPS, most = words - p->pad_column;
  const int32_t in_size = p->lines * p->columns * p->channels, out_size = p->out_lines * width * p->channels;
  const int32_t all = stride == 1 ? p->out_lines >> 1 : p->out_lines, odd = stride == 1 ? p->out_lines & 1 : 0;
  const int32_t plane = (p->band + 1 + odd) * words;
  uint32_t *const planes = (uint32_t *)(void *)scratch, *const end = planes + PLANES * plane;
  const int32_t begin = ((all - 1) / p->band & 1) ? -4 * words : 4 * words; /* the last band goes forward */
  state_t s;
  s.width = width;
  s.zeros = (uint32_t)(p->in_zero & 0xFF) * 0x01010101U;
  s.in.plane = s.out.plane = 4 * plane;
  s.in.columns = p->columns < most ? p->columns : most;
  s.in.down = 2 * p->line_step - s.in.columns * p->column_step;
  sizes_of(p, &s.out);
  const uint32_t zeros = (uint32_t)(p->in_zero & 0xFFFF) * 0x00010001U;
  for (uint32_t *row = planes; row != end; row += words) { /* columns outside, the same for all groups */
    row[0] = zeros;
    for (int32_t i = p->pad_column + s.in.columns; i < words; ++i) {
      row[i] = zeros;
    }
  }
  for (int32_t n = 0; n < p->batches; ++n, x += in_size, y += out_size) {
    for (int32_t c = 0; c < p->channels; c += PLANES) {
      int32_t pitch = begin;
      s.out.y = y + c;
      for (int32_t first = 0; first < all; first += p->band) {
        const int32_t last = first + p->band < all ? first + p->band : all;
        s.out.odd = last == all ? odd : 0;
        s.out.constants = p->constants + c * CONSTANTS;
        s.out.x = s.first = planes + (pitch < 0 ? p->band * words : 0);
        s.out.pitch = pitch;
        s.in.gap = pitch - 4 * s.in.columns;
        pitch = -pitch;
        if (first > 0 || last < all || c == 0) {
          divide(p, &s, x, first > 0 ? first + 1 : 0, last + 1 + s.out.odd, first);
        }
        bring(&s.in, c);
        compute(p, &s, last - first);
        s.out.y += (stride == 1 ? 2 : 1) * (last - first) * p->out_line_step;
      }
    }
    ek_clamp_all(y, out_size, p->low, p->high);
  }
}

#define KERNEL(NAME, STRIDE, OUTPUTS)                                                                                    \
  static void NAME##_band(const ek_depthwise_conv_2d_planes_dsp_t *p, state_t *s, int32_t count) {                        \
    strips_##STRIDE(p, s, count);                                                                                        \
    OUTPUTS(&s->out);                                                                                                    \
  }                                                                                                                      \
  void ek_##NAME(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {              \
    images(p, x, y, scratch, STRIDE, NAME##_band);                                                                       \
  }
KERNEL(depthwise_conv_2d_planes_dsp, 1, plain_outputs)
KERNEL(depthwise_conv_2d_planes_relu_dsp, 1, relu_outputs)
KERNEL(depthwise_conv_2d_planes_two_dsp, 2, plain_outputs_two)
KERNEL(depthwise_conv_2d_planes_two_relu_dsp, 2, relu_outputs_two)
