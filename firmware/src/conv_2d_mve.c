/* What `ek_conv_2d` computes, as a matrix product of windows and filters on Helium.
 *
 * Windows: a window is a pixel where the kernel is 1x1, with bytes of the next ones up to a multiple of 16; the end of the input
 * is copied where those are missing. Otherwise windows of an output row lie in scratch as strips: columns of kernel_h * in_c
 * bytes, of which neighbours share all they have in common, so that a window is kernel_w columns one after another; or, where a
 * dilation forbids that or scratch is scarce, some windows are gathered one by one. Taps outside the input are the zero point,
 * whose products are in the bias. Weights are packed in the order of use, with zeros where a window ends before its 16 bytes do.
 *
 * Blocking: `blocks` takes window by window, 8 output channels at a time, 4 at the end where that is enough, 64 bytes of the
 * window at a time; `passes` takes block by block, all windows each, which costs less a window and more a block.
 *
 * Registers: accumulators of channels 0 to 7 in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with
 * the biases; q4-q7 64 bytes of the window, q0-q3 of a filter; r1 weights, r3 window, r5 chunks left, r7 output, r9 table,
 * r11 channels left. What stays the same for all blocks lies on the stack, with the addresses of the code for the rest of
 * the window and of the requantization, so that choosing them costs one instruction.
 *
 * Budget: 46 instructions for a chunk of 64 x 8 products (0.090; in pairs 67, 0.131), 11, 22 or 33 for a rest of 16, 32 or 48
 * bytes, 22 for 8 outputs (3 more with a clamp that saturation is not), 10 a window. A pass takes 20 beside its products, 11 a
 * block. Strips: 6 and 3 for every 16 bytes a column of a row, 5 for 16 bytes where in_c is at most 8. Gathering: 7 a window,
 * 6 a row of it and 2 for every 16 bytes. VLDM moves 64 bits a cycle, as VLDRB does, but no product is taken meanwhile: loads
 * and products in pairs (`paired`) need two thirds of the cycles.
 *
 * Requantization: VQRDMULH is the first rounding. The second, to nearest and ties away from zero, is VQRDMULH with
 * c = 2^(31-e) + 1: it gives floor((t + t / 2^(31-e) + 2^(e-1)) / 2^e), and t / 2^(31-e) lowers a negative t by at most
 * one and changes no result of another, as long as |t| < 2^(31-e). Beyond, for e <= 11, both results are clamped alike. The packer
 * checks which it is; for all others (e = 0, left shifts, large e) the shifts are done as such. */
#include "edgekit/conv_2d_mve.h"

#include "edgekit/strips_mve.h"
#include "edgekit/window_blocks_mve.h"

/* A window that is not all in the image, whose leftmost tap is at column `left`; of its rows, those from `first` to `last`
 * are in the image, the first of them at `row`. */
static void gather(const ek_conv_2d_mve_t *p, const int8_t *row, int8_t *to, int32_t left, int32_t first, int32_t last) {
  const int32_t c = p->in_c, segment = p->kernel_w * c, pitch = p->in_w * c * p->dilation_h;
  const int dense = p->dilation_w == 1;
  ek_fill_mve(to, p->in_zero, p->kernel_h * segment);
  const int32_t from = ek_taps_before(0, left, p->dilation_w, p->kernel_w);
  const int32_t until = ek_taps_before(p->in_w, left, p->dilation_w, p->kernel_w);
  if (last <= first) {
    return;
  }
  for (int32_t kx = from; kx < until; kx += dense ? until : 1) {
    ek_copy_rows(to + first * segment + kx * c, row + (left + kx * p->dilation_w) * c, last - first,
                 dense ? (until - kx) * c : c, pitch, segment, 1, 0, 0);
  }
}

/* `count` windows beside each other, as above. */
static void gather_all(const ek_conv_2d_mve_t *p, const int8_t *row, int8_t *to, int32_t left, int32_t first, int32_t last,
                       int32_t count) {
  const int32_t c = p->in_c, segment = p->kernel_w * c, size = 64 * p->chunks + 16 * p->rest;
  const int32_t end = p->dilation_w == 1 && last - first == p->kernel_h ? p->in_w - p->kernel_w : -1;
  int32_t i = 0;
  for (; i < count && (left < 0 || left > end); ++i, left += p->stride_w, to += size) {
    gather(p, row, to, left, first, last);
  }
  int32_t inner = i < count ? (end - left) / p->stride_w + 1 : 0;
  inner = inner < count - i ? inner : count - i;
  if (inner > 0) {
    ek_copy_rows(to, row + left * c, p->kernel_h, segment, p->in_w * c * p->dilation_h, segment, inner, p->stride_w * c, size);
    i += inner;
    left += inner * p->stride_w;
    to += inner * size;
  }
  for (; i < count; ++i, left += p->stride_w, to += size) {
    gather(p, row, to, left, first, last);
  }
}

/* Pixels as windows, line by line, and all at once without strides. The last `alone` windows are read from `again`, which is the
 * end of the input, from `end` on, with room after it. */
static inline __attribute__((always_inline)) void by_pixels(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, int32_t alone,
                                                            const int8_t *end, const int8_t *again) {
  rows_t job = {.y = y, .x_step = p->stride_w * p->in_c};
  const int dense = p->stride_h == 1 && p->stride_w == 1;
  const int32_t lines = dense ? 1 : p->batches * p->out_h;
  const int32_t width = dense ? p->batches * p->out_h * p->out_w : p->out_w;
  int32_t left = lines * width - alone; /* that are read where they lie */
  for (int32_t line = 0, oy = 0; line < lines; ++line) {
    job.x = x + oy * p->stride_h * p->in_w * p->in_c;
    job.rows = alone > 0 && left < width ? left : width;
    if (job.rows > 0) {
      rows(p, &job);
      job.y += job.rows * p->out_c;
      left -= job.rows;
    }
    if (alone > 0 && job.rows < width) {
      job.x = again + (job.x + job.rows * job.x_step - end);
      job.rows = width - job.rows;
      rows(p, &job);
      job.y += job.rows * p->out_c;
    }
    if (++oy == p->out_h) {
      oy = 0;
      x += p->in_h * p->in_w * p->in_c;
    }
  }
}

void ek_conv_2d_mve(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y) {
  by_pixels(p, x, y, 0, 0, 0);
}

void ek_conv_2d_mve_rest(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t c = p->in_c, all = p->batches * p->in_h * p->in_w * c;
  const int32_t last = (64 * p->chunks + 16 * p->rest - 1) / c * c; /* pixels that do not have all those bytes */
  const int32_t bytes = last < all ? last : all;
  const int8_t *end = x + all - bytes;
  ek_copy_mve((int8_t *)scratch, end, bytes);
  by_pixels(p, x, y, p->pixels, end, (const int8_t *)scratch);
}

void ek_conv_2d_mve_gather(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  rows_t job = {.y = y};
  const int32_t pitch = p->in_w * p->in_c;
  int8_t *windows = (int8_t *)scratch;
  job.x = windows;
  job.x_step = 64 * p->chunks + 16 * p->rest;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * pitch) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      const int32_t first = ek_taps_before(0, top, p->dilation_h, p->kernel_h);
      const int32_t last = ek_taps_before(p->in_h, top, p->dilation_h, p->kernel_h);
      const int8_t *row = x + (top + first * p->dilation_h) * pitch;
      for (int32_t ox = 0; ox < p->out_w; ox += job.rows) {
        job.rows = p->out_w - ox < p->pixels ? p->out_w - ox : p->pixels;
        gather_all(p, row, windows, ox * p->stride_w - p->pad_left, first, last, job.rows);
        rows(p, &job);
        job.y += job.rows * p->out_c;
      }
    }
  }
}

void ek_conv_2d_mve_strips(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  rows_t job = {.x = (int8_t *)scratch, .y = y, .x_step = p->stride_w * p->kernel_h * p->in_c, .rows = p->out_w};
  ek_strips_mve_t strips = EK_STRIPS_OF(p);
  strips.spreads = ek_spread(&strips);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t oy = 0; oy < p->out_h; ++oy, job.y += p->out_w * p->out_c) {
      ek_strip(&strips, x, oy, (int8_t *)scratch, n == 0 && oy == 0);
      rows(p, &job);
    }
  }
}
