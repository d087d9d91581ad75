/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, for few inputs or few outputs,
 * with the DSP instructions; and as depthwise_conv_2d.c, one input channel after the other.
 *
 * Blocking: the input of one line of outputs, a stripe, is expanded to halfwords once, column by column, so that the window
 * of an output is one run of words. Outside the input is the zero point, which is folded into the bias: no output is at an
 * edge. Where an odd number of halfwords lies between the windows of two outputs, the stripe is copied one halfword
 * further, and every second output reads the copy: all words are aligned.
 * ek_conv_2d_stripe_dsp: 2 pixels x 1 channel x 8 taps. Registers: r0, lr windows, r1 stream, r2-r5 taps of a pixel, r6-r9
 * weights, r10, r11 sums, r12 y. Budget: 11 instructions for 8 taps (16 MACs: 0.69 each), 17 for both outputs, 13 for a pair
 * of pixels. Cycles by LDR 2, LDM 1 + n, branch 2: 23 for 8 taps, 1.44 a MAC.
 * ek_conv_2d_stripe_few_dsp: 1 pixel x all channels, at most 16 taps, which stay in registers. Registers: r0 y, r1 stream, r2
 * zero point, from r3 on the taps, in the others up to lr what was loaded. Budget: 7, 8, 9, 11, 12, 17 instructions for an
 * output of 2, 3, 4, 5, 6, 8 words, 0.75 of a loop over four channels, 16 for a pixel.
 * The stripe takes 1 to 3 instructions for each of its taps; x is at a multiple of 4 where in_c is one. */
#include "edgekit/conv_2d_stripe_dsp.h"

#include "edgekit/stripe_dsp.h"
#include "edgekit/stripe_outputs_dsp.h"

typedef ek_conv_2d_stripe_dsp_t params_t;

/* Up to two ways through `count` outputs of a line; returns how many. */
typedef int32_t (*prepare_t)(const params_t *p, const stripe_t *s, int32_t count, outputs_t *ways);
typedef void (*run_t)(const outputs_t *outputs);

/* A segment of all lines: `count` outputs from column `ox` on. */
static void segment_of(const params_t *p, stripe_t *s, const int8_t *x, int8_t *y, const int32_t *stream, int32_t ox,
                       prepare_t prepare, run_t run) {
  const int32_t left = p->out_columns - ox, count = left < p->segment ? left : p->segment;
  const int32_t width = (count - 1) * p->stride_column + p->kernel_columns, column = ox * p->stride_column - p->pad_column;
  const int32_t before = column < 0 ? (-column < width ? -column : width) : 0;
  const int32_t inside = (p->columns - column < width ? p->columns - column : width) - before;
  uint8_t *bytes = (uint8_t *)s->words;
  s->inside = inside < 0 ? 0 : inside;
  s->size = (width * s->record + 1) / 2;
  s->first = bytes + 2 * before * s->record;
  clear(bytes, before * s->record, p->in_zero);
  clear(s->first + 2 * s->inside * s->record, (width - before - s->inside) * s->record, p->in_zero);
  outputs_t ways[2];
  for (int32_t i = 0; i < 2; ++i) {
    ways[i].zero = p->out_zero;
    ways[i].apart = p->out_column_step;
    ways[i].stream = stream;
    ways[i].stream_end = stream + p->out_c * (p->words + 3);
    ways[i].y = y + ox * p->out_column_step;
  }
  const int32_t used = prepare(p, s, count, ways);
  x += (column + before) * p->column_step;
  for (int32_t oy = 0, line = -p->pad_line; oy < p->out_lines; ++oy, line += p->stride_line) {
    fill(p, s, x, line);
    for (int32_t i = 0; i < used; ++i) {
      run(&ways[i]);
      ways[i].y += p->out_line_step;
    }
  }
}

static void stripes(const params_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, prepare_t prepare, run_t run) {
  const int32_t columns = (p->segment - 1) * p->stride_column + p->kernel_columns, each = p->out_c * (p->words + 3);
  stripe_t s;
  s.record = p->kernel_lines * p->in_c;
  s.step = s.record * p->stride_column;
  const int32_t words = (columns * s.record + 1) / 2 + 4, odd = s.step & 1;
  s.words = (uint32_t *)(void *)scratch;
  s.copy = odd ? s.words + words : 0;
  s.zeros = (int8_t *)(s.words + (words << odd));
  memset(s.zeros, p->in_zero, (size_t)(columns > p->in_c ? columns : p->in_c));
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_size) {
    for (int32_t part = 0; part < p->parts; ++part) {
      for (int32_t ox = 0; ox < p->out_columns; ox += p->segment) {
        segment_of(p, &s, x + part, y + part * p->out_c, p->stream + part * each, ox, prepare, run);
      }
    }
    ek_clamp_all(y, p->out_size, p->low, p->high);
  }
}

static int32_t prepare_pairs(const params_t *p, const stripe_t *s, int32_t count, outputs_t *ways) {
  const int32_t rest = (p->words - 1) / 4, pairs = count / 2; /* groups of four words after the first */
  outputs_t *const single = pairs > 0 ? &ways[1] : ways;      /* the last one, twice */
  for (int32_t i = 0; i < 2; ++i) {
    ways[i].skip = rest == 0 ? 4 * 44 + 12 : (-rest & 3) * 44;
    ways[i].step = 4 * s->step;
    ways[i].gap = 2 * p->out_column_step - p->out_c;
    ways[i].count = pairs;
    ways[i].first = s->words;
    ways[i].second = (s->copy != 0 ? s->copy : s->words) + s->step / 2;
    ways[i].end = s->words + p->words;
  }
  if (count & 1) {
    single->count = 1;
    single->apart = 0;
    single->first = s->words + pairs * s->step;
    single->second = single->first;
    single->end = single->first + p->words;
    single->y += (count - 1) * p->out_column_step;
  }
  return (pairs > 0) + (count & 1);
}

/* All pixels, or the even ones, then the odd ones. */
static int32_t prepare_pixels(const params_t *p, const stripe_t *s, int32_t count, outputs_t *ways) {
  static const int32_t bytes[] = {28, 32, 36, 44, 48, 0, 68}; /* of the code for one channel */
  const int32_t used = s->copy != 0 ? 2 : 1;
  for (int32_t i = 0; i < used; ++i) {
    ways[i].skip = (-p->out_c & 3) * bytes[p->words - 2];
    ways[i].step = 2 * s->step * used;
    ways[i].gap = used * p->out_column_step - p->out_c;
    ways[i].count = (count + used - 1 - i) / used;
    ways[i].second = i == 0 ? s->words : s->copy + s->step / 2;
    ways[i].y += i * p->out_column_step;
  }
  return count > 1 ? used : 1;
}

void ek_conv_2d_stripe_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  stripes(p, x, y, scratch, prepare_pairs, p->words & 2 ? pairs_from_2 : pairs_from_4);
}

void ek_conv_2d_stripe_few_dsp(const ek_conv_2d_stripe_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  static const run_t runs[] = {pixels_2, pixels_3, pixels_4, pixels_5, pixels_6, 0, pixels_8};
  stripes(p, x, y, scratch, prepare_pixels, runs[p->words - 2]);
}
