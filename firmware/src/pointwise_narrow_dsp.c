/* y[n,oy,ox,co] = requantize(bias[co] + sum over ci of (x - in_zero) * w), as conv_2d.c with 1x1 taps, for few inputs, with
 * the DSP instructions.
 *
 * Blocking: 1 pixel x 1 channel x all taps. The taps of a pixel stay in registers as halfwords, four as 0, 2, 1, 3, while the
 * channels' weights and constants pass by as one stream; there is no buffer. The last four inputs, or two, are read where they
 * lie; those that the word before had too meet weights of 0. Weights are twice as large: SMMULR wants twice the sum. The zero point
 * is folded into the bias. The functions are called as they are, and read their parameters with one LDM: small layers are
 * mostly call.
 * Registers: r0 stream, r2 y, r3 zero point, from r4 on the taps, in r1 and the others up to lr what was loaded: first bias,
 * where the sum grows, and weights, at last multiplier and divider.
 * Beside the functions for any channels and lines are some without loops: of one pixel and up to 16 channels, and of 8 inputs
 * into 3 or 4 channels.
 * Budget for an output: 4 for the requantization, half an instruction for every input, 1 load with up to 8 inputs, 2 with up to
 * 12, 3 with 14, 5 with 16, 0.375 of a loop over eight channels; 6 and 3 for every four inputs of a pixel, 10 for a line, 11 for
 * the call; of one pixel 4, of 8 inputs into few channels 8 a pixel. With 8
 * inputs and 16 channels that is 1.27 a MAC, with 16 inputs and 32 channels 1.12. Cycles by LDR 2, LDM 1 + n, branch 2: 17.25
 * for an output of 8 inputs, 2.2 a MAC. With one multiplication an output 3 for the requantization (_relu), without an
 * addend (_line) 1 load with up to 10 inputs, 2 with 14, 3 with 16, too. */
#include "edgekit/pointwise_narrow_dsp.h"

#include "edgekit/narrow_dsp.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define ALL_WAYS(WIDTH)                            \
  PIXELS(ek_pointwise_##WIDTH##_dsp, WIDTH, TWICE) \
  PIXELS(ek_pointwise_##WIDTH##_relu_dsp, WIDTH, ONCE) PIXELS(ek_pointwise_##WIDTH##_line_dsp, WIDTH, LINE)
WIDTHS(ALL_WAYS)

#if EK_DSP_INSTRUCTIONS

/* One pixel of up to 16 channels: no loop, the code is entered where the channels that it has not are done. */
#define PIXEL(NAME, TAPS, CHANNEL)                                                                           \
  __attribute__((naked)) void NAME(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r3, r4, r12, lr}\n" TAPS                                                         \
        "  add pc, r12\n"                                                                                    \
        "  nop\n" FOUR(FOUR(CHANNEL))                                                                        \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
#define OF_WIDTH(WIDTH) PIXEL(ek_pointwise_##WIDTH##_pixel_dsp, EXPAND##WIDTH, TWICE(WIDTH))
WIDTHS(OF_WIDTH)

/* Pairs of pixels that lie one after the other, 8 inputs in whole words: the channels are all in the code. On the stack: 0
 * stream, 4 x, 8 end of y, in words that were pushed to make room. */
#define PIXEL8(LOADS, CHANNELS)            \
  "  ldmia.w sp, {r0, r1}\n" LOADS         \
  "  sxtb16 r4, r5\n"                      \
  "  sxtb16 r5, r5, ror #8\n"              \
  "  sxtb16 r6, r7\n"                      \
  "  sxtb16 r7, r7, ror #8\n" CHANNELS
#define PAIRS8(NAME, CHANNELS)                                                                               \
  __attribute__((naked)) void NAME(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        "  push {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                        \
        "  ldmia.w r0, {r0, r3, r4, r5, r6, r7, r8, r9, r10}\n"                                             \
        "  add r10, r2\n"                                                                                   \
        "  stmia.w sp, {r0, r1, r10}\n"                                                                     \
        "1:\n" PIXEL8("  ldrd r5, r7, [r1], #16\n  str r1, [sp, #4]\n", CHANNELS)                                  \
        PIXEL8("  ldrd r5, r7, [r1, #-8]\n", CHANNELS)                                                       \
        "  ldr r1, [sp, #8]\n"                                                                              \
        "  cmp r2, r1\n"                                                                                    \
        "  bne.w 1b\n"                                                                                      \
        "  pop {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                      \
  }
PAIRS8(ek_pointwise_8_to_3_dsp, CHANNEL8(FINISH) CHANNEL8(FINISH) CHANNEL8(FINISH))
PAIRS8(ek_pointwise_8_to_4_dsp, FOUR(CHANNEL8(FINISH)))

#else

#define OF_WIDTH(WIDTH) PIXELS(ek_pointwise_##WIDTH##_pixel_dsp, WIDTH, TWICE)
WIDTHS(OF_WIDTH)
PIXELS(ek_pointwise_8_to_3_dsp, 8, TWICE)
PIXELS(ek_pointwise_8_to_4_dsp, 8, TWICE)

#endif
#pragma GCC diagnostic pop

static void part_of(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y, int32_t lines, int32_t outputs) {
  ek_pointwise_narrow_dsp_t part = *p;
  part.lines = lines;
  part.outputs = outputs;
  if (lines > 0 && outputs > 0) {
    ek_pointwise_4_dsp(&part, x, y);
  }
}

/* A word of each pixel has bytes of the next ones, which meet weights of 0; the last pixels, up to three, have none: copied. */
void ek_pointwise_3_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t channels = p->bytes / 20, pixels = p->outputs / channels, line = pixels * p->step + p->gap;
  const int32_t least = (3 - p->in_c + p->step) / p->step, copied = least < pixels ? least : pixels;
  const int32_t before = pixels - copied;
  part_of(p, x, y, p->lines - 1, p->outputs);
  x += (p->lines - 1) * line;
  y += (p->lines - 1) * p->outputs;
  part_of(p, x, y, 1, before * channels);
  int8_t last[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  memcpy(last, x + before * p->step, (size_t)((copied - 1) * p->step + p->in_c));
  part_of(p, last, y + before * channels, 1, copied * channels);
}

/* Returns where the outputs end. */
static int8_t *images_of(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {
  static void (*const forms[])(const ek_pointwise_narrow_dsp_t *, const int8_t *, int8_t *) = {
      ek_pointwise_3_dsp, ek_pointwise_4_dsp, ek_pointwise_6_dsp, ek_pointwise_8_dsp,
      ek_pointwise_10_dsp, ek_pointwise_12_dsp, ek_pointwise_14_dsp, ek_pointwise_16_dsp};
  void (*const form)(const ek_pointwise_narrow_dsp_t *, const int8_t *, int8_t *) = forms[p->in_c < 4 ? 0 : (p->in_c - 1) / 2];
  const int32_t size = p->lines * p->outputs, step = p->image_step;
  for (int32_t image = p->images; image > 0; --image, x += step, y += size) {
    form(p, x, y);
  }
  return y;
}

void ek_pointwise_images_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) { images_of(p, x, y); }

void ek_pointwise_narrow_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {
  const int8_t *const end = images_of(p, x, y);
  ek_clamp_all(y, (int32_t)(end - y), p->low, p->high);
}
