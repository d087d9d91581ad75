/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of more than 3x3 and
 * at most 7x7 taps, of fours of channels, with the DSP instructions.
 *
 * Blocking: planes of halfwords and columns of blocks of 2x3 and 2x2 outputs, downwards, as depthwise_conv_2d_planes_dsp.c, but a
 * block reads three rows of words (7x7: four). Bands of strips are transposed whole; what is outside the input is there before.
 * Weights: of words (x0, x1), (x2, x3), (x4, x5) the upper output takes SMLAD with (w0, w1), SMLAD with (w2, w3) and SMLABT with
 * w4, the lower SMLATB with w0, SMLAD with (w1, w2) and SMLAD with (w3, w4). Four words a column and channel (7x7: six), doubled,
 * are made of bytes on the stack; two are in registers at a time.
 * Registers: r0 row of words, lr y, r7-r12 sums, r1-r6 columns and weights, then what the requantization needs.
 * Budget: 140 instructions for 2x3 outputs (150 MACs: 0.93 each), 101 for 2x2; 16 for a column of blocks, 80 for a channel. Cycles:
 * 189 for 2x3 outputs, 1.26 a MAC. With one multiplication an output (_relu): 134 and 97. Of 7x7 236 for 2x3 (294 MACs: 0.8).
 * With stride 2 (_two) a line of outputs begins at each row of words: blocks are 1x3 and 1x2, three SMLAD or, of the last row, SMLABB
 * a column; depthwise_blocks_large_two_dsp.h has the registers. 77 instructions for 1x3 outputs (75 MACs: 1.03 each), 55 for 1x2. */
#include "edgekit/depthwise_conv_2d_planes_large_dsp.h"

#include "edgekit/depthwise_blocks_large_two_dsp.h"

/* Where the lines of an image are for rows of words from `row` to `end`; rows outside have none. */
static void divide(const ek_depthwise_conv_2d_planes_large_dsp_t *p, planes_t *in, const int8_t *x, const int8_t *zeros, int32_t row,
                   int32_t end, int32_t words, uint32_t *to) {
  part_t *part = in->parts;
  for (int32_t rows; row < end; row += rows, to += rows * words) {
    const int32_t line = 2 * row - p->pad_line, whole = (p->lines - line) >> 1;
    rows = line < 0 || whole <= 0 ? 1 : (whole < end - row ? whole : end - row);
    if (line >= -1 && line < p->lines) {
      part->to = to + p->pad_column;
      part->rows = rows;
      for (int32_t i = 0; i < 2; ++i) {
        const int inside = (uint32_t)(line + i) < (uint32_t)p->lines;
        part->lines[i] = inside ? x + (line + i) * p->line_step : zeros;
        part->steps[i] = inside ? p->column_step : 0;
      }
      ++part;
    }
  }
  in->count = (int32_t)(part - in->parts);
}

#if defined(__clang__)
#define ONE_COPY __attribute__((noinline))
#else
#define ONE_COPY __attribute__((noinline, noclone))
#endif

/* `below`: rows of words that a strip reads beside its first one. `constants`: words of a channel. */
ONE_COPY static void images(const ek_depthwise_conv_2d_planes_large_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                            int32_t below, int32_t stride, int32_t constants, outputs_t *outputs) {
  const int32_t width = 3 * p->threes + 2 * p->twos, words = stride * (width - 1) + 2 * below + 1, most = words - p->pad_column;
  const int32_t in_size = p->lines * p->columns * p->channels, out_size = p->out_lines * width * p->channels;
  const int32_t all = stride == 1 ? p->out_lines >> 1 : p->out_lines, odd = stride == 1 ? p->out_lines & 1 : 0;
  const int32_t plane = (p->band + below + odd) * words;
  const uint32_t outside = (uint32_t)(p->in_zero & 0xFF) * 0x01010101U, zeros = (uint32_t)(p->in_zero & 0xFFFF) * 0x00010001U;
  uint32_t *const planes = (uint32_t *)(void *)scratch, *const end = planes + PLANES * plane;
  planes_t in;
  strips_t out;
  in.plane = out.plane = 4 * plane;
  in.columns = p->columns < most ? p->columns : most;
  in.gap = 4 * (words - in.columns);
  in.down = 2 * p->line_step - in.columns * p->column_step;
  out.pitch = 4 * words;
  out.column_step = p->out_column_step;
  out.line_step = p->out_line_step;
  out.zero = p->out_zero;
  out.threes = p->threes;
  out.twos = p->twos;
  out.x = planes;
  for (int32_t n = 0; n < p->batches; ++n, x += in_size, y += out_size) {
    for (int32_t first = 0; first < all; first += p->band) {
      const int32_t last = first + p->band < all ? first + p->band : all;
      if (n == 0 || p->band < all) { /* else what is outside is where it was */
        for (uint32_t *word = planes; word != end; ++word) {
          *word = zeros;
        }
      }
      out.odd = last == all ? odd : 0;
      out.constants = p->constants;
      out.y = y + (3 - stride) * first * p->out_line_step;
      divide(p, &in, x, (const int8_t *)&outside, first, last + below + out.odd, words, planes);
      down_strips(&out, last - first, stride);
      for (int32_t c = 0; c < p->channels; c += PLANES, out.y += PLANES, out.constants += PLANES * constants) {
        transpose(&in, c);
        outputs(&out);
      }
    }
    ek_clamp_all(y, out_size, p->low, p->high);
  }
}

#define KERNEL(NAME, BELOW_FIRST, STRIDE, CONSTANTS)                                                                       \
  void ek_depthwise_conv_2d_planes_##NAME##_dsp(const ek_depthwise_conv_2d_planes_large_dsp_t *p, const int8_t *x, int8_t *y, \
                                                uint8_t *scratch) {                                                         \
    images(p, x, y, scratch, BELOW_FIRST, STRIDE, CONSTANTS, NAME##_outputs);                                               \
  }
KERNEL(five, 2, 1, 13)
KERNEL(five_relu, 2, 1, 13)
KERNEL(seven, 3, 1, 25)
KERNEL(seven_relu, 3, 1, 25)
KERNEL(five_two, 2, 2, 11)
KERNEL(five_two_relu, 2, 2, 11)
KERNEL(seven_two, 3, 2, 17)
KERNEL(seven_two_relu, 3, 2, 17)
