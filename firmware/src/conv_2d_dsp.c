/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, with the DSP instructions.
 *
 * Blocking: 2 pixels x all channels, 2 channels at a time. The taps of two pixels are expanded to halfwords in a column
 * buffer, four taps of the first pixel (0, 2, 1, 3), then four of the second; taps outside the input are the zero point,
 * which is folded into the bias.
 * Weights: halfwords 256 * wb + wa of two channels. SMLAD with the raw word accumulates Sa + 256 Sb, SXTB16 leaves wa and
 * SMLAD gives Sa; Sb = (raw - Sa) >> 8.
 * Registers: r0 columns, r1 weights, r2-r5 eight halfwords of both pixels, r6-r9 eight weights of both channels, r10 and r11
 * the raw sums of the pixels, r12 and lr Sa of them. Everything else is on the stack.
 * Budget: 23 instructions for 8 taps (32 MACs: 0.719 each), 3 for every 32 taps, 41 for the four outputs of a block,
 * about 1 for each expanded tap. Cycles by LDR 2, LDM 1 + n, branch 2: 35 for 8 taps, 1.09 a MAC. */
#include "edgekit/conv_2d_dsp.h"

#include "edgekit/arch_dsp.h"

#if EK_DSP_INSTRUCTIONS

#define HALF(X0, X1, W)             \
  "  smlad r10, " X0 ", " W ", r10\n" \
  "  smlad r11, " X1 ", " W ", r11\n" \
  "  sxtb16 " W ", " W "\n"           \
  "  smlad r12, " X0 ", " W ", r12\n" \
  "  smlad lr, " X1 ", " W ", lr\n"
#define TAPS8                       \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n" \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n" \
  HALF("r2", "r4", "r6")            \
  HALF("r3", "r5", "r7")            \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n" \
  HALF("r2", "r4", "r8")            \
  HALF("r3", "r5", "r9")

/* On the stack: 0 columns, 4 bytes of code to skip, 8 channels, 12 y0, 56 y1, 60 pairs, 64 end of the columns, 68 zero.
 * TAPS8 is 92 bytes: the first turn enters the loop of four where the rest of blocks / 4 is done. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
__attribute__((naked, noinline)) static void two_pixels(const uint32_t *columns, const int16_t *weights, const int32_t *channels,
                                              int8_t *y0, int8_t *y1, int32_t pairs, int32_t blocks, int32_t zero) {
  __asm__ volatile(
      "  push {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, lr}\n"
      "  ldr r3, [sp, #64]\n"
      "  rsb r4, r3, #0\n"
      "  and r4, r4, #3\n"
      "  movs r5, #92\n"
      "  mul r4, r4, r5\n"
      "  str r4, [sp, #4]\n"
      "  add r3, r0, r3, lsl #5\n"
      "  str r3, [sp, #64]\n"
      "1:\n"
      "  ldrd r0, r3, [sp]\n"
      "  ldr r10, [r2]\n"
      "  mov r11, r10\n"
      "  mov r12, r10\n"
      "  mov lr, r10\n"
      "  add pc, r3\n"
      "  nop\n"
      "2:\n" TAPS8 TAPS8 TAPS8 TAPS8
      "  ldr r2, [sp, #64]\n"
      "  cmp r0, r2\n"
      "  bne 2b\n"
      "  ldr r2, [sp, #8]\n"
      "  ldmia r2!, {r3, r4, r5, r6, r7, r8}\n"
      "  str r2, [sp, #8]\n"
      "  ldr r9, [sp, #68]\n"
      "  sub r10, r10, r12\n"
      "  sub r11, r11, lr\n"
      "  add r10, r4, r10, asr #7\n" /* a multiple of 256: twice Sb exactly */
      "  add r11, r4, r11, asr #7\n"
      "  add r12, r12, r12\n"
      "  add lr, lr, lr\n"
      "  smmulr r12, r12, r5\n"
      "  smmulr lr, lr, r5\n"
      "  smmulr r10, r10, r7\n"
      "  smmulr r11, r11, r7\n"
      "  ldr r3, [sp, #12]\n"
      "  ldrd r4, r5, [sp, #56]\n"
      "  smmlar r12, r12, r6, r9\n"
      "  smmlar lr, lr, r6, r9\n"
      "  smmlar r10, r10, r8, r9\n"
      "  smmlar r11, r11, r8, r9\n"
      "  ssat r12, #8, r12\n"
      "  ssat lr, #8, lr\n"
      "  ssat r10, #8, r10\n"
      "  ssat r11, #8, r11\n"
      "  strb r12, [r3], #1\n"
      "  strb r10, [r3], #1\n"
      "  strb lr, [r4], #1\n"
      "  strb r11, [r4], #1\n"
      "  str r3, [sp, #12]\n"
      "  subs r5, r5, #1\n"
      "  strd r4, r5, [sp, #56]\n"
      "  bne 1b\n"
      "  add sp, sp, #16\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, r12, pc}\n");
}
#pragma GCC diagnostic pop

#else

static void two_pixels(const uint32_t *columns, const int16_t *weights, const int32_t *channels, int8_t *y0, int8_t *y1,
                       int32_t pairs, int32_t blocks, int32_t zero) {
  int8_t *y[2] = {y0, y1};
  for (int32_t pair = 0; pair < pairs; ++pair, channels += 6, weights += 8 * blocks) {
    for (int32_t pixel = 0; pixel < 2; ++pixel) {
      int32_t raw = channels[0], first = channels[0];
      for (int32_t i = 0; i < 4 * blocks; ++i) {
        uint32_t w;
        memcpy(&w, weights + 2 * i, 4);
        const uint32_t taps = columns[(i / 2) * 4 + 2 * pixel + i % 2];
        raw = ek_smlad(taps, w, raw);
        first = ek_smlad(taps, ek_sxtb16(w), first);
      }
      const int32_t second = (int32_t)((uint32_t)raw - (uint32_t)first);
      *y[pixel]++ = ek_requantize(2 * first, channels[2], channels[3], zero);
      *y[pixel]++ = ek_requantize((second >> 7) + channels[1], channels[4], channels[5], zero);
    }
  }
}

#endif

/* Taps outside the input: the zero point, `count` (a multiple of 4) times. */
static uint32_t *fill(uint32_t *to, uint32_t zeros, int32_t count) {
  for (; count > 0; count -= 4, to += 4) {
    to[0] = zeros;
    to[1] = zeros;
  }
  return to;
}

typedef struct {
  int32_t before, inside, after; /* columns of a kernel row outside, inside, outside the input */
} reach_t;

static reach_t reach(const ek_conv_2d_dsp_t *p, int32_t left) {
  reach_t r = {0, 0, 0};
  for (int32_t kx = 0; kx < p->kernel_w; ++kx) {
    const int32_t ix = left + kx * p->dilation_w;
    r.before += ix < 0;
    r.inside += ix >= 0 && ix < p->in_w;
  }
  r.after = p->kernel_w - r.before - r.inside;
  return r;
}

/* Channels in fours: each run of taps is expanded from where it lies. */
static void expand_runs(const ek_conv_2d_dsp_t *p, const int8_t *x, uint32_t *to, int32_t top, int32_t left) {
  const uint32_t half = (uint32_t)p->in_zero & 0xFFFFU, zeros = half | half << 16;
  const reach_t r = reach(p, left);
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int32_t iy = top + ky * p->dilation_h;
    if (iy < 0 || iy >= p->in_h || r.inside == 0) {
      to = fill(to, zeros, p->kernel_w * p->in_c);
      continue;
    }
    const int8_t *from = x + (iy * p->in_w + left + r.before * p->dilation_w) * p->in_c;
    to = fill(to, zeros, r.before * p->in_c);
    if (p->dilation_w == 1) {
      to = ek_expand(to, from, r.inside * p->in_c, 4);
    } else {
      for (int32_t kx = 0; kx < r.inside; ++kx, from += p->dilation_w * p->in_c) {
        to = ek_expand(to, from, p->in_c, 4);
      }
    }
    to = fill(to, zeros, r.after * p->in_c);
  }
}

/* Any number of channels: the taps are gathered as bytes, then expanded; the rest of the last block meets weights of 0. */
static void gather(const ek_conv_2d_dsp_t *p, const int8_t *x, uint32_t *to, int8_t *taps, int32_t top, int32_t left) {
  const reach_t r = reach(p, left);
  int8_t *t = taps;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky) {
    const int32_t iy = top + ky * p->dilation_h;
    const int32_t row = p->kernel_w * p->in_c;
    if (iy < 0 || iy >= p->in_h || r.inside == 0) {
      memset(t, p->in_zero, (size_t)row);
      t += row;
      continue;
    }
    const int8_t *from = x + (iy * p->in_w + left + r.before * p->dilation_w) * p->in_c;
    for (int32_t i = r.before * p->in_c; i > 0; --i) {
      *t++ = (int8_t)p->in_zero;
    }
    if (p->dilation_w == 1) {
      const int32_t run = r.inside * p->in_c;
      memcpy(t, from, (size_t)run);
      t += run;
    } else {
      for (int32_t kx = 0; kx < r.inside; ++kx, from += p->dilation_w * p->in_c, t += p->in_c) {
        memcpy(t, from, (size_t)p->in_c);
      }
    }
    for (int32_t i = r.after * p->in_c; i > 0; --i) {
      *t++ = (int8_t)p->in_zero;
    }
  }
  ek_expand(to, taps, 8 * p->blocks, 4);
}

void ek_conv_2d_dsp(const ek_conv_2d_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  uint32_t *columns = (uint32_t *)(void *)scratch;
  int8_t *taps = (int8_t *)scratch + 32 * p->blocks;
  int8_t *spare = taps + 8 * p->blocks; /* outputs of two pixels */
  const int32_t pixels = p->out_h * p->out_w;
  const int pointwise = p->kernel_h * p->kernel_w == 1 && p->stride_h * p->stride_w == 1 && pixels == p->in_h * p->in_w;
  memset(scratch, 0, (size_t)(40 * p->blocks));
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    int32_t oy = 0, ox = 0;
    for (int32_t i = 0; i < pixels; i += 2, y += 2 * p->out_c) {
      const int32_t count = i + 1 < pixels ? 2 : 1;
      for (int32_t k = 0; k < count; ++k) {
        uint32_t *to = columns + 2 * k;
        if (p->in_c % 4 != 0) {
          gather(p, x, to, taps, oy * p->stride_h - p->pad_top, ox * p->stride_w - p->pad_left);
        } else if (pointwise) {
          ek_expand(to, x + (i + k) * p->in_c, p->in_c, 4);
        } else {
          expand_runs(p, x, to, oy * p->stride_h - p->pad_top, ox * p->stride_w - p->pad_left);
        }
        if (++ox == p->out_w) {
          ox = 0;
          ++oy;
        }
      }
      if (p->out_c == 2 * p->pairs) {
        two_pixels(columns, p->weights, p->channels, y, count == 2 ? y + p->out_c : spare, p->pairs, p->blocks, p->out_zero);
      } else {
        two_pixels(columns, p->weights, p->channels, spare, spare + 2 * p->pairs, p->pairs, p->blocks, p->out_zero);
        memcpy(y, spare, (size_t)p->out_c);
        memcpy(y + (count - 1) * p->out_c, spare + (count - 1) * 2 * p->pairs, (size_t)p->out_c);
      }
      ek_clamp_all(y, count * p->out_c, p->low, p->high);
      if (count == 1) {
        y -= p->out_c;
      }
    }
  }
}
