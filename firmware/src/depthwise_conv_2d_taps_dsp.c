/* y[n,oy,ox,c] = requantize(bias[c] + sum over ky,kx of (x - in_zero) * w[ky,kx,c]), as depthwise_conv_2d.c, of any window,
 * stride and dilation, with the DSP instructions.
 *
 * Blocking: one pixel, four channels at a time, two taps at a time. Where the taps of the pixel are is found once for all
 * channels, and once for all windows inside the input; a tap outside the input is a row of zero points, which are folded into the bias.
 * Weights are pairs of halfwords of two taps, doubled as ek_requantize wants them.
 * Registers: r0 places of the taps, r1 the channels' address, r2-r4 their values, r5 constants, r6-r9 weights of the four
 * channels, r10, r11, r12, lr their sums.
 * Budget: 14 instructions for two taps of four channels (1.75 a MAC), 3 for every five pairs, 31 for the four outputs; about 3
 * for each tap's place in a window that is partly outside. */
#include "edgekit/depthwise_conv_2d_taps_dsp.h"

#include <stddef.h>

#include "edgekit/arch_dsp.h"

enum { GROUP = 4, UNROLLED = 5, PAIR_BYTES = 56 };

/* A pixel, in the order in which the assembly has it on its stack. */
typedef struct {
  const int32_t *places; /* of the taps, from `x` */
  int32_t skip;          /* bytes of code */
  const int32_t *end;    /* of the places */
  int32_t zero;
  int8_t *y;
  const int8_t *x; /* 20: the first channel */
  const int32_t *groups;
  const int8_t *x_end; /* 28: after the last channel */
  const int8_t *zeros;
} pixel_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(pixel_t, x) == 20 && offsetof(pixel_t, x_end) == 28, "pixel_t");

static int32_t outside(const int8_t *zeros, const int8_t *x) { return (int32_t)((uintptr_t)zeros - (uintptr_t)x); }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
__attribute__((naked, noinline)) static void channels_of(const pixel_t *pixel) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  sub sp, sp, #36\n"
      "  ldmia.w r0, {r1, r2, r3, r4, r5, r6, r7, r8}\n"
      "  stmia.w sp, {r1, r2, r3, r4, r5, r6, r7, r8}\n"
      "  mov r1, r6\n"
      "  mov r5, r7\n"
      "1:\n"
      "  ldrd r0, r2, [sp]\n"
      "  ldmia.w r5!, {r10, r11, r12, lr}\n"
      "  add pc, r2\n"
      "  nop\n"
      "2:\n"
      "  .rept 5\n"
      "  ldrd r2, r3, [r0], #8\n"
      "  ldmia.w r5!, {r6, r7, r8, r9}\n"
      "  ldr.w r2, [r2, r1]\n"
      "  ldr.w r3, [r3, r1]\n"
      "  pkhtb r4, r3, r2, asr #16\n" /* channels 2 and 3 of both taps */
      "  pkhbt r2, r2, r3, lsl #16\n" /* channels 0 and 1 */
      "  sxtb16 r3, r2, ror #8\n"
      "  sxtb16 r2, r2\n"
      "  smlad r10, r2, r6, r10\n"
      "  smlad r11, r3, r7, r11\n"
      "  sxtb16 r2, r4\n"
      "  sxtb16 r3, r4, ror #8\n"
      "  smlad r12, r2, r8, r12\n"
      "  smlad lr, r3, r9, lr\n"
      "  .endr\n"
      "  ldr r2, [sp, #8]\n"
      "  cmp r0, r2\n"
      "  bne 2b\n"
      "  ldmia.w r5!, {r6, r7, r8, r9}\n"
      "  ldrd r2, r3, [sp, #12]\n"
      "  smmulr r10, r10, r6\n"
      "  smmulr r11, r11, r8\n"
      "  smmlar r10, r10, r7, r2\n"
      "  smmlar r11, r11, r9, r2\n"
      "  ldmia.w r5!, {r6, r7, r8, r9}\n"
      "  ssat r10, #8, r10\n"
      "  ssat r11, #8, r11\n"
      "  smmulr r12, r12, r6\n"
      "  smmulr lr, lr, r8\n"
      "  smmlar r12, r12, r7, r2\n"
      "  smmlar lr, lr, r9, r2\n"
      "  ssat r12, #8, r12\n"
      "  ssat lr, #8, lr\n"
      "  strb r10, [r3], #1\n"
      "  strb r11, [r3], #1\n"
      "  strb r12, [r3], #1\n"
      "  strb lr, [r3], #1\n"
      "  ldr r2, [sp, #28]\n"
      "  add r1, r1, #4\n"
      "  str r3, [sp, #16]\n"
      "  cmp r1, r2\n"
      "  bne 1b\n"
      "  add sp, sp, #36\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

static int32_t outside(const int8_t *zeros, const int8_t *x) { /* pointers may be further apart than 32 bits say */
  (void)zeros;
  (void)x;
  return INT32_MIN;
}

static void channels_of(const pixel_t *s) {
  const int32_t *groups = s->groups;
  int8_t *y = s->y;
  for (const int8_t *x = s->x; x != s->x_end; x += GROUP) {
    int32_t sums[GROUP];
    memcpy(sums, groups, sizeof sums);
    groups += GROUP;
    for (const int32_t *place = s->places; place != s->end; place += 2) {
      const int8_t *zero = s->zeros + (x - s->x);
      const int8_t *first = place[0] == INT32_MIN ? zero : x + place[0], *second = place[1] == INT32_MIN ? zero : x + place[1];
      for (int32_t c = 0; c < GROUP; ++c) {
        sums[c] = ek_smlad(ek_pack_low((uint32_t)first[c], (uint32_t)second[c]), (uint32_t)*groups++, sums[c]);
      }
    }
    for (int32_t c = 0; c < GROUP; ++c, groups += 2) {
      *y++ = ek_requantize(sums[c], groups[0], groups[1], s->zero);
    }
  }
}

#endif

/* Where the taps of a window are, from `x`; `inside`: those of a kernel row from `before` on are inside the input. */
static void locate(const ek_depthwise_conv_2d_taps_dsp_t *p, int32_t *places, int32_t top, int32_t place, int32_t before,
                   int32_t inside, int32_t elsewhere) {
  const int32_t across = p->dilation_w * p->in_c, down = p->dilation_h * p->in_w * p->in_c;
  place += before * across;
  for (int32_t ky = 0, iy = top; ky < p->kernel_h; ++ky, iy += p->dilation_h, place += down) {
    int32_t *const end = places + p->kernel_w, *const first = places + before;
    int32_t *const last = (uint32_t)iy < (uint32_t)p->in_h ? first + inside : first;
    while (places != first) {
      *places++ = elsewhere;
    }
    for (int32_t at = place; places != last; at += across) {
      *places++ = at;
    }
    while (places != end) {
      *places++ = elsewhere;
    }
  }
}

/* All channels of a pixel; `x` and `zeros` are of its first. */
static void outputs_of(const ek_depthwise_conv_2d_taps_dsp_t *p, pixel_t *pixel, const int8_t *x, const int8_t *zeros, int8_t *y) {
  const int32_t rest = p->in_c % GROUP, whole = p->in_c - rest, words = 3 * GROUP + GROUP * p->pairs;
  pixel->x = x;
  pixel->x_end = x + whole;
  pixel->zeros = zeros;
  pixel->groups = p->groups;
  pixel->y = y;
  channels_of(pixel);
  if (rest != 0) { /* the last four channels, some of them again */
    pixel->x = x + p->in_c - GROUP;
    pixel->x_end = x + p->in_c;
    pixel->zeros = zeros + p->in_c - GROUP;
    pixel->groups = p->groups + whole / GROUP * words;
    pixel->y = y + p->in_c - GROUP;
    channels_of(pixel);
  }
}

void ek_depthwise_conv_2d_taps_dsp(const ek_depthwise_conv_2d_taps_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  int32_t *const places = (int32_t *)(void *)scratch, *const inner = places + 2 * p->pairs; /* inner: from the window's first */
  int8_t *const zeros = (int8_t *)(inner + 2 * p->pairs), *const first = y;
  const int32_t tall = (p->kernel_h - 1) * p->dilation_h, wide = (p->kernel_w - 1) * p->dilation_w;
  memset(zeros, p->in_zero, (size_t)p->in_c);
  pixel_t edge = {.end = inner, .zero = p->out_zero, .places = places}, whole;
  edge.skip = (UNROLLED - 1 - (p->pairs - 1) % UNROLLED) * PAIR_BYTES;
  whole = edge;
  whole.places = inner;
  whole.end = inner + 2 * p->pairs;
  inner[2 * p->pairs - 1] = 0; /* a last one without a second meets a weight of 0 */
  locate(p, inner, p->in_h > tall ? 0 : p->in_h, 0, 0, p->kernel_w, 0);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    const int32_t elsewhere = outside(zeros, x);
    places[2 * p->pairs - 1] = elsewhere;
    for (int32_t oy = 0, top = -p->pad_top; oy < p->out_h; ++oy, top += p->stride_h) {
      const int high = top >= 0 && top + tall < p->in_h;
      for (int32_t ox = 0, left = -p->pad_left; ox < p->out_w; ++ox, left += p->stride_w, y += p->in_c) {
        const int32_t place = (top * p->in_w + left) * p->in_c;
        if (high && left >= 0 && left + wide < p->in_w) {
          outputs_of(p, &whole, x + place, zeros, y);
          continue;
        }
        const int32_t step = p->dilation_w, room = p->in_w - left; /* taps that begin before the input ends */
        const int32_t before = left < 0 ? (step - 1 - left) / step : 0, end = room > 0 ? (room + step - 1) / step : 0;
        const int32_t from = before < p->kernel_w ? before : p->kernel_w, to = end < p->kernel_w ? end : p->kernel_w;
        locate(p, places, top, place, from, to > from ? to - from : 0, elsewhere);
        outputs_of(p, &edge, x, zeros, y);
      }
    }
  }
  ek_clamp_all(first, (int32_t)(y - first), p->low, p->high);
}
