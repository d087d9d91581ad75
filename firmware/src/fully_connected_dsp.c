/* y[n,co] = requantize(bias[co] + sum over ci of (x[n,ci] - in_zero) * w[co,ci]), as fully_connected.c, with the DSP
 * instructions.
 *
 * Blocking: 1 sample x 4 channels x 8 taps. The sample is expanded to halfwords once, four taps as 0, 2, 1, 3; the zero
 * point is folded into the bias.
 * Weights: pairs of channels in halfwords, as in conv_2d_dsp.c; two pairs take turns every 8 taps.
 * Registers: r0 sample, r1 weights, r2-r5 eight taps, r6-r9 eight weights of a pair, r10 and r11 raw sums of the pairs, r12
 * and lr their first channels' sums. Everything else is on the stack.
 * Budget: 27 instructions for 8 taps (32 MACs: 0.844 each), 3 for every 32 taps, 43 for four outputs, about 1.5 for every
 * expanded tap. Cycles by LDR 2, LDM 1 + n, branch 2: 39 for 8 taps, 1.22 a MAC. */
#include "edgekit/fully_connected_dsp.h"

#include "edgekit/arch_dsp.h"

#define GROUP 4

#if EK_DSP_INSTRUCTIONS

#define WORD(X, W, RAW, FIRST)                      \
  "  smlad " RAW ", " X ", " W ", " RAW "\n"        \
  "  sxtb16 " W ", " W "\n"                         \
  "  smlad " FIRST ", " X ", " W ", " FIRST "\n"
#define PAIR(RAW, FIRST)             \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n" \
  WORD("r2", "r6", RAW, FIRST)      \
  WORD("r3", "r7", RAW, FIRST)      \
  WORD("r4", "r8", RAW, FIRST)      \
  WORD("r5", "r9", RAW, FIRST)
#define TAPS8                        \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n" \
  PAIR("r10", "r12")                \
  PAIR("r11", "lr")
/* Of a pair: r2 channels, r0 zero point, r1 output. The difference is a multiple of 256, so twice the second's sum is exact. */
#define FINISH(RAW, FIRST)                            \
  "  ldmia r2!, {r3, r4, r5, r6, r7, r8}\n"           \
  "  sub " RAW ", " RAW ", " FIRST "\n"               \
  "  add " FIRST ", " FIRST ", " FIRST "\n"           \
  "  add " RAW ", r4, " RAW ", asr #7\n"              \
  "  smmulr " FIRST ", " FIRST ", r5\n"               \
  "  smmulr " RAW ", " RAW ", r7\n"                   \
  "  smmlar " FIRST ", " FIRST ", r6, r0\n"           \
  "  smmlar " RAW ", " RAW ", r8, r0\n"               \
  "  ssat " FIRST ", #8, " FIRST "\n"                 \
  "  ssat " RAW ", #8, " RAW "\n"                     \
  "  strb " FIRST ", [r1], #1\n"                      \
  "  strb " RAW ", [r1], #1\n"

/* On the stack: 0 sample, 4 bytes of code to skip, 8 channels, 12 y, 48 weights, 56 groups, 60 end of the sample, 64 zero.
 * TAPS8 is 108 bytes: the first turn enters the loop of four where the rest of blocks / 4 is done. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
__attribute__((naked, noinline)) static void four_channels(const uint32_t *sample, const int16_t *weights,
                                                           const int32_t *channels, int8_t *y, int32_t groups,
                                                           int32_t blocks, int32_t zero) {
  __asm__ volatile(
      "  push {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  ldr r3, [sp, #60]\n"
      "  rsb r4, r3, #0\n"
      "  and r4, r4, #3\n"
      "  movs r5, #108\n"
      "  mul r4, r4, r5\n"
      "  str r4, [sp, #4]\n"
      "  add r3, r0, r3, lsl #4\n"
      "  str r3, [sp, #60]\n"
      "1:\n"
      "  ldrd r0, r3, [sp]\n"
      "  ldr r10, [r2]\n"
      "  ldr r11, [r2, #24]\n"
      "  mov r12, r10\n"
      "  mov lr, r11\n"
      "  add pc, r3\n"
      "  nop\n"
      "2:\n" TAPS8 TAPS8 TAPS8 TAPS8
      "  ldr r2, [sp, #60]\n"
      "  cmp r0, r2\n"
      "  bne 2b\n"
      "  str r1, [sp, #48]\n"
      "  ldrd r2, r1, [sp, #8]\n"
      "  ldr r0, [sp, #64]\n" FINISH("r10", "r12") FINISH("r11", "lr")
      "  strd r2, r1, [sp, #8]\n"
      "  ldr r1, [sp, #48]\n"
      "  ldr r3, [sp, #56]\n"
      "  subs r3, r3, #1\n"
      "  str r3, [sp, #56]\n"
      "  bne 1b\n"
      "  add sp, sp, #16\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n");
}
#pragma GCC diagnostic pop

#else

static void four_channels(const uint32_t *sample, const int16_t *weights, const int32_t *channels, int8_t *y, int32_t groups,
                          int32_t blocks, int32_t zero) {
  for (; groups > 0; --groups, weights += 16 * blocks) {
    for (int32_t pair = 0; pair < 2; ++pair, channels += 6) {
      int32_t raw = channels[0], first = channels[0];
      for (int32_t i = 0; i < 4 * blocks; ++i) {
        uint32_t w;
        memcpy(&w, weights + 16 * (i / 4) + 8 * pair + 2 * (i % 4), 4);
        raw = ek_smlad(sample[i], w, raw);
        first = ek_smlad(sample[i], ek_sxtb16(w), first);
      }
      const int32_t second = (int32_t)((uint32_t)raw - (uint32_t)first);
      *y++ = ek_requantize(2 * first, channels[2], channels[3], zero);
      *y++ = ek_requantize((second >> 7) + channels[1], channels[4], channels[5], zero);
    }
  }
}

#endif

void ek_fully_connected_dsp(const ek_fully_connected_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  uint32_t *sample = (uint32_t *)(void *)scratch;
  const int32_t whole = p->out_c / GROUP, fours = p->in_c & ~3, rest = p->in_c - fours, tail = p->out_c - whole * GROUP;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_c, y += p->out_c) {
    int8_t last[4] = {0, 0, 0, 0}, spare[GROUP];
    memcpy(last, x + fours, (size_t)rest);
    uint32_t *end = ek_expand(sample, x, fours, 2);
    end = ek_expand(end, last, rest > 0 ? 4 : 0, 2);
    memset(end, 0, (size_t)(sample + 4 * p->blocks - end) * 4);
    if (whole > 0) {
      four_channels(sample, p->weights, p->channels, y, whole, p->blocks, p->out_zero);
    }
    if (tail > 0) {
      four_channels(sample, p->weights + 16 * p->blocks * whole, p->channels + 12 * whole, spare, 1, p->blocks, p->out_zero);
      memcpy(y + whole * GROUP, spare, (size_t)tail);
    }
    ek_clamp_all(y, p->out_c, p->low, p->high);
  }
}
