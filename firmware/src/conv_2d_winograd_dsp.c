/* 3x3 convolution of stride 1 as conv_2d.c computes it, by Winograd's F(2x2, 3x3) in exact integers, with the DSP instructions
 * (A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, section 4.1).
 *
 * A tile of 2 x 2 outputs needs d, 4 x 4 inputs: Y = A' [(G g G') o (B' d B)] A, 16 products instead of 36. The generator
 * transforms the weights g with twice the matrix G, all of whose entries are then integers, so 4 Y comes out, exactly.
 * B' d B of int8 is at most 512 and 4 G g G' at most 1152: both are halfwords.
 *
 * Blocking: 2 tiles (2 x 4 outputs) x all channels, 2 channels at a time: 16 products of matrices (2 x in_c) (in_c x 2).
 * Registers: r0 inputs, r1 weights, r2-r5 four inputs of both tiles, r6-r9 four weights of both channels, r10 and r11 the sums
 * of the tiles for the first channel, r12 and lr for the second. Transforms: by the compiler.
 * Budget per 2 tiles: 10 instructions for 4 inputs at a position (0.278 for each of the 36 * 4 MACs), 7 for a position, 3 for
 * every 16 inputs; about 320 to transform 4 inputs; about 300 for the 8 outputs of 2 channels. */
#include "edgekit/conv_2d_winograd_dsp.h"

#include "edgekit/arch_dsp.h"

#define POSITIONS 16

#if EK_DSP_INSTRUCTIONS

#define START(D, X, W) "  smuad " D ", " X ", " W "\n"
#define ADD(D, X, W) "  smlad " D ", " X ", " W ", " D "\n"
#define INPUTS4(MULTIPLY)            \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n" \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n" \
  MULTIPLY("r10", "r2", "r6")       \
  MULTIPLY("r11", "r4", "r6")       \
  MULTIPLY("r12", "r2", "r8")       \
  MULTIPLY("lr", "r4", "r8")        \
  ADD("r10", "r3", "r7")            \
  ADD("r11", "r5", "r7")            \
  ADD("r12", "r3", "r9")            \
  ADD("lr", "r5", "r9")

/* On the stack: 0 sums, 4 end of the position, 8 size of a position, 12 end of the inputs. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
__attribute__((naked, noinline)) static void multiply(const uint32_t *inputs, const int32_t *weights, int32_t *sums,
                                                      int32_t size) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  sub sp, #20\n"
      "  add r4, r0, r3\n"
      "  add r5, r0, r3, lsl #4\n"
      "  strd r2, r4, [sp]\n"
      "  strd r3, r5, [sp, #8]\n"
      "1:\n" INPUTS4(START) INPUTS4(ADD) INPUTS4(ADD) INPUTS4(ADD)
      "  ldr r2, [sp, #4]\n"
      "  cmp r0, r2\n"
      "  beq 3f\n"
      "2:\n" INPUTS4(ADD) INPUTS4(ADD) INPUTS4(ADD) INPUTS4(ADD)
      "  ldr r2, [sp, #4]\n"
      "  cmp r0, r2\n"
      "  bne 2b\n"
      "3:\n"
      "  ldr r3, [sp]\n"
      "  ldrd r4, r5, [sp, #8]\n"
      "  stmia.w r3!, {r10, r11, r12, lr}\n"
      "  add r2, r4\n"
      "  strd r3, r2, [sp]\n"
      "  cmp r0, r5\n"
      "  bne 1b\n"
      "  add sp, #20\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

static void multiply(const uint32_t *inputs, const int32_t *weights, int32_t *sums, int32_t size) {
  for (int32_t position = 0; position < POSITIONS; ++position, sums += 4) {
    memset(sums, 0, 16);
    for (int32_t i = 0; i < size; i += 16, inputs += 4, weights += 4) {
      for (int32_t k = 0; k < 4; ++k) {
        const int32_t channel = 2 * (k / 2), tile = 2 * (k % 2);
        sums[k] = ek_smlad(inputs[tile], (uint32_t)weights[channel], sums[k]);
        sums[k] = ek_smlad(inputs[tile + 1], (uint32_t)weights[channel + 1], sums[k]);
      }
    }
  }
}

#endif

typedef struct {
  uint32_t a, b, c, d;
} four_t;

/* B' of one column of four rows: of channels 0 and 2 of a word, or 1 and 3. */
static inline four_t down(const int8_t *const at[4][6], int32_t column, int32_t channel, int32_t odd) {
  uint32_t d[4];
  for (int32_t row = 0; row < 4; ++row) {
    const uint32_t word = ek_load4(at[row][column] + channel);
    d[row] = odd ? ek_sxtb16_odd(word) : ek_sxtb16(word);
  }
  const four_t t = {ek_ssub16(d[0], d[2]), ek_sadd16(d[1], d[2]), ek_ssub16(d[2], d[1]), ek_ssub16(d[1], d[3])};
  return t;
}

static inline void put(uint32_t *to, int32_t in_c, four_t v) { /* one column of positions */
  to[0] = v.a;
  to[4 * in_c] = v.b;
  to[8 * in_c] = v.c;
  to[12 * in_c] = v.d;
}

static inline four_t add(four_t x, four_t y) {
  const four_t v = {ek_sadd16(x.a, y.a), ek_sadd16(x.b, y.b), ek_sadd16(x.c, y.c), ek_sadd16(x.d, y.d)};
  return v;
}

static inline four_t subtract(four_t x, four_t y) {
  const four_t v = {ek_ssub16(x.a, y.a), ek_ssub16(x.b, y.b), ek_ssub16(x.c, y.c), ek_ssub16(x.d, y.d)};
  return v;
}

/* B' d B of both tiles: (16 positions, in_c / 4, tiles, 2) words. The second tile begins at column 2. */
static void transform(const int8_t *const at[4][6], uint32_t *to, int32_t in_c) {
  for (int32_t channel = 0; channel < in_c; channel += 4, to += 4) {
    for (int32_t odd = 0; odd < 2; ++odd) {
      uint32_t *v = to + odd;
      four_t x = down(at, 0, channel, odd), y = down(at, 1, channel, odd), z = down(at, 2, channel, odd);
      put(v, in_c, subtract(x, z));
      put(v + in_c, in_c, add(y, z));
      put(v + 2 * in_c, in_c, subtract(z, y));
      x = down(at, 3, channel, odd);
      put(v + 3 * in_c, in_c, subtract(y, x));
      v += 2;
      y = down(at, 4, channel, odd);
      put(v, in_c, subtract(z, y));
      put(v + in_c, in_c, add(x, y));
      put(v + 2 * in_c, in_c, subtract(y, x));
      y = down(at, 5, channel, odd);
      put(v + 3 * in_c, in_c, subtract(x, y));
    }
  }
}

/* A' m A of one tile and channel, requantized: outputs to[0], to[1] and, of the next row, to[4], to[5]. The sums are four times
 * those of the convolution. */
static inline void finish(const int32_t *sums, int32_t bias, const int32_t *scale, int32_t zero, int8_t *const *to,
                          int32_t channel) {
  uint32_t high[4], low[4];
  for (int32_t j = 0; j < 4; ++j) {
    const uint32_t b = (uint32_t)sums[4 * (4 + j)], c = (uint32_t)sums[4 * (8 + j)];
    high[j] = (uint32_t)sums[4 * j] + b + c;
    low[j] = b - c - (uint32_t)sums[4 * (12 + j)];
  }
  const uint32_t y[4] = {high[0] + high[1] + high[2], high[1] - high[2] - high[3], low[0] + low[1] + low[2],
                         low[1] - low[2] - low[3]};
  for (int32_t i = 0; i < 4; ++i) {
    const int32_t twice = (int32_t)((uint32_t)bias + (uint32_t)((int32_t)y[i] >> 1));
    to[4 * (i / 2) + i % 2][channel] = ek_requantize(twice, scale[0], scale[1], zero);
  }
}

void ek_conv_2d_winograd_dsp(const ek_conv_2d_winograd_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  uint32_t *inputs = (uint32_t *)(void *)scratch;
  int8_t *zeros = (int8_t *)scratch + 4 * POSITIONS * p->in_c, *nowhere = zeros + p->in_c;
  int32_t sums[4 * POSITIONS];
  memset(zeros, p->in_zero, (size_t)p->in_c);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c, y += p->out_h * p->out_w * p->out_c) {
    for (int32_t oy = 0; oy < p->out_h; oy += 2) {
      for (int32_t ox = 0; ox < p->out_w; ox += 4) {
        const int8_t *at[4][6];
        int8_t *to[8];
        for (int32_t row = 0; row < 4; ++row) {
          const int32_t iy = oy - p->pad_top + row;
          for (int32_t column = 0; column < 6; ++column) {
            const int32_t ix = ox - p->pad_left + column;
            const int inside = iy >= 0 && iy < p->in_h && ix >= 0 && ix < p->in_w;
            at[row][column] = inside ? x + (iy * p->in_w + ix) * p->in_c : zeros;
          }
        }
        for (int32_t i = 0; i < 8; ++i) {
          const int32_t row = oy + i / 4, column = ox + i % 4;
          to[i] = row < p->out_h && column < p->out_w ? y + (row * p->out_w + column) * p->out_c : nowhere;
        }
        transform(at, inputs, p->in_c);
        const int32_t *stream = p->stream;
        for (int32_t channel = 0; channel < p->out_c; channel += 2, stream += POSITIONS * p->in_c + 6) {
          const int32_t *constants = stream + POSITIONS * p->in_c;
          multiply(inputs, stream, sums, 4 * p->in_c);
          for (int32_t tile = 0; tile < 2; ++tile) {
            finish(sums + tile, constants[0], constants + 2, p->out_zero, to + 2 * tile, channel);
            finish(sums + 2 + tile, constants[1], constants + 4, p->out_zero, to + 2 * tile, channel + 1);
          }
        }
      }
    }
    ek_clamp_all(y, p->out_h * p->out_w * p->out_c, p->low, p->high);
  }
}
