/* The stripe of conv_2d_stripe_dsp.c: the input of a line of outputs as halfwords, column by column. A column has of each line of
 * the kernel all inputs; those outside are the zero point. */
#ifndef EDGEKIT_STRIPE_DSP_H
#define EDGEKIT_STRIPE_DSP_H

#include "edgekit/arch_dsp.h"
#include "edgekit/assembly_dsp.h"
#include "edgekit/conv_2d_stripe_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The stripe of a segment of output columns. */
typedef struct {
  uint32_t *words, *copy; /* copy: null where none is needed */
  int8_t *zeros;
  int32_t record, step; /* halfwords of a column; between two outputs */
  uint8_t *first;       /* the first column inside the input */
  int32_t inside, size; /* how many there are; words of all columns */
} stripe_t;

static inline void put(uint8_t *to, int16_t value) { memcpy(to, &value, 2); }

/* `count` columns of one input each of a kernel line and of the next one. */
static void expand_two(uint8_t *to, const int8_t *a, const int8_t *b, int32_t count, int32_t record) {
  for (; count >= 4; count -= 4, a += 4, b += 4, to += 8 * record) {
    const uint32_t x = ek_load4(a), z = ek_load4(b);
    const uint32_t x02 = ek_sxtb16(x), x13 = ek_sxtb16_odd(x), z02 = ek_sxtb16(z), z13 = ek_sxtb16_odd(z);
    const uint32_t words[4] = {ek_pack_low(x02, z02), ek_pack_low(x13, z13), ek_pack_high(x02, z02), ek_pack_high(x13, z13)};
    memcpy(to, &words[0], 4);
    memcpy(to + 2 * record, &words[1], 4);
    memcpy(to + 4 * record, &words[2], 4);
    memcpy(to + 6 * record, &words[3], 4);
  }
  for (; count > 0; --count, ++a, ++b, to += 2 * record) {
    put(to, *a);
    put(to + 2, *b);
  }
}

static void expand_one(uint8_t *to, const int8_t *x, int32_t count, int32_t step, int32_t record) {
  for (; count >= 4; count -= 4, x += 4 * step, to += 8 * record) {
    put(to, x[0]);
    put(to + 2 * record, x[step]);
    put(to + 4 * record, x[2 * step]);
    put(to + 6 * record, x[3 * step]);
  }
  for (; count > 0; --count, x += step, to += 2 * record) {
    put(to, *x);
  }
}

/* `count` columns of `words` words each, x at a multiple of 4; `gap` and `apart` bytes lie between two columns of x and of the
 * stripe. 12 instructions for four words, and two or one that are left; 10 for a column. */
#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
__attribute__((naked, noinline)) static void expand_words(uint8_t *to, const int8_t *x, int32_t count, int32_t words,
                                                          int32_t gap, int32_t apart) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldr lr, [sp, #36]\n"
      "1:\n"
      "  subs r12, r3, #4\n"
      "  blt 3f\n"
      "2:\n"
      "  ldmia.w r1!, {r5, r7, r9, r11}\n" BYTES("r4", "r5") BYTES("r6", "r7") BYTES("r8", "r9") BYTES("r10", "r11")
      "  stmia.w r0!, {r4, r5, r6, r7, r8, r9, r10, r11}\n"
      "  subs r12, r12, #4\n"
      "  bge 2b\n"
      "3:\n"
      "  lsls.w r12, r12, #31\n" /* carry: two are left; negative: one */
      "  bcc 4f\n"
      "  ldmia.w r1!, {r5, r7}\n" BYTES("r4", "r5") BYTES("r6", "r7")
      "  stmia.w r0!, {r4, r5, r6, r7}\n"
      "4:\n"
      "  bpl 5f\n"
      "  ldr r5, [r1], #4\n" BYTES("r4", "r5")
      "  stmia.w r0!, {r4, r5}\n"
      "5:\n"
      "  ldr r4, [sp, #40]\n"
      "  add r1, lr\n"
      "  add r0, r4\n"
      "  subs r2, r2, #1\n"
      "  bne 1b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop
#else
static void expand_words(uint8_t *to, const int8_t *x, int32_t count, int32_t words, int32_t gap, int32_t apart) {
  for (; count > 0; --count, x += gap, to += apart) {
    for (int32_t i = 0; i < words; ++i, x += 4, to += 8) {
      ek_expand((uint32_t *)(void *)to, x, 4, 2);
    }
  }
}
#endif

static void expand_fours(uint8_t *to, const int8_t *x, int32_t count, int32_t step, int32_t in_c, int32_t record) {
  if (count > 0 && in_c == step && in_c == record) { /* all in a row */
    expand_words(to, x, 1, count * in_c / 4, 0, 0);
  } else if (count > 0) {
    expand_words(to, x, count, in_c / 4, step - in_c, 2 * (record - in_c));
  }
}

static void expand_any(uint8_t *to, const int8_t *x, int32_t count, int32_t step, int32_t in_c, int32_t record) {
  const int32_t most = in_c > 3 ? 3 : in_c;
  for (; count > 0; --count, x += step, to += 2 * record) {
    put(to, x[0]);
    put(to + 2, x[1]);
    put(to + 2 * most - 2, x[most - 1]);
    for (int32_t i = 3; i < in_c; ++i) {
      put(to + 2 * i, x[i]);
    }
  }
}

static void clear(uint8_t *to, int32_t halfwords, int32_t zero) {
  for (const uint8_t *end = to + 2 * halfwords; to != end; to += 2) {
    put(to, (int16_t)zero);
  }
}

/* The kernel lines from `line` on; `x`: where the first column inside is in line 0. */
static void fill(const ek_conv_2d_stripe_dsp_t *p, const stripe_t *s, const int8_t *x, int32_t line) {
  const int32_t in_c = p->in_c, record = s->record, down = p->dilation_line * p->line_step;
  uint8_t *to = s->first;
  int32_t at = line * p->line_step;
  for (int32_t k = 0; k < p->kernel_lines; ++k, to += 2 * in_c, line += p->dilation_line, at += down) {
    const int here = (uint32_t)line < (uint32_t)p->lines;
    const int8_t *from = here ? x + at : s->zeros;
    const int32_t step = here ? p->column_step : 0;
    if ((in_c & 3) == 0) {
      expand_fours(to, from, s->inside, step, in_c, record);
    } else if (in_c > 1) {
      expand_any(to, from, s->inside, step, in_c, record);
    } else if (p->column_step > 1 || k + 1 == p->kernel_lines) {
      expand_one(to, from, s->inside, step, record);
    } else { /* the next line too */
      line += p->dilation_line;
      at += down;
      expand_two(to, from, (uint32_t)line < (uint32_t)p->lines ? x + at : s->zeros, s->inside, record);
      to += 2;
      ++k;
    }
  }
  if (s->copy != 0) { /* past the last halfword too, which meets weights of 0 */
    const int8_t *next = (const int8_t *)s->words + 2;
    for (uint32_t *to4 = s->copy, *end = to4 + s->size; to4 < end; to4 += 4, next += 16) {
      to4[0] = ek_load4(next);
      to4[1] = ek_load4(next + 4);
      to4[2] = ek_load4(next + 8);
      to4[3] = ek_load4(next + 12);
    }
  }
}

#ifdef __cplusplus
}
#endif
#endif
