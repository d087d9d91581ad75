/* Lines with their padding, brought to scratch: windows that lie one after another are pixels there, which share inputs. For
 * conv_1d_dsp.c and conv_1d_packed_dsp.c. */
#ifndef EDGEKIT_CONV_1D_LINES_DSP_H
#define EDGEKIT_CONV_1D_LINES_DSP_H

#include "edgekit/arch_dsp.h"
#include "edgekit/conv_1d_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `count` outputs of each of so many lines; x: the first window. */
typedef void (*run_t)(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t count);

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/* `to` is at a multiple of 4, x anywhere. */
__attribute__((noinline)) static void copy(int8_t *to, const int8_t *x, int32_t size) {
  for (; size >= 16; size -= 16, x += 16, to += 16) {
    const uint32_t a = ek_load4(x), b = ek_load4(x + 4), c = ek_load4(x + 8), d = ek_load4(x + 12);
    memcpy(to, &a, 4);
    memcpy(to + 4, &b, 4);
    memcpy(to + 8, &c, 4);
    memcpy(to + 12, &d, 4);
  }
  for (; size >= 4; size -= 4, x += 4, to += 4) {
    const uint32_t a = ek_load4(x);
    memcpy(to, &a, 4);
  }
  for (; size > 0; --size) {
    *to++ = *x++;
  }
}

/* What is padding stays from one run to the next. */
__attribute__((noinline)) static void lines_of(const ek_conv_1d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                               run_t run) {
  int32_t kept_before = -1, kept_inside = -1;
  for (int32_t n = 0; n < p->images; ++n, x += p->image_step) {
    const int8_t *line = x;
    for (int32_t oy = 0; oy < p->lines; oy += p->run, line += p->run * p->line_step) {
      const int32_t lines = least(p->run, p->lines - oy);
      for (int32_t ox = 0; ox < p->columns; ox += p->segment) {
        const int32_t count = least(p->segment, p->columns - ox), first = ox * p->step - p->pad;
        const int32_t size = (count - 1) * p->step + p->window, before = first < 0 ? -first : 0;
        const int32_t inside = least(p->size - (first + before), size - before);
        if (inside + before < size || before > 0) {
          if (before != kept_before || inside != kept_inside) {
            memset(scratch, p->in_zero, (size_t)(p->run * p->pitch));
          }
        }
        kept_before = before;
        kept_inside = inside;
        int8_t *const to = (int8_t *)scratch + (-before & 3);
        for (int32_t i = 0; i < lines; ++i) {
          copy(to + i * p->pitch + before, line + i * p->line_step + first + before, inside);
        }
        run(p, to, y, lines, count);
        y += lines * count * p->out_c;
      }
    }
  }
  const int32_t all = p->images * p->lines * p->columns * p->out_c;
  ek_clamp_all(y - all, all, p->low, p->high);
}

#ifdef __cplusplus
}
#endif
#endif
