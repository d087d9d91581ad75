/* y[n,oy,ox,co] = requantize(bias[co] + sum over ky,kx,ci of (x - in_zero) * w), as conv_2d.c, of 3x3 taps with stride 1, by
 * Winograd's F(2x2, 3x3) with the DSP instructions (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015).
 *
 * 2x2 outputs take 16 products for each input channel instead of 36: Y = A'[(G w G') * (B' x B)]A. Weights are transformed at
 * build time with 2 G, which is of integers, so all is exact and Y four times the sum; it is halved when the doubled bias is
 * added, as ek_requantize wants it. Outside the input is the zero point, which is folded into the bias.
 * Blocking: two tiles of 2x2 outputs side by side, all channels, 2 at a time. Their input, 4x6 pixels, is transformed once.
 * Order: for each row i of the 4x4 products columns 1, 2, 0, 3. The sums of 1 and 2 give m1 + m2 and m1 - m2, from which 0 and
 * 3 (whose weights are negated) go on, so that the row's transform costs 8 additions for four sums.
 * Registers: r0 input, r1 weights, r2-r5 four channels of both tiles, r6-r9 of both filters, r10, r11 sums of the first filter
 * for both tiles, r12, lr of the second. Channels come in parts of up to 64. The stream of the input holds how far to jump
 * into the unrolled loop before each product of the 16, and after each row of products what comes next.
 * Budget: 10 instructions for four channels of one of the 16 products of four sums (0.278 for each of the 144 MACs), 27 a row
 * of products, 145 for the 16 outputs of two channels, about 430 to transform the input of four channels. 3x3, 32 to 32
 * channels, 16x16: 0.394 a MAC. Cycles by LDM 1 + n, LDRD 3, branch 2: 18 for four channels of a product. */
#include "edgekit/conv_2d_winograd_dsp.h"

#include <stddef.h>

#include "edgekit/assembly_dsp.h"
#include "edgekit/winograd_input_dsp.h"

/* Two tiles, in the order in which the assembly has it on its stack. */
typedef struct {
  const uint32_t *input;
  const int16_t *weights;
  const int32_t *constants;
  int32_t zero;
  int8_t *y[2][4]; /* 16: of the first column of outputs: first row of both tiles, second row of both; the second column */
  const int32_t *end; /* 48: of the constants */
} tiles_t;

#if EK_DSP_INSTRUCTIONS

_Static_assert(offsetof(tiles_t, y) == 16 && offsetof(tiles_t, end) == 48, "tiles_t");

/* How far to jump, for a product that starts from zeros, which follow, and for one that goes on from sums. */
#define START "  ldmia.w r0!, {r2, r10, r11, r12, lr}\n"
#define GO_ON "  ldr r2, [r0], #4\n"
#define PRODUCT                      \
  "  add pc, r2\n"                   \
  "  nop\n"                          \
  "  .rept 16\n"                     \
  "  ldmia.w r1!, {r6, r7, r8, r9}\n" \
  "  ldmia.w r0!, {r2, r3, r4, r5}\n" \
  TAP("r10", "r2", "r6") TAP("r11", "r4", "r6") TAP("r12", "r2", "r8") TAP("lr", "r4", "r8") \
  TAP("r10", "r3", "r7") TAP("r11", "r5", "r7") TAP("r12", "r3", "r9") TAP("lr", "r5", "r9") \
  "  .endr\n"
/* r6 2 * bias, r7 multiplier, r8 divider, r9 zero */
#define OUTPUT(A) "  add " A ", r6, " A ", asr #1\n" REQUANTIZE(A, "r7", "r8", "r9")
/* A column of outputs: rows 3 to 0 of the sums lie 32 bytes apart; Y: where the pointers to the outputs are. */
#define COLUMN(R3, R3B, R2, R2B, R1, R1B, R0, R0B, Y) \
  "  ldrd r2, r3, [sp, #" R1 "]\n"      \
  "  ldrd r4, r5, [sp, #" R1B "]\n"     \
  "  ldrd r6, r7, [sp, #" R2 "]\n"      \
  "  ldrd r8, r9, [sp, #" R2B "]\n"     \
  "  add r10, r2, r6\n"                 \
  "  add r11, r3, r7\n"                 \
  "  add r12, r4, r8\n"                 \
  "  add lr, r5, r9\n"                  \
  "  sub r2, r2, r6\n"                  \
  "  sub r3, r3, r7\n"                  \
  "  sub r4, r4, r8\n"                  \
  "  sub r5, r5, r9\n"                  \
  "  ldrd r6, r7, [sp, #" R0 "]\n"      \
  "  ldrd r8, r9, [sp, #" R0B "]\n"     \
  "  add r10, r10, r6\n"                \
  "  add r11, r11, r7\n"                \
  "  add r12, r12, r8\n"                \
  "  add lr, lr, r9\n"                  \
  "  ldrd r6, r7, [sp, #" R3 "]\n"      \
  "  ldrd r8, r9, [sp, #" R3B "]\n"     \
  "  sub r2, r2, r6\n"                  \
  "  sub r3, r3, r7\n"                  \
  "  sub r4, r4, r8\n"                  \
  "  sub r5, r5, r9\n"                  \
  "  ldrd r0, r9, [sp, #136]\n"         \
  "  ldmia r0!, {r6, r7, r8}\n"         \
  OUTPUT("r10") OUTPUT("r11") OUTPUT("r2") OUTPUT("r3") \
  "  ldmia r0!, {r6, r7, r8}\n"         \
  OUTPUT("r12") OUTPUT("lr") OUTPUT("r4") OUTPUT("r5") \
  "  add r1, sp, #" Y "\n"              \
  "  ldmia.w r1, {r6, r7, r8, r9}\n"    \
  "  strb r10, [r6], #1\n"              \
  "  strb r11, [r7], #1\n"              \
  "  strb r2, [r8], #1\n"               \
  "  strb r3, [r9], #1\n"               \
  "  strb r12, [r6], #1\n"              \
  "  strb lr, [r7], #1\n"               \
  "  strb r4, [r8], #1\n"               \
  "  strb r5, [r9], #1\n"               \
  "  stmia.w r1, {r6, r7, r8, r9}\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads it */
__attribute__((naked, noinline)) static void two_tiles(const tiles_t *tiles) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  sub sp, sp, #52\n"
      "  mov r8, sp\n"
      "  ldmia r0!, {r1, r2, r3, r4, r5, r6, r7}\n"
      "  stmia.w r8!, {r1, r2, r3, r4, r5, r6, r7}\n"
      "  ldmia r0!, {r1, r2, r3, r4, r5, r6}\n"
      "  stmia.w r8!, {r1, r2, r3, r4, r5, r6}\n"
      "1:\n"
      "  ldrd r0, r1, [sp]\n"
      "2:\n" START PRODUCT
      "  push {r10, r11, r12, lr}\n" START PRODUCT
      "  ldmia.w sp, {r2, r3, r4, r5}\n"
      "  sub r6, r2, r10\n"
      "  sub r7, r3, r11\n"
      "  sub r8, r4, r12\n"
      "  sub r9, r5, lr\n"
      "  add r10, r10, r2\n"
      "  add r11, r11, r3\n"
      "  add r12, r12, r4\n"
      "  add lr, lr, r5\n"
      "  stmia.w sp, {r6, r7, r8, r9}\n" GO_ON PRODUCT
      "  push {r10, r11, r12, lr}\n"
      "  add r2, sp, #16\n"
      "  ldmia.w r2, {r10, r11, r12, lr}\n" GO_ON PRODUCT
      "  add r2, sp, #16\n"
      "  stmia.w r2, {r10, r11, r12, lr}\n"
      "  ldr r2, [r0], #4\n"
      "  cmp r2, #1\n"
      "  beq.w 2b\n"
      "  cbz r2, 4f\n"
      "  mov r11, r2\n" /* the rows of another part: the last four are added to the four before */
      "  add r6, sp, #128\n"
      "  add r12, sp, #256\n"
      "3:\n"
      "  pop {r2, r3, r4, r5}\n"
      "  ldmia.w r6, {r7, r8, r9, r10}\n"
      "  add r7, r7, r2\n"
      "  add r8, r8, r3\n"
      "  add r9, r9, r4\n"
      "  add r10, r10, r5\n"
      "  stmia.w r6!, {r7, r8, r9, r10}\n"
      "  cmp r6, r12\n"
      "  bne 3b\n"
      "  cmp r11, #2\n"
      "  beq.w 2b\n"
      "4:\n"
      "  str r1, [sp, #132]\n"                                    /**/
      COLUMN("0", "8", "32", "40", "64", "72", "96", "104", "144") /**/
      COLUMN("16", "24", "48", "56", "80", "88", "112", "120", "160")
      "  ldr r2, [sp, #176]\n"
      "  str r0, [sp, #136]\n"
      "  add sp, sp, #128\n"
      "  cmp r0, r2\n"
      "  bne.w 1b\n"
      "  add sp, sp, #52\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop

#else

/* The four sums of one product: both tiles of the first filter, both of the second. */
static void product(const uint32_t *x, const int16_t *weights, int32_t blocks, uint32_t sums[4]) {
  for (int32_t k = 0; k < blocks; ++k, x += 4, weights += 8) {
    for (int32_t i = 0; i < 8; ++i) {
      uint32_t w;
      memcpy(&w, weights + i / 4 * 4 + i % 2 * 2, 4);
      sums[i / 2] = (uint32_t)ek_smlad(x[i % 4], w, (int32_t)sums[i / 2]);
    }
  }
}

/* The sums of products of the next row, and what comes after it. */
static uint32_t next_row(const uint32_t **input, const int16_t **weights, uint32_t z[2][4]) {
  uint32_t m[4][4] = {{0}};
  for (int32_t o = 0; o < 4; ++o) {
    const int32_t blocks = MOST_BLOCKS - (int32_t)*(*input)++ / BLOCK_BYTES;
    product(*input + (o < 2 ? ZEROS : 0), *weights, blocks, m[o]);
    *input += (o < 2 ? ZEROS : 0) + 4 * blocks;
    *weights += 8 * blocks;
  }
  for (int32_t q = 0; q < 4; ++q) {
    z[0][q] += m[0][q] + m[1][q] + m[2][q];
    z[1][q] += m[0][q] - m[1][q] + m[3][q];
  }
  return *(*input)++;
}

static void two_tiles(const tiles_t *s) {
  const int16_t *weights = s->weights;
  int32_t channel = 0;
  for (const int32_t *c = s->constants; c != s->end; c += 6, channel += 2) {
    const uint32_t *input = s->input;
    uint32_t z[4][2][4] = {{{0}}}, next = ROW;
    for (int32_t i = 0; next == ROW || next == ADD_ROW; ++i) {
      next = next_row(&input, &weights, z[i % 4]);
    }
    for (int32_t j = 0; j < 2; ++j) {
      for (int32_t q = 0; q < 4; ++q) {
        const uint32_t sums[2] = {z[0][j][q] + z[1][j][q] + z[2][j][q], z[1][j][q] - z[2][j][q] - z[3][j][q]};
        const int32_t *constants = c + 3 * (q / 2);
        for (int32_t i = 0; i < 2; ++i) {
          const int32_t twice = constants[0] + ((int32_t)sums[i] >> 1);
          s->y[j][2 * i + q % 2][channel + q / 2] = ek_requantize(twice, constants[1], constants[2], s->zero);
        }
      }
    }
  }
}

#endif

void ek_conv_2d_winograd_dsp(const ek_conv_2d_winograd_dsp_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t parts = (p->blocks + MOST_BLOCKS - 1) / MOST_BLOCKS, wide = 4 * p->blocks;
  uint32_t *input = (uint32_t *)(void *)scratch;
  int8_t *const patch = (int8_t *)(input + 64 * p->blocks + PART_WORDS * parts);
  int8_t *const nowhere = patch + PATCH_H * PATCH_W * wide; /* outputs that do not exist */
  prepare(input, p->blocks);
  tiles_t tiles = {.input = input, .weights = p->weights, .constants = p->constants, .zero = p->out_zero,
                   .end = p->constants + 3 * p->out_c};
  for (int32_t n = 0; n < p->batches; ++n) {
    const int8_t *const last = x + p->in_h * p->in_w * p->in_c - 4;
    for (int32_t oy = 0; oy < p->out_h; oy += 2) {
      for (int32_t ox = 0; ox < p->out_w; ox += 4) {
        const int32_t top = oy - p->pad_top, left = ox - p->pad_left;
        const int inside = top >= 0 && left >= 0 && top + PATCH_H <= p->in_h && left + PATCH_W <= p->in_w;
        const int direct = inside && wide == p->in_c;
        if (!direct) {
          gather(p, x, last, patch, top, left);
        }
        const int8_t *from = direct ? x + (top * p->in_w + left) * p->in_c : patch;
        uint32_t *to = input;
        for (int32_t part = 0; part < p->blocks; part += MOST_BLOCKS) {
          const int32_t own = p->blocks - part < MOST_BLOCKS ? p->blocks - part : MOST_BLOCKS;
          transform(to, from + 4 * part, wide * (direct ? p->in_w : PATCH_W), wide, own);
          to += 64 * own + PART_WORDS;
        }
        for (int32_t i = 0; i < 8; ++i) {
          const int32_t row = oy + i / 2 % 2, column = ox + 2 * (i % 2) + i / 4;
          const int exists = row < p->out_h && column < p->out_w;
          tiles.y[i / 4][i % 4] = exists ? y + (row * p->out_w + column) * p->out_c : nowhere;
        }
        two_tiles(&tiles);
      }
    }
    x += p->in_h * p->in_w * p->in_c;
    ek_clamp_all(y, p->out_h * p->out_w * p->out_c, p->low, p->high);
    y += p->out_h * p->out_w * p->out_c;
  }
}
