/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, with the DSP instructions.
 *
 * Blocking: 2 pixels x all channels, 2 channels at a time. The taps of two pixels are expanded to halfwords in a column
 * buffer, four taps of the first pixel (0, 2, 1, 3), then four of the second; taps outside the input are the zero point,
 * which is folded into the bias. Channels that are constants are copied, not computed.
 * Weights: halfwords 256 * wb + wa of two channels. SMLAD with the raw word accumulates Sa + 256 Sb, SXTB16 leaves wa and
 * SMLAD gives Sa; Sb = (raw - Sa) >> 8.
 * Registers: r0 columns, r1 weights and constants, r2-r5 eight halfwords of both pixels, r6-r9 eight weights of both channels,
 * r10 and r11 the raw sums of the pixels, r12 and lr Sa of them. Everything else is on the stack.
 * Budget: 23 instructions for 8 taps (32 MACs: 0.719 each), 3 for every 32 taps but the first 8, 30 for the four outputs of a
 * block (26 with one multiplication an output, _relu), about 1.3 for each expanded tap. Cycles by LDR 2, LDM 1 + n, branch 2: 35
 * for 8 taps, 1.09 a MAC. */
#include "edgekit/conv_2d_dsp.h"

#include "edgekit/assembly_dsp.h"
#include "edgekit/conv_2d_columns_dsp.h"
#include "edgekit/relu_dsp.h"

/* All channels of two pixels. */
typedef void two_pixels_t(int8_t *y0, int8_t *y1, int32_t zero, const uint32_t *columns, const int32_t *stream, int32_t pairs,
                          int32_t blocks);

#if EK_DSP_INSTRUCTIONS

#define START(D, X, W) "  smuad " D ", " X ", " W "\n"
#define HALF(MULTIPLY, X0, X1, W) \
  MULTIPLY("r10", X0, W)          \
  MULTIPLY("r11", X1, W)          \
  "  sxtb16 " W ", " W "\n"       \
  MULTIPLY("r12", X0, W)          \
  MULTIPLY("lr", X1, W)
#define TAPS8(MULTIPLY)              \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n" \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n" \
  HALF(MULTIPLY, "r2", "r4", "r6")  \
  HALF(TAP, "r3", "r5", "r7")       \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n" \
  HALF(TAP, "r2", "r4", "r8")       \
  HALF(TAP, "r3", "r5", "r9")

/* Twice the sums of the first channel are in r12 and lr, of the second in r10 and r11, the constants in r4-r7. Leaves the
 * flags of whether these were the last outputs. */
#define OUTPUTS                         \
  "  ldmia.w sp, {r0, r2, r3, r8}\n"   \
  "  smmulr r12, r12, r4\n"            \
  "  smmulr lr, lr, r4\n"              \
  "  smmulr r10, r10, r6\n"            \
  "  smmulr r11, r11, r6\n"            \
  "  smmlar r12, r12, r5, r3\n"        \
  "  smmlar lr, lr, r5, r3\n"          \
  "  smmlar r10, r10, r7, r3\n"        \
  "  smmlar r11, r11, r7, r3\n"        \
  "  ssat r12, #8, r12\n"              \
  "  ssat lr, #8, lr\n"                \
  "  ssat r10, #8, r10\n"              \
  "  ssat r11, #8, r11\n"
#define STORE                           \
  "  strb r12, [r0], #1\n"             \
  "  strb r10, [r0], #1\n"             \
  "  strb lr, [r2], #1\n"              \
  "  strb r11, [r2], #1\n"             \
  "  strd r0, r2, [sp]\n"              \
  "  cmp r0, r8\n"
/* The same by one multiplication each; without a zero point the end of y0 takes its place. */
#define RELU_OUTPUTS                                                         \
  "  ldmia.w sp, {r0, r2, r8}\n" EK_RELU_OF("r12", "r4", "r5")               \
  EK_RELU_OF("lr", "r4", "r5") EK_RELU_OF("r10", "r6", "r7")                 \
  EK_RELU_OF("r11", "r6", "r7") EK_RELU_SATURATE("r12") EK_RELU_SATURATE("lr") \
  EK_RELU_SATURATE("r10") EK_RELU_SATURATE("r11")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
/* On the stack: 0 y0, 4 y1, 8 zero, 12 end of y0, 16 columns, 20 bytes of code to skip, 24 end of the columns, 64 stream, 68
 * pairs, 72 blocks. After the first 8 taps, the loop of four blocks of 92 bytes is entered where the rest of (blocks - 1) / 4
 * is done, or behind its last three instructions, 8 bytes. */
#define TWO_PIXELS(NAME, ZERO, END, FOUR_OUTPUTS)                                                                  \
  __attribute__((naked, noinline)) static void NAME(int8_t *y0, int8_t *y1, int32_t zero, const uint32_t *columns, \
                                                          const int32_t *stream, int32_t pairs, int32_t blocks) {  \
    __asm__ volatile(                                                                                              \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                          \
        "  sub sp, #28\n"                                                                                          \
        "  strd r0, r1, [sp]\n"                                                                                    \
        ZERO                                                                                                       \
        "  str r3, [sp, #16]\n"                                                                                    \
        "  ldr r1, [sp, #64]\n"                                                                                    \
        "  ldrd r4, r5, [sp, #68]\n"                                                                               \
        "  add r3, r3, r5, lsl #5\n"                                                                               \
        "  add r0, r0, r4, lsl #1\n"                                                                               \
        END                                                                                                        \
        "  str r3, [sp, #24]\n"                                                                                    \
        "  mov r6, #92\n"                                                                                          \
        "  subs r5, r5, #1\n"                                                                                      \
        "  rsb.w r4, r5, #0\n"                                                                                     \
        "  and r4, r4, #3\n"                                                                                       \
        "  it eq\n"                                                                                                \
        "  moveq r4, #4\n"                                                                                         \
        "  mul.w r4, r4, r6\n"                                                                                     \
        "  it eq\n"                                                                                                \
        "  addeq r4, #8\n"                                                                                         \
        "  str r4, [sp, #20]\n"                                                                                    \
        "1:\n"                                                                                                     \
        "  ldr r0, [sp, #16]\n" TAPS8(START)                                                                       \
        "  ldr r2, [sp, #20]\n"                                                                                    \
        "  add pc, r2\n"                                                                                           \
        "  nop\n"                                                                                                  \
        "2:\n" TAPS8(TAP) TAPS8(TAP) TAPS8(TAP) TAPS8(TAP)                                                         \
        "  ldr.n r2, [sp, #24]\n"                                                                                  \
        "  cmp.n r0, r2\n"                                                                                         \
        "  bne.w 2b\n"                                                                                             \
        "  ldmia.w r1!, {r2, r3, r4, r5, r6, r7}\n"                                                                \
        "  sub r10, r10, r12\n"                                                                                    \
        "  sub r11, r11, lr\n"                                                                                     \
        "  add r12, r2, r12, lsl #1\n"                                                                             \
        "  add lr, r2, lr, lsl #1\n"                                                                               \
        "  add r10, r3, r10, asr #7\n" /* a multiple of 256: twice Sb exactly */                                   \
        "  add r11, r3, r11, asr #7\n" FOUR_OUTPUTS STORE                                                          \
        "  bne.w 1b\n"                                                                                             \
        "  add sp, #28\n"                                                                                          \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                         \
  }
TWO_PIXELS(two_pixels, "  str r2, [sp, #8]\n", "  str r0, [sp, #12]\n", OUTPUTS)
TWO_PIXELS(relu_two_pixels, "", "  str r0, [sp, #8]\n", RELU_OUTPUTS)
#pragma GCC diagnostic pop

#else

static void pixels(int8_t *y0, int8_t *y1, int32_t zero, const uint32_t *columns, const int32_t *stream, int32_t pairs,
                   int32_t blocks, int relu) {
  int8_t *y[2] = {y0, y1};
  for (; pairs > 0; --pairs, stream += 4 * blocks + 6) {
    const int32_t *c = stream + 4 * blocks;
    for (int32_t pixel = 0; pixel < 2; ++pixel) {
      int32_t raw = 0, first = 0;
      for (int32_t i = 0; i < 4 * blocks; ++i) {
        const uint32_t w = (uint32_t)stream[i], taps = columns[(i / 2) * 4 + 2 * pixel + i % 2];
        raw = ek_smlad(taps, w, raw);
        first = ek_smlad(taps, ek_sxtb16(w), first);
      }
      const uint32_t second = (uint32_t)(((int32_t)((uint32_t)raw - (uint32_t)first)) >> 7);
      const int32_t a = (int32_t)((uint32_t)c[0] + 2 * (uint32_t)first), b = (int32_t)((uint32_t)c[1] + second);
      *y[pixel]++ = relu ? ek_requantize_relu(a, c[2], c[3]) : ek_requantize(a, c[2], c[3], zero);
      *y[pixel]++ = relu ? ek_requantize_relu(b, c[4], c[5]) : ek_requantize(b, c[4], c[5], zero);
    }
  }
}

static void two_pixels(int8_t *y0, int8_t *y1, int32_t zero, const uint32_t *columns, const int32_t *stream, int32_t pairs,
                       int32_t blocks) {
  pixels(y0, y1, zero, columns, stream, pairs, blocks, 0);
}
static void relu_two_pixels(int8_t *y0, int8_t *y1, int32_t zero, const uint32_t *columns, const int32_t *stream, int32_t pairs,
                            int32_t blocks) {
  pixels(y0, y1, zero, columns, stream, pairs, blocks, 1);
}

#endif

/* Channels from where they were computed to where they belong, between those that are constants. */
static void scatter(const ek_conv_2d_dsp_t *p, const int8_t *from, int8_t *y) {
  copy(y, p->fixed, p->out_c);
  for (const int16_t *place = p->places, *end = place + 2 * p->pairs; place != end; ++place, ++from) {
    if (*place < p->out_c) {
      y[*place] = *from;
    }
  }
}

__attribute__((noinline)) static void images(const ek_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch,
                                             two_pixels_t *outputs) {
  const work_t w = divide(p, scratch);
  const int32_t count = p->batches * p->out_h * p->out_w * p->out_c;
  const int32_t pixels = p->out_h * p->out_w;
  const int pointwise = p->kernel_h * p->kernel_w * p->stride_h * p->stride_w == 1 && w.end == 0 && pixels == p->in_h * p->in_w;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t i = 0; i < pixels; i += 2) {
      const int32_t second = i + 1 < pixels; /* a last one without a second is computed twice */
      if (pointwise) {
        expand(w.columns, x + i * p->in_c, x + (i + second) * p->in_c, p->in_c, 0, 1, 0, w.rest, 0);
      } else {
        gather(p, &w, x, i, i + second);
      }
      if (p->fixed == 0) {
        outputs(y, second ? y + p->out_c : w.spare, p->out_zero, w.columns, p->stream, p->pairs, p->blocks);
      } else {
        outputs(w.spare, w.spare + 2 * p->pairs, p->out_zero, w.columns, p->stream, p->pairs, p->blocks);
        scatter(p, w.spare, y);
        if (second) {
          scatter(p, w.spare + 2 * p->pairs, y + p->out_c);
        }
      }
      y += p->out_c << second;
    }
  }
  ek_clamp_all(y - count, count, p->low, p->high);
}

void ek_conv_2d_dsp(const ek_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, two_pixels);
}

void ek_conv_2d_relu_dsp(const ek_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  images(p, x, y, scratch, relu_two_pixels);
}
