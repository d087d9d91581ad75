/* The taps of two pixels as halfwords: how conv_2d_dsp.c fills its columns. */
#ifndef EDGEKIT_CONV_2D_COLUMNS_DSP_H
#define EDGEKIT_CONV_2D_COLUMNS_DSP_H

#include "edgekit/arch_dsp.h"
#include "edgekit/assembly_dsp.h"
#include "edgekit/conv_2d_dsp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Expands `rows` rows of both pixels, `step` bytes apart from the end of one to the next: `direct` taps, a multiple of 4, from
 * any address to `to`; the `left` next ones are collected in `rest`, those of the second pixel `apart` bytes on. Returns the
 * end of `to`. */
#if EK_DSP_INSTRUCTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */
#define EXPAND4(OFFSET)                   \
  "  ldr r5, [r1, #" OFFSET "]\n"         \
  "  ldr r7, [r2, #" OFFSET "]\n"         \
  BYTES("r4", "r5") BYTES("r6", "r7")     \
  "  stmia.w r0!, {r4, r5, r6, r7}\n"

/* Registers: r0-r3 and r4-r7 as in EXPAND4, r8 rest, r9 rows, r10 apart, r11 direct, r12 left, lr step. */
__attribute__((naked, noinline)) static uint32_t *expand(uint32_t *to, const int8_t *a, const int8_t *b, int32_t direct,
                                                         int32_t left, int32_t rows, int32_t step, int8_t *rest, int32_t apart) {
  __asm__ volatile(
      "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"
      "  ldrd r12, r9, [sp, #36]\n"
      "  ldrd lr, r8, [sp, #44]\n"
      "  ldr r10, [sp, #52]\n"
      "  mov r11, r3\n"
      "0:\n"
      "  subs r3, r11, #16\n"
      "  blt 2f\n"
      "1:\n" EXPAND4("0") EXPAND4("4") EXPAND4("8") EXPAND4("12")
      "  adds r1, #16\n"
      "  adds r2, #16\n"
      "  subs r3, #16\n"
      "  bge 1b\n"
      "2:\n"
      "  adds r3, #12\n"
      "  blt 4f\n"
      "3:\n" EXPAND4("0")
      "  adds r1, #4\n"
      "  adds r2, #4\n"
      "  subs r3, #4\n"
      "  bge 3b\n"
      "4:\n"
      "  movs r3, r12\n"
      "  beq 6f\n"
      "5:\n"
      "  ldrb r4, [r1], #1\n"
      "  ldrb r5, [r2], #1\n"
      "  strb r5, [r8, r10]\n"
      "  strb r4, [r8], #1\n"
      "  subs r3, #1\n"
      "  bne 5b\n"
      "6:\n"
      "  add r1, lr\n"
      "  add r2, lr\n"
      "  subs r9, #1\n"
      "  bne 0b\n"
      "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");
}
#pragma GCC diagnostic pop
#else
static uint32_t *expand(uint32_t *to, const int8_t *a, const int8_t *b, int32_t direct, int32_t left, int32_t rows, int32_t step,
                        int8_t *rest, int32_t apart) {
  for (int32_t row = 0; row < rows; ++row) {
    ek_expand(to, a, direct, 4);
    to = ek_expand(to + 2, b, direct, 4) - 2;
    a += direct;
    b += direct;
    for (int32_t i = 0; i < left; ++i, ++rest) {
      rest[0] = *a++;
      rest[apart] = *b++;
    }
    if (row + 1 < rows) { /* behind the last one there may be nothing */
      a += step;
      b += step;
    }
  }
  return to;
}
#endif

typedef struct {
  uint32_t *columns;
  int8_t *zeros;              /* a kernel row outside the input */
  int8_t *partly[2];          /* of each pixel, a row that is partly outside */
  int8_t *rest;               /* of each pixel, what is left of the rows */
  int8_t *spare;              /* outputs of two pixels */
  int32_t row, direct, left;  /* taps of a kernel row; how many of them are expanded from where they lie; the others */
  int32_t end;                /* the others of all rows, a multiple of 4 */
  int32_t inner_y, inner_x;   /* first output pixel whose window lies inside the input */
  uint32_t inner_h, inner_w;  /* how many there are */
  int32_t start, down, right; /* where their windows begin: of pixel (0, 0), steps to the next */
  int32_t step;               /* from a kernel row to the next */
} work_t;

/* By words; the C library's may go byte by byte. */
__attribute__((noinline)) static void copy(int8_t *to, const int8_t *from, int32_t count) {
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    memcpy(to, from, 4);
  }
  for (; count > 0; --count) {
    *to++ = *from++;
  }
}

/* The outputs along one axis whose windows of `span` lie inside the input: the first, how many. */
static uint32_t inner(int32_t in, int32_t span, int32_t stride, int32_t pad, int32_t *first) {
  *first = (pad + stride - 1) / stride;
  const int32_t room = in + pad - span, count = room < 0 ? 0 : room / stride + 1 - *first;
  return count < 0 ? 0U : (uint32_t)count;
}

static work_t divide(const ek_conv_2d_dsp_t *p, uint8_t *scratch) {
  work_t w;
  w.columns = (uint32_t *)(void *)scratch;
  w.zeros = (int8_t *)scratch + 32 * p->blocks;
  w.row = p->kernel_w * p->in_c;
  w.direct = w.row & ~3;
  w.left = w.row - w.direct;
  w.end = (p->kernel_h * w.left + 3) & ~3;
  w.partly[0] = w.zeros + ((w.row + 3) & ~3);
  w.partly[1] = w.partly[0] + ((w.row + 3) & ~3);
  w.rest = w.partly[1] + ((w.row + 3) & ~3);
  w.spare = w.rest + 2 * w.end;
  w.inner_h = inner(p->in_h, (p->kernel_h - 1) * p->dilation_h + 1, p->stride_h, p->pad_top, &w.inner_y);
  w.inner_w = inner(p->in_w, p->dilation_w > 1 ? p->in_w + p->pad_left + 1 : p->kernel_w, p->stride_w, p->pad_left, &w.inner_x);
  w.start = -(p->pad_top * p->in_w + p->pad_left) * p->in_c;
  w.down = p->stride_h * p->in_w * p->in_c;
  w.right = p->stride_w * p->in_c;
  w.step = p->dilation_h * p->in_w * p->in_c;
  for (int32_t i = 8 * p->blocks - 8; i < 8 * p->blocks; ++i) { /* taps that meet weights of 0 */
    w.columns[i] = 0;
  }
  for (int8_t *at = w.zeros; at != w.partly[0]; ++at) {
    *at = (int8_t)p->in_zero;
  }
  for (int8_t *at = w.rest; at != w.spare; ++at) {
    *at = 0;
  }
  return w;
}

typedef struct {
  int32_t top, at;        /* row of the input, index of the first tap inside it */
  int32_t before, inside; /* taps of a row: outside on the left, inside the input */
  int8_t *partly;
} window_t;

/* The window of output pixel i. */
static window_t window(const ek_conv_2d_dsp_t *p, const work_t *w, int32_t i, int8_t *partly) {
  const int32_t oy = i / p->out_w, left = (i - oy * p->out_w) * p->stride_w - p->pad_left, step = p->dilation_w;
  window_t v = {oy * p->stride_h - p->pad_top, 0, left < 0 ? (step - 1 - left) / step : 0, 0, partly};
  const int32_t end = left < p->in_w ? (p->in_w - left + step - 1) / step : 0;
  v.inside = (end < p->kernel_w ? end : p->kernel_w) - v.before;
  v.at = (v.top * p->in_w + left + v.before * step) * p->in_c;
  if (v.inside < p->kernel_w) {
    copy(partly, w->zeros, w->row);
  }
  return v;
}

/* The next kernel row: where it lies, or put together in `partly`. */
static inline const int8_t *next_row(const ek_conv_2d_dsp_t *p, const work_t *w, const int8_t *x, window_t *v) {
  const int8_t *row = w->zeros;
  if (v->top >= 0 && v->top < p->in_h) {
    row = x + v->at;
    if (v->inside < p->kernel_w || p->dilation_w > 1) {
      const int32_t length = p->dilation_w > 1 ? 1 : v->inside;
      for (int32_t k = 0; k < v->inside; k += length, row += p->dilation_w * p->in_c) {
        copy(v->partly + (v->before + k) * p->in_c, row, length * p->in_c);
      }
      row = v->partly;
    }
  }
  v->top += p->dilation_h;
  v->at += p->dilation_h * p->in_w * p->in_c;
  return row;
}

/* Windows with taps outside the input, row by row. */
__attribute__((noinline)) static uint32_t *gather_edge(const ek_conv_2d_dsp_t *p, const work_t *w, const int8_t *x, int32_t i,
                                                       int32_t j) {
  window_t first = window(p, w, i, w->partly[0]), second = window(p, w, j, w->partly[1]);
  uint32_t *to = w->columns;
  int8_t *rest = w->rest;
  for (int32_t ky = 0; ky < p->kernel_h; ++ky, rest += w->left) {
    const int8_t *a = next_row(p, w, x, &first), *b = next_row(p, w, x, &second);
    to = expand(to, a, b, w->direct, w->left, 1, 0, rest, w->end);
  }
  return to;
}

static int is_inside(const work_t *w, int32_t oy, int32_t ox) {
  return (uint32_t)(oy - w->inner_y) < w->inner_h && (uint32_t)(ox - w->inner_x) < w->inner_w;
}

/* The columns of output pixels i and j, which is i or the next one. */
static void gather(const ek_conv_2d_dsp_t *p, const work_t *w, const int8_t *x, int32_t i, int32_t j) {
  const int32_t oy = i / p->out_w, ox = i - oy * p->out_w;
  int32_t next_y = oy, next_x = ox + j - i;
  if (next_x == p->out_w) {
    next_x = 0;
    ++next_y;
  }
  uint32_t *to;
  if (is_inside(w, oy, ox) && is_inside(w, next_y, next_x)) {
    const int8_t *a = x + (w->start + oy * w->down + ox * w->right);
    const int8_t *b = x + (w->start + next_y * w->down + next_x * w->right);
    to = expand(w->columns, a, b, w->direct, w->left, p->kernel_h, w->step - w->row, w->rest, w->end);
  } else {
    to = gather_edge(p, w, x, i, j);
  }
  if (w->end > 0) {
    expand(to, w->rest, w->rest + w->end, w->end, 0, 1, 0, w->rest, 0);
  }
}

#ifdef __cplusplus
}
#endif
#endif
