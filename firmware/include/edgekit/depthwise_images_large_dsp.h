/* All images of depthwise_conv_2d_planes_five_dsp.c and depthwise_conv_2d_planes_seven_dsp.c, in bands of rows of words. */
#ifndef EDGEKIT_DEPTHWISE_IMAGES_LARGE_DSP_H
#define EDGEKIT_DEPTHWISE_IMAGES_LARGE_DSP_H

#include "edgekit/depthwise_conv_2d_planes_dsp.h"
#include "edgekit/depthwise_strips_of_blocks_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the lines of an image are for rows of words from `row` to `end`; rows outside have none. */
static void divide(const ek_depthwise_conv_2d_planes_dsp_t *p, planes_t *in, const int8_t *x, const uint32_t *outside, int32_t row,
                   int32_t end, int32_t words, uint32_t *to) {
  part_t *part = in->parts;
  for (int32_t rows; row < end; row += rows, to += rows * words) {
    const int32_t line = 2 * row - p->pad_line;
    rows = 1;
    if (line >= -1 && line < p->lines) {
      lines_of(p, part, x, line, end - row, outside);
      part->to = to + p->pad_column;
      rows = part++->rows;
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
ONE_COPY static void images(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
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
  sizes_of(p, &out);
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
      divide(p, &in, x, &outside, first, last + below + out.odd, words, planes);
      down_strips(&out, last - first, stride);
      for (int32_t c = 0; c < p->channels; c += PLANES, out.y += PLANES, out.constants += PLANES * constants) {
        transpose(&in, c);
        outputs(&out);
      }
    }
    ek_clamp_all(y, out_size, p->low, p->high);
  }
}

#define KERNEL(NAME, BELOW_FIRST, STRIDE, CONSTANTS)                                                                        \
  void ek_depthwise_conv_2d_planes_##NAME##_dsp(const ek_depthwise_conv_2d_planes_dsp_t *p, const int8_t *x, int8_t *y,       \
                                                uint8_t *scratch) {                                                         \
    images(p, x, y, scratch, BELOW_FIRST, STRIDE, CONSTANTS, NAME##_outputs);                                               \
  }

#ifdef __cplusplus
}
#endif
#endif
