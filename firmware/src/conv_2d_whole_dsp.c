/* y[n,i] = requantize(bias[i] + sum over k of (x[n,k] - in_zero) * w[i,k]): a convolution as conv_2d.c whose picture has so few
 * values that all of them stay in registers, with the DSP instructions. The build has spread each window's weights over the
 * picture; the zero point is folded into the biases.
 *
 * Blocking: 1 picture x all outputs, 1 output at a time, of 9 values 2. The first turn enters the loop of eight where the rest
 * of the outputs is done.
 * Registers: r0 y, r1 stream, r2-r6 the picture, r7-r12 and lr what was loaded.
 * Budget: 6, 7, 10.5 instructions for an output of 1, 4, 9 values, 3 for every eight, 13 to 18 for a picture, 11 for the call.
 * Cycles by LDR 2, LDM 1 + n, branch 2: 11, 13, 22 for an output. */
#include "edgekit/conv_2d_whole_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"
#include "edgekit/nine_inputs_dsp.h"

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(ek_conv_2d_whole_dsp_t, samples) == 12, "the assembly's order");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

#define FOUR_TIMES(CODE) CODE CODE CODE CODE
#define VALUES_1 "  ldrsb r2, [r7], #1\n"
#define VALUES_4                   \
  "  ldr r3, [r7], #4\n"           \
  "  sxtb16 r2, r3\n"              \
  "  sxtb16 r3, r3, ror #8\n"
#define VALUES_9 VALUES_4          \
  "  ldr r6, [r7], #4\n"           \
  "  ldrsb r4, [r7], #1\n"         \
  "  sxtb16 r5, r6\n"              \
  "  sxtb16 r6, r6, ror #8\n"
/* 24, 28, 84 bytes */
#define OUTPUT_1                                   \
  "  ldmia.w r1!, {r7, r8, r9, r10, r11}\n"        \
  "  smlabb r7, r2, r8, r7\n" FINISH("r7", "r9", "r10", "r11")
#define OUTPUT_4                                   \
  "  ldmia.w r1!, {r7, r8, r9, r10, r11, r12}\n"   \
  TAP("r7", "r2", "r8") TAP("r7", "r3", "r9") FINISH("r7", "r10", "r11", "r12")

/* On the stack: 0 stream, 4 x, 8 skip, 12 the stream's end, 16 samples. */
#define WHOLE(NAME, VALUES, EIGHT)                                                                           \
  __attribute__((naked)) void NAME(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y) {            \
    __asm__ volatile(                                                                                        \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                                                    \
        "  ldmia.w r0, {r3, r5, r6, r7}\n"                                                                   \
        "  mov r0, r2\n"                                                                                     \
        "  mov r4, r1\n"                                                                                     \
        "  add r6, r3\n"                                                                                     \
        "  push {r3, r4, r5, r6, r7}\n"                                                                      \
        "1:\n"                                                                                               \
        "  ldmia.w sp, {r1, r7, r8}\n" VALUES                                                                \
        "  str r7, [sp, #4]\n"                                                                               \
        "  .p2align 2\n"                                                                                     \
        "  add pc, r8\n"                                                                                     \
        "  nop\n"                                                                                            \
        "2:\n" EIGHT                                                                                         \
        "  ldrd r7, r8, [sp, #12]\n"                                                                         \
        "  cmp r1, r7\n"                                                                                     \
        "  bne.w 2b\n"                                                                                       \
        "  subs.w r8, r8, #1\n"                                                                              \
        "  str.w r8, [sp, #16]\n"                                                                            \
        "  bne.w 1b\n"                                                                                       \
        "  add sp, #20\n"                                                                                    \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                                                   \
  }
WHOLE(ek_conv_2d_whole_1_dsp, VALUES_1, FOUR_TIMES(OUTPUT_1 OUTPUT_1))
WHOLE(ek_conv_2d_whole_4_dsp, VALUES_4, FOUR_TIMES(OUTPUT_4 OUTPUT_4))
WHOLE(ek_conv_2d_whole_9_dsp, VALUES_9, FOUR_TIMES(TWO_CHANNELS))
#pragma GCC diagnostic pop

#else

static const int8_t ORDER[] = {0, 2, 1, 3, 8, -1, 4, 6, 5, 7};

/* `words` of weights, in which value ORDER[i] is the i-th halfword. */
static void whole(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y, int32_t values, int32_t words) {
  for (int32_t n = 0; n < p->samples; ++n, x += values) {
    for (const int32_t *w = p->stream; w != p->stream + p->bytes / 4; w += words + 4) {
      int32_t sum = w[0];
      for (int32_t k = 0; k < 2 * words; ++k) {
        const uint32_t word = (uint32_t)w[1 + k / 2];
        if (ORDER[k] >= 0 && ORDER[k] < values) {
          sum += (k % 2 ? ek_high_half(word) : ek_low_half(word)) * x[ORDER[k]];
        }
      }
      *y++ = ek_requantize(sum, w[words + 1], w[words + 2], w[words + 3]);
    }
  }
}

void ek_conv_2d_whole_1_dsp(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y) { whole(p, x, y, 1, 1); }
void ek_conv_2d_whole_4_dsp(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y) { whole(p, x, y, 4, 2); }
void ek_conv_2d_whole_9_dsp(const ek_conv_2d_whole_dsp_t *p, const int8_t *x, int8_t *y) { whole(p, x, y, 9, 5); }

#endif
