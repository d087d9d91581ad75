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
 * for an output of 8 inputs, 2.2 a MAC. With one multiplication an output (_relu) 3 for the requantization. */
#include "edgekit/pointwise_narrow_dsp.h"

#include <stddef.h>

#include "edgekit/relu_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_pointwise_narrow_dsp_t, outputs) == 32, "nine words in the assembly's order");

#define FOUR(CODE) CODE CODE CODE CODE
#define LOAD(LIST) "  ldmia.w r0!, {" LIST "}\n"
#define ADD(X, W) "  smlad r1, " X ", " W ", r1\n"
#define FINISH(MULTIPLIER)             \
  "  smmulr r1, r1, " MULTIPLIER "\n" \
  "  smmlar r1, r1, lr, r3\n"         \
  "  ssat r1, #8, r1\n"               \
  "  strb r1, [r2], #1\n"
#define RELU(MULTIPLIER) EK_RELU_OF("r1", MULTIPLIER, "lr") EK_RELU_SATURATE("r1") "  strb r1, [r2], #1\n"

#define CHANNEL4(FINISH) LOAD("r1, r10, r11, r12, lr") ADD("r4", "r10") ADD("r5", "r11") FINISH("r12")
#define CHANNEL6(FINISH) \
  LOAD("r1, r7, r8, r9, r12, lr") ADD("r4", "r7") ADD("r5", "r8") ADD("r6", "r9") FINISH("r12")
#define CHANNEL8(FINISH)                                                                            \
  LOAD("r1, r8, r9, r10, r11, r12, lr")                                                     \
  ADD("r4", "r8") ADD("r5", "r9") ADD("r6", "r10") ADD("r7", "r11") FINISH("r12")
#define CHANNEL10(FINISH)                                                                           \
  LOAD("r1, r9, r10, r11, r12, lr")                                                         \
  ADD("r4", "r9") ADD("r5", "r10") ADD("r6", "r11") ADD("r7", "r12") ADD("r8", "lr") LOAD("r12, lr") FINISH("r12")
#define CHANNEL12(FINISH)                                                                           \
  LOAD("r1, r10, r11, r12, lr") ADD("r4", "r10") ADD("r5", "r11") ADD("r6", "r12") ADD("r7", "lr") \
  LOAD("r10, r11, r12, lr") ADD("r8", "r10") ADD("r9", "r11") FINISH("r12")
#define CHANNEL14(FINISH)                                                                           \
  LOAD("r1, r11, r12, lr") ADD("r4", "r11") ADD("r5", "r12") ADD("r6", "lr")                \
  LOAD("r11, r12, lr") ADD("r7", "r11") ADD("r8", "r12") ADD("r9", "lr")                    \
  LOAD("r11, r12, lr") ADD("r10", "r11") FINISH("r12")
#define CHANNEL16(FINISH)                                                                           \
  LOAD("r1, r12, lr") ADD("r4", "r12") ADD("r5", "lr")                                      \
  LOAD("r12, lr") ADD("r6", "r12") ADD("r7", "lr")                                          \
  LOAD("r12, lr") ADD("r8", "r12") ADD("r9", "lr")                                          \
  LOAD("r12, lr") ADD("r10", "r12") ADD("r11", "lr")                                        \
  LOAD("r12, lr") FINISH("r12")

/* The word at r1 + OFFSET as two words of halfwords. */
#define EXPAND(OFFSET, A, B)            \
  "  ldr.w " B ", [r1, " OFFSET "]\n"   \
  "  sxtb16 " A ", " B "\n"             \
  "  sxtb16 " B ", " B ", ror #8\n"
/* The two bytes at r1 + lr as a word of halfwords. */
#define LAST2(A)                            \
  "  ldrh.w " A ", [r1, lr]\n"              \
  "  pkhbt " A ", " A ", " A ", lsl #8\n"   \
  "  sxtb16 " A ", " A "\n"
#define EXPAND4 EXPAND("lr", "r4", "r5")
#define EXPAND6 EXPAND("#0", "r4", "r5") LAST2("r6")
#define EXPAND10 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") LAST2("r8")
#define EXPAND14 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") EXPAND("#8", "r8", "r9") LAST2("r10")
#define EXPAND8 EXPAND("#0", "r4", "r5") EXPAND("lr", "r6", "r7")
#define EXPAND12 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") EXPAND("lr", "r8", "r9")
#define EXPAND16 EXPAND("#0", "r4", "r5") EXPAND("#4", "r6", "r7") EXPAND("#8", "r8", "r9") EXPAND("lr", "r10", "r11")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 step, 12 bytes of code to skip, 16 bytes to the last word of a pixel, 20 end of the stream, 24
 * end of the line's y, 28 lines left, 32 gap, 36 outputs of a line. The first turn enters the loop of eight channels where the
 * rest of out_c / 8 is done. */
#define PIXELS(NAME, TAPS, CHANNEL)                                                                          \
  __attribute__((naked)) void NAME(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {         \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r0, r3, r4, r5, r6, r7, r9, r10, r11}\n"                                             \
        "  add r7, r0\n"                                                                                     \
        "  add.w r8, r2, r11\n"                                                                              \
        "  push {r0, r1, r4, r5, r6, r7, r8, r9, r10, r11}\n"                                                \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r0, r1, r4, r12, lr}\n"                                                              \
        "  add r4, r1\n"                                                                                     \
        "  str r4, [sp, #4]\n" TAPS                                                                          \
        "  add pc, r12\n"                                                                                    \
        "  nop\n"                                                                                            \
        "2:\n" FOUR(CHANNEL) FOUR(CHANNEL)                                                                   \
        "  ldrd r1, r12, [sp, #20]\n"                                                                        \
        "  cmp r0, r1\n"                                                                                     \
        "  bne.w 2b\n"                                                                                       \
        "  cmp r2, r12\n"                                                                                    \
        "  bne.w 1b\n"                                                                                       \
        "  ldr r7, [sp, #28]\n"                                                                              \
        "  subs r7, #1\n"                                                                                    \
        "  bne 3f\n"                                                                                         \
        "  add sp, #40\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"                                                     \
        "3:\n"                                                                                               \
        "  ldr r1, [sp, #4]\n"                                                                               \
        "  ldrd r4, r6, [sp, #32]\n"                                                                         \
        "  add r1, r4\n"                                                                                     \
        "  add r6, r2\n"                                                                                     \
        "  str r1, [sp, #4]\n"                                                                               \
        "  strd r6, r7, [sp, #24]\n"                                                                         \
        "  b.w 1b\n");                                                                                       \
  }
PIXELS(ek_pointwise_4_dsp, EXPAND4, CHANNEL4(FINISH))
PIXELS(ek_pointwise_6_dsp, EXPAND6, CHANNEL6(FINISH))
PIXELS(ek_pointwise_8_dsp, EXPAND8, CHANNEL8(FINISH))
PIXELS(ek_pointwise_10_dsp, EXPAND10, CHANNEL10(FINISH))
PIXELS(ek_pointwise_12_dsp, EXPAND12, CHANNEL12(FINISH))
PIXELS(ek_pointwise_14_dsp, EXPAND14, CHANNEL14(FINISH))
PIXELS(ek_pointwise_16_dsp, EXPAND16, CHANNEL16(FINISH))
PIXELS(ek_pointwise_4_relu_dsp, EXPAND4, CHANNEL4(RELU))
PIXELS(ek_pointwise_6_relu_dsp, EXPAND6, CHANNEL6(RELU))
PIXELS(ek_pointwise_8_relu_dsp, EXPAND8, CHANNEL8(RELU))
PIXELS(ek_pointwise_10_relu_dsp, EXPAND10, CHANNEL10(RELU))
PIXELS(ek_pointwise_12_relu_dsp, EXPAND12, CHANNEL12(RELU))
PIXELS(ek_pointwise_14_relu_dsp, EXPAND14, CHANNEL14(RELU))
PIXELS(ek_pointwise_16_relu_dsp, EXPAND16, CHANNEL16(RELU))

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
PIXEL(ek_pointwise_4_pixel_dsp, EXPAND4, CHANNEL4(FINISH))
PIXEL(ek_pointwise_6_pixel_dsp, EXPAND6, CHANNEL6(FINISH))
PIXEL(ek_pointwise_8_pixel_dsp, EXPAND8, CHANNEL8(FINISH))
PIXEL(ek_pointwise_10_pixel_dsp, EXPAND10, CHANNEL10(FINISH))
PIXEL(ek_pointwise_12_pixel_dsp, EXPAND12, CHANNEL12(FINISH))
PIXEL(ek_pointwise_14_pixel_dsp, EXPAND14, CHANNEL14(FINISH))
PIXEL(ek_pointwise_16_pixel_dsp, EXPAND16, CHANNEL16(FINISH))

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
#pragma GCC diagnostic pop

#else

/* `width` inputs, a multiple of four and up to two more. */
static void pixels_of(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y, int32_t width, int relu) {
  for (int32_t line = 0; line < p->lines; ++line, x += p->gap) {
    for (const int8_t *const end = y + p->outputs; y != end; x += p->step) {
      for (const int32_t *at = p->stream; at != p->stream + p->bytes / 4; at += 2) {
        int32_t sum = *at++;
        for (int32_t i = 0; i < width / 4; ++i, at += 2) {
          const uint32_t taps = ek_load4(x + (4 * i + 4 < width ? 4 * i : p->last));
          sum = ek_smlad(ek_sxtb16(taps), (uint32_t)at[0], sum);
          sum = ek_smlad(ek_sxtb16_odd(taps), (uint32_t)at[1], sum);
        }
        if (width % 4 != 0) {
          sum = ek_smlad(ek_pack_low((uint32_t)x[p->last], (uint32_t)x[p->last + 1]), (uint32_t)*at++, sum);
        }
        *y++ = relu ? ek_requantize_relu(sum, at[0], at[1]) : ek_requantize(sum, at[0], at[1], p->out_zero);
      }
    }
  }
}
#define PIXELS(NAME, WIDTH, RELU)                                                          \
  void NAME(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {              \
    pixels_of(p, x, y, WIDTH, RELU);                                                       \
  }
PIXELS(ek_pointwise_4_dsp, 4, 0)
PIXELS(ek_pointwise_6_dsp, 6, 0)
PIXELS(ek_pointwise_8_dsp, 8, 0)
PIXELS(ek_pointwise_10_dsp, 10, 0)
PIXELS(ek_pointwise_12_dsp, 12, 0)
PIXELS(ek_pointwise_14_dsp, 14, 0)
PIXELS(ek_pointwise_16_dsp, 16, 0)
PIXELS(ek_pointwise_4_relu_dsp, 4, 1)
PIXELS(ek_pointwise_6_relu_dsp, 6, 1)
PIXELS(ek_pointwise_8_relu_dsp, 8, 1)
PIXELS(ek_pointwise_10_relu_dsp, 10, 1)
PIXELS(ek_pointwise_12_relu_dsp, 12, 1)
PIXELS(ek_pointwise_14_relu_dsp, 14, 1)
PIXELS(ek_pointwise_16_relu_dsp, 16, 1)
PIXELS(ek_pointwise_4_pixel_dsp, 4, 0)
PIXELS(ek_pointwise_6_pixel_dsp, 6, 0)
PIXELS(ek_pointwise_8_pixel_dsp, 8, 0)
PIXELS(ek_pointwise_10_pixel_dsp, 10, 0)
PIXELS(ek_pointwise_12_pixel_dsp, 12, 0)
PIXELS(ek_pointwise_14_pixel_dsp, 14, 0)
PIXELS(ek_pointwise_16_pixel_dsp, 16, 0)
PIXELS(ek_pointwise_8_to_3_dsp, 8, 0)
PIXELS(ek_pointwise_8_to_4_dsp, 8, 0)

#endif

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
