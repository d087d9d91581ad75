/* What `ek_conv_2d` computes, as a matrix product of windows and filters on Helium.
 *
 * Blocking: one window (`rows`: 1 pixel) by 8 output channels, 64 bytes of the window at a time. A window is a pixel where the
 * kernel is 1x1 and gathered into scratch otherwise, taps outside the input as the zero point, whose products are in the
 * bias. Weights are packed in the order of use, with zeros where a window ends before its 16 bytes do.
 *
 * Registers: accumulators of channels 0 to 7 in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with
 * the biases; q4-q7 64 bytes of the window, q0-q3 of a filter; r1 weights, r3 window, r5 chunks left, r7 output, r9 table,
 * r11 channels left. What stays the same for all blocks lies on the stack, with the addresses of the code for the rest of
 * the window and of the requantization, so that choosing them costs one instruction.
 *
 * Budget: 43 instructions for a chunk of 64 x 8 products (0.084), 26 for 8 outputs, 14 a window, and of gathering 3 for
 * every 16 bytes. VLDM moves 64 bits a cycle, as VLDRB does.
 *
 * Requantization: VQRDMULH is the first rounding. The second, to nearest and ties away from zero, is VQRDMULH with
 * c = 2^(31-e) + 1: it gives floor((t + t / 2^(31-e) + 2^(e-1)) / 2^e), and t / 2^(31-e) lowers a negative t by at most
 * one and changes no result of another, as long as |t| < 2^(31-e). Beyond, for e <= 11, both results are clamped alike. The packer
 * checks which it is; for all others (e = 0, left shifts, large e) the shifts are done as such. */
#include "edgekit/conv_2d_mve.h"

#include <stddef.h>

#define UNUSED __attribute__((unused))

typedef struct {
  const int8_t *x;
  int8_t *y;
  const int8_t *weights;
  const int32_t *table;
  int32_t chunks, rest, x_step, out_c, rows, out_zero, low, high, shifted; /* offsets 16 to 48 */
} rows_t;

/* The four vectors of 16 bytes of one channel. */
#define DOT1(acc) "vldrb.8 q0, [r1], #16\n vmladava.s8 " acc ", q0, q4\n"
#define DOT2(acc) "vldmia r1!, {d0-d3}\n vmladava.s8 " acc ", q0, q4\n vmladava.s8 " acc ", q1, q5\n"
#define DOT3(acc) "vldmia r1!, {d0-d5}\n vmladava.s8 " acc ", q0, q4\n vmladava.s8 " acc ", q1, q5\n" \
                  "vmladava.s8 " acc ", q2, q6\n"
#define DOT4(acc) "vldmia r1!, {d0-d7}\n vmladava.s8 " acc ", q0, q4\n vmladava.s8 " acc ", q1, q5\n" \
                  "vmladava.s8 " acc ", q2, q6\n vmladava.s8 " acc ", q3, q7\n"
#define CHANNELS(dot) dot("r0") dot("r2") dot("r4") dot("r6") dot("r8") dot("r10") dot("r12") dot("lr")
/* Even channels to q0, odd ones to q1; the first register goes to the lower lane. */
#define TO_VECTORS "vmov q0[2], q0[0], r0, r8\n vmov q0[3], q0[1], r4, r12\n" \
                   "vmov q1[2], q1[0], r2, r10\n vmov q1[3], q1[1], r6, lr\n"

/* `rows` windows times all filters. Stack: 0 job, 4 code for the rest, 8 x, 12 chunks, 16 code of the requantization,
 * 20 output zero point, 24 x step, 28 rows left, 32 low in all lanes, 48 high. */
__attribute__((naked, noinline)) static void rows(const rows_t *job UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "sub sp, #64\n"
      "str r0, [sp]\n"
      "ldr r1, [r0, #40]\n vdup.16 q0, r1\n vstrw.32 q0, [sp, #32]\n"
      "ldr r1, [r0, #44]\n vdup.16 q0, r1\n vstrw.32 q0, [sp, #48]\n"
      "ldr r1, [r0, #48]\n cmp r1, #0\n"
      "adr.w r2, .Lscaled%=\n adr.w r3, .Lshifted%=\n it ne\n movne r2, r3\n orr r2, #1\n"
      "ldr r1, [r0, #20]\n"
      "adr.w r3, .Lrest1%=\n adr.w r4, .Lrest2%=\n adr.w r5, .Lrest3%=\n"
      "orr r3, #1\n orr r4, #1\n orr r5, #1\n"
      "cmp r1, #2\n it eq\n moveq r3, r4\n cmp r1, #3\n it eq\n moveq r3, r5\n"
      "cmp r1, #0\n it eq\n moveq r3, r2\n"
      "str r3, [sp, #4]\n"
      "str r2, [sp, #16]\n"
      "ldr r1, [r0]\n ldr r2, [r0, #16]\n strd r1, r2, [sp, #8]\n"
      "ldr r1, [r0, #36]\n ldr r2, [r0, #24]\n strd r1, r2, [sp, #20]\n"
      "ldr r1, [r0, #32]\n str r1, [sp, #28]\n"
      "ldr r7, [r0, #4]\n"
      ".Lrow%=:\n"
      "ldr r0, [sp]\n"
      "ldrd r1, r9, [r0, #8]\n"
      "ldr r11, [r0, #28]\n"
      ".Lblock%=:\n"
      "ldrd r3, r5, [sp, #8]\n"
      "ldmia r9!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"
      "cbnz r5, .Lchunk%=\n"
      "ldr pc, [sp, #4]\n"
      ".Lchunk%=:\n"
      "vldmia r3!, {d8-d15}\n"
      CHANNELS(DOT4)
      "subs r5, #1\n"
      "bne .Lchunk%=\n"
      "ldr pc, [sp, #4]\n"
      ".balign 4\n"
      ".Lrest1%=:\n"
      "vldrb.8 q4, [r3]\n"
      CHANNELS(DOT1)
      "ldr pc, [sp, #16]\n"
      ".balign 4\n"
      ".Lrest2%=:\n"
      "vldmia r3, {d8-d11}\n"
      CHANNELS(DOT2)
      "ldr pc, [sp, #16]\n"
      ".balign 4\n"
      ".Lrest3%=:\n"
      "vldmia r3, {d8-d13}\n"
      CHANNELS(DOT3)
      "ldr pc, [sp, #16]\n"
      ".balign 4\n"
      ".Lshifted%=:\n"
      TO_VECTORS
      "vldmia r9!, {d4-d15}\n" /* q2 q3 left, q4 q5 multiplier, q6 q7 right */
      "vshl.s32 q0, q0, q2\n vshl.s32 q1, q1, q3\n"
      "vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q5\n"
      /* VRSHL rounds ties up: one less where the value is negative and there is a shift. */
      "vand q4, q0, q6\n vshr.s32 q4, q4, #31\n vqadd.s32 q0, q0, q4\n vrshl.s32 q0, q0, q6\n"
      "vand q5, q1, q7\n vshr.s32 q5, q5, #31\n vqadd.s32 q1, q1, q5\n vrshl.s32 q1, q1, q7\n"
      "ldr r2, [sp, #20]\n"
      "vadd.i32 q0, q0, r2\n vadd.i32 q1, q1, r2\n"
      "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n"
      "b .Lclamp%=\n"
      ".balign 4\n"
      ".Lscaled%=:\n"
      TO_VECTORS
      "vldmia r9!, {d4-d11}\n"
      "ldr r2, [sp, #20]\n"
      "vqrdmulh.s32 q0, q0, q2\n vqrdmulh.s32 q1, q1, q3\n"
      "vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q5\n"
      "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n"
      "vqadd.s16 q0, q0, r2\n"
      ".Lclamp%=:\n"
      "vldrw.32 q2, [sp, #32]\n vldrw.32 q3, [sp, #48]\n"
      "vmax.s16 q0, q0, q2\n vmin.s16 q0, q0, q3\n"
      "subs r11, #8\n"
      "blt .Llast%=\n"
      "vstrb.16 q0, [r7], #8\n"
      "bne .Lblock%=\n"
      "b .Lnext%=\n"
      ".Llast%=:\n"
      "add r11, #8\n"
      "vctp.16 r11\n"
      "vpst\n vstrbt.16 q0, [r7]\n"
      "add r7, r11\n"
      ".Lnext%=:\n"
      "ldr r0, [sp, #8]\n ldrd r1, r2, [sp, #24]\n"
      "add r0, r1\n str r0, [sp, #8]\n"
      "subs r2, #1\n str r2, [sp, #28]\n"
      "bne .Lrow%=\n"
      "add sp, #64\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n" ::: "memory");
}

/* Tail-predicated: 3 instructions for 16 bytes. */
static inline int8_t *copy(int8_t *to, const int8_t *from, int32_t count) {
  int8_t *end = to + count;
  __asm volatile(
      "wlstp.8 lr, %2, 2f\n"
      "1: vldrb.8 q0, [%1], #16\n vstrb.8 q0, [%0], #16\n letp lr, 1b\n"
      "2:\n" : "+r"(to), "+r"(from) : "r"(count) : "lr", "q0", "memory");
  return end;
}

static inline int8_t *fill(int8_t *to, int32_t value, int32_t count) {
  int8_t *end = to + count;
  __asm volatile(
      "vdup.8 q0, %1\n"
      "wlstp.8 lr, %2, 2f\n"
      "1: vstrb.8 q0, [%0], #16\n letp lr, 1b\n"
      "2:\n" : "+r"(to) : "r"(value), "r"(count) : "lr", "q0", "memory");
  return end;
}

/* One kernel row of a window, whose leftmost tap is at column `left`. */
static int8_t *gather_row(const ek_conv_2d_mve_t *p, const int8_t *row, int8_t *to, int32_t left) {
  const int32_t step = p->dilation_w, c = p->in_c;
  const int32_t width = p->kernel_w;
  if (step == 1 && left >= 0 && left + width <= p->in_w) {
    return copy(to, row + left * c, width * c);
  }
  for (int32_t kx = 0, ix = left; kx < width; ++kx, ix += step) {
    to = ix >= 0 && ix < p->in_w ? copy(to, row + ix * c, c) : fill(to, p->in_zero, c);
  }
  return to;
}

static void gather(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *to, int32_t top, int32_t left) {
  const int32_t pitch = p->in_w * p->in_c;
  for (int32_t ky = 0, iy = top; ky < p->kernel_h; ++ky, iy += p->dilation_h) {
    to = iy >= 0 && iy < p->in_h ? gather_row(p, x + iy * pitch, to, left) : fill(to, p->in_zero, p->kernel_w * p->in_c);
  }
}

static rows_t job_of(const ek_conv_2d_mve_t *p, int8_t *y) {
  return (rows_t){.y = y, .weights = p->weights, .table = p->table, .chunks = p->chunks, .rest = p->rest,
                  .out_c = p->out_c, .out_zero = p->out_zero, .low = p->low, .high = p->high, .shifted = p->shifted};
}

void ek_conv_2d_mve(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y) {
  rows_t job = job_of(p, y);
  job.x_step = p->stride_w * p->in_c;
  const int dense = p->stride_h == 1 && p->stride_w == 1;
  const int32_t lines = dense ? 1 : p->batches * p->out_h;
  job.rows = dense ? p->batches * p->out_h * p->out_w : p->out_w;
  for (int32_t line = 0, oy = 0; line < lines; ++line) {
    job.x = x + oy * p->stride_h * p->in_w * p->in_c;
    rows(&job);
    job.y += job.rows * p->out_c;
    if (++oy == p->out_h) {
      oy = 0;
      x += p->in_h * p->in_w * p->in_c;
    }
  }
}

void ek_conv_2d_mve_gather(const ek_conv_2d_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  rows_t job = job_of(p, y);
  int8_t *windows = (int8_t *)scratch;
  job.x = windows;
  job.x_step = 64 * p->chunks + 16 * p->rest;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t oy = 0; oy < p->out_h; ++oy) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      for (int32_t ox = 0; ox < p->out_w; ox += job.rows) {
        job.rows = p->out_w - ox < p->pixels ? p->out_w - ox : p->pixels;
        for (int32_t i = 0; i < job.rows; ++i) {
          gather(p, x, windows + i * job.x_step, top, (ox + i) * p->stride_w - p->pad_left);
        }
        rows(&job);
        job.y += job.rows * p->out_c;
      }
    }
  }
}
