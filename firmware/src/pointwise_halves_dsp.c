/* y[n,oy,ox,co] = requantize(bias[co] + sum over ci of (x - in_zero) * w), as conv_2d.c, of 1x1 kernels, for layers of so few
 * weights that they may take two bytes each, with the DSP instructions.
 *
 * Blocking: 2 pixels x all channels, 2 channels at a time, 4 inputs; of an odd number of pixels in a line the last one is computed
 * twice. What conv_2d_halves_dsp.c does with pairs of windows, whose registers and budget these have (halves_pairs_dsp.h),
 * without what it does for larger ones: half its code.
 * Budget: 10 instructions for 4 inputs (16 MACs: 0.625 each), 3 for every 32 but the first 4, 26 for the four outputs of a block,
 * 22 by one multiplication (_relu); 22 for a pair of pixels, and 9 for 4 inputs of both. */
#include "edgekit/pointwise_halves_dsp.h"

#include "edgekit/halves_pairs_dsp.h"

#if EK_DSP_INSTRUCTIONS

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
EXPAND(pixels, "  ldr r12, [sp, #68]\n"
               "1:\n" WORD("[r1], #4", "[r2], #4")
               "  subs r12, r12, #1\n"
               "  bne 1b\n")
#pragma GCC diagnostic pop

#else

static void pixels(const pass_t *p) {
  uint32_t *to = p->columns;
  for (int32_t i = 0; i < 4 * p->words; i += 4) {
    to = word(to, p->window[0] + i, p->window[1] + i);
  }
}

#endif

__attribute__((noinline)) static void lines(const ek_pointwise_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                            void (*pairs)(const pass_t *pass)) {
  const int32_t line = p->width * p->out_c;
  pass_t pass;
  BEGIN(pass, p, p->words, scratch, pairs);
  pass.words = p->words;
  pass.pitch = 0;
  pass.expand = pixels;
  pass.step = 2 * p->stride;
  pass.gap = p->out_c;
  for (int32_t i = 0; i < p->lines; ++i, x += p->down, y += line) {
    if (p->width > 1) {
      run(&pass, x, p->stride, y, p->out_c, p->width / 2);
    }
    if (p->width % 2 != 0) { /* one pixel, twice */
      run(&pass, x + (p->width - 1) * p->stride, 0, y + line - p->out_c, 0, 1);
    }
  }
  ek_clamp_all(y - p->lines * line, p->lines * line, p->low, p->high);
}

void ek_pointwise_halves_dsp(const ek_pointwise_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  lines(p, x, y, scratch, pairs_of);
}

void ek_pointwise_halves_relu_dsp(const ek_pointwise_halves_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  lines(p, x, y, scratch, relu_pairs_of);
}
