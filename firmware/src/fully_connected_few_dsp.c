/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as fully_connected.c, for few outputs, with
 * the DSP instructions.
 *
 * Blocking: 1 sample x 2 channels x 4 inputs. With few outputs it does not pay to expand the sample first: its words are
 * expanded for every pair. Weights are halfwords, twice as large: SMMULR wants twice the sum. The zero point is folded into
 * the bias.
 * Registers: r0 x, r1 stream, r2 and r3 four inputs, r4 bytes of code to skip, r5-r8 weights, then constants, r9 and r10 the
 * sums, r11 end of x, r12 y, lr zero point.
 * Budget: 8 instructions for 4 inputs (8 MACs: 1 each), 2 for every 32 inputs, 18 for both outputs. Cycles by LDR 2, LDM
 * 1 + n, branch 2: 13 for 4 inputs, 1.6 a MAC. */
#include "edgekit/fully_connected_few_dsp.h"

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

#define INPUTS4                        \
  "  ldr.w r3, [r0], #4\n"             \
  "  ldmia.w r1!, {r5, r6, r7, r8}\n"  \
  "  sxtb16 r2, r3\n"                  \
  "  sxtb16 r3, r3, ror #8\n"          \
  "  smlad r9, r2, r5, r9\n"           \
  "  smlad r10, r2, r7, r10\n"         \
  "  smlad r9, r3, r6, r9\n"           \
  "  smlad r10, r3, r8, r10\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 x, 40 in_c, 44 skip, 48 pairs. The first turn enters the loop of 32 inputs, 32 bytes of code for each four,
 * where the rest is done. */
__attribute__((naked, noinline)) static void pairs_of(int8_t *y, const int32_t *stream, int32_t zero, const int8_t *x,
                                                      int32_t in_c, int32_t skip, int32_t pairs) {
  __asm__ volatile(
      "  push {r3, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  mov r12, r0\n"
      "  mov lr, r2\n"
      "  ldrd r11, r4, [sp, #40]\n"
      "  add r11, r11, r3\n"
      "1:\n"
      "  ldr r0, [sp]\n"
      "  ldmia.w r1!, {r9, r10}\n"
      "  add pc, r4\n"
      "  nop\n"
      "2:\n" INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4 INPUTS4
      "  cmp r0, r11\n"
      "  bne.w 2b\n"
      "  ldmia.w r1!, {r5, r6, r7, r8}\n"
      "  smmulr r9, r9, r5\n"
      "  smmulr r10, r10, r7\n"
      "  smmlar r9, r9, r6, lr\n"
      "  smmlar r10, r10, r8, lr\n"
      "  ssat r9, #8, r9\n"
      "  ssat r10, #8, r10\n"
      "  strb r9, [r12], #1\n"
      "  strb r10, [r12], #1\n"
      "  ldr r5, [sp, #48]\n"
      "  subs r5, r5, #1\n"
      "  str r5, [sp, #48]\n"
      "  bne.w 1b\n"
      "  pop {r3, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

static void pairs_of(int8_t *y, const int32_t *stream, int32_t zero, const int8_t *x, int32_t in_c, int32_t skip,
                     int32_t pairs) {
  (void)skip;
  for (; pairs > 0; --pairs, stream += 4) {
    int32_t sums[2] = {stream[0], stream[1]};
    stream += 2;
    for (int32_t i = 0; i < in_c; i += 4, stream += 4) {
      const uint32_t word = ek_load4(x + i);
      for (int32_t k = 0; k < 2; ++k) {
        sums[k] = ek_smlad(ek_sxtb16(word), (uint32_t)stream[2 * k], sums[k]);
        sums[k] = ek_smlad(ek_sxtb16_odd(word), (uint32_t)stream[2 * k + 1], sums[k]);
      }
    }
    *y++ = ek_requantize(sums[0], stream[0], stream[1], zero);
    *y++ = ek_requantize(sums[1], stream[2], stream[3], zero);
  }
}

#endif

void ek_fully_connected_few_dsp(const ek_fully_connected_few_dsp_t *p, const int8_t *x, int8_t *y) {
  const int32_t pairs = p->out_c / 2, skip = (-(p->in_c / 4) & 7) * 32;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_c, y += p->out_c) {
    if (pairs > 0) {
      pairs_of(y, p->stream, p->out_zero, x, p->in_c, skip, pairs);
    }
    if (p->out_c & 1) {
      int8_t last[2];
      pairs_of(last, p->stream + pairs * (p->in_c + 6), p->out_zero, x, p->in_c, skip, 1);
      y[p->out_c - 1] = last[0];
    }
    ek_clamp_all(y, p->out_c, p->low, p->high);
  }
}
