/* What `ek_depthwise_conv_2d` computes, for any window, on Helium.
 *
 * Blocking: 16 channels of a band of output rows. Their windows are laid out as strips, one of each 4 channels: columns of
 * words, kernel_h words a column, so that a window is kernel_w columns one after another. VLD4 takes 16 words apart into four
 * vectors, 16 taps of each channel; neighbours share columns where stride and dilation allow it. Two outputs of 4 channels are
 * 8 sums, which are requantized together. An odd number of outputs ends with one of them computed twice.
 *
 * Registers of `filters`: sums r0 r2 r4 r6 of the first output, r8 r10 r12 lr of the second, from the biases on; q0-q3 taps,
 * q4-q7 filters, which stay there where 16 taps are all; r5 window; r7 output; r11 places; r3 strip; r9 constants; r1 pairs of
 * outputs left, or filters where the chunks are more than one, with their number in r9 and the pairs on the stack.
 *
 * Budget: 42 instructions for 8 outputs of 16 taps (0.58 a product of 3x3), 58 + 22 for every 16 taps else (3 more with a clamp
 * that saturation is not, 10 more with general shifts); laying out 11 for a column of 3 words by 4. Requantization as in
 * conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/depthwise_conv_2d_strips_mve.h"

#include <arm_mve.h>

#include "edgekit/arch_mve.h"

#define UNUSED __attribute__((unused))
#define CHANNELS 16
#define BLOCK 4

/* What lies on the stack in the same order. */
typedef struct {
  int32_t out_zero, y_step;                /* a pair of outputs, bytes */
  const int8_t *weights;                   /* offset 8 */
  int32_t chunks;
  const int32_t *table;                    /* 16 */
  const int8_t *strip;                     /* 20 */
  int8_t *y;                               /* 24 */
  const uint16_t *places;                  /* 28 */
  uint16_t lanes[8];                       /* 32: where the outputs of a pair go */
  int16_t low[8], high[8];                 /* 48, 64 */
  int32_t pairs, back;                     /* 80; back: bytes of y for one more pair, 0 for none */
  int32_t filters, strip_step, y_next;     /* 88; from filter to filter */
  int32_t channels, channels_step;         /* 100: twice those that are left */
  int32_t kind;                            /* 108: 0 held, 1 held and clamped, 2 chunks, 3 chunks and clamped, 4 shifts */
} job_t;

#define TAPS "vld40.8 {q0, q1, q2, q3}, [r5]\n vld41.8 {q0, q1, q2, q3}, [r5]\n" \
             "vld42.8 {q0, q1, q2, q3}, [r5]\n vld43.8 {q0, q1, q2, q3}, [r5]!\n"
#define SUMS(a, b, c, d) \
  "vmladava.s8 " a ", q0, q4\n vmladava.s8 " b ", q1, q5\n vmladava.s8 " c ", q2, q6\n vmladava.s8 " d ", q3, q7\n"
#define FIRST SUMS("r0", "r2", "r4", "r6")
#define SECOND SUMS("r8", "r10", "r12", "lr")
#define WINDOW "ldrh r5, [r11], #2\n add r5, r3\n"
#define CHUNKS(label, sums) \
  "ldrd r1, r9, [sp, #8]\n" label ":\n vldmia r1!, {d8-d15}\n" TAPS sums "subs r9, #1\n bne " label "\n"
#define TO_VECTORS EK_MVE_SUMS_TO("q1") "vmov q0[2], q0[0], r8, r12\n vmov q0[3], q0[1], r10, lr\n"
#define SCALE                                                                                       \
  TO_VECTORS "ldrd r0, r2, [sp]\n vldrw.32 q2, [r9, #16]\n vldrw.32 q3, [r9, #32]\n"                  \
  "vqrdmulh.s32 q1, q1, q2\n vqrdmulh.s32 q0, q0, q2\n"                                             \
  "vqrdmlash.s32 q1, q3, r0\n vqrdmlash.s32 q0, q3, r0\n" EK_MVE_NARROW
#define SHIFT(q) /* VRSHL rounds ties up: one less where the value is negative and there is a shift */ \
  "vshl.s32 " q ", " q ", q2\n vqrdmulh.s32 " q ", " q ", q3\n vand q5, " q ", q4\n vshr.s32 q5, q5, #31\n" \
  "vqadd.s32 " q ", " q ", q5\n vrshl.s32 " q ", " q ", q4\n vadd.i32 " q ", " q ", r0\n"
#define CLAMP "vldrw.32 q0, [sp, #48]\n vmax.s16 q1, q1, q0\n vldrw.32 q0, [sp, #64]\n vmin.s16 q1, q1, q0\n"
#define STORE "vldrw.32 q0, [sp, #32]\n vpst\n vstrbt.16 q1, [r7, q0]\n add r7, r2\n"
/* One more pair, which begins at the second output of the last one. */
#define ONCE_MORE(loop)                                                    \
  "blt .Ldone%=\n ldr r0, [sp, #84]\n cmp r0, #0\n beq .Ldone%=\n"         \
  "sub r11, #2\n sub r7, r0\n b " loop "\n"
#define HELD(loop, clamp)                                                                                \
  ".balign 4\n" loop ":\n"                                                                               \
  "ldm r9, {r0, r2, r4, r6}\n" WINDOW TAPS FIRST "ldm r9, {r8, r10, r12, lr}\n" WINDOW TAPS SECOND SCALE \
  clamp STORE "subs r1, #1\n bgt " loop "\n" ONCE_MORE(loop)
#define CHUNKED(loop, scale, clamp)                                                                      \
  ".balign 4\n" loop ":\n"                                                                               \
  "ldr r9, [sp, #16]\n ldm r9, {r0, r2, r4, r6}\n" WINDOW CHUNKS(loop "A", FIRST)                        \
  "ldr r9, [sp, #16]\n ldm r9, {r8, r10, r12, lr}\n" WINDOW CHUNKS(loop "B", SECOND)                     \
  "ldr r9, [sp, #16]\n" scale clamp STORE                                                                \
  "ldr r0, [sp, #112]\n subs r0, #1\n str r0, [sp, #112]\n bgt " loop "\n" ONCE_MORE(loop)
#define ADDRESS(kind) ".word .L" kind "%= - .Lcodes%= + 1\n"

/* All filters of a job. Stack: the job, 112 pairs left, 116 code of the loop. */
__attribute__((naked, noinline)) static void filters(const job_t *job UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "sub sp, #120\n"
      "mov r12, sp\n"
      "ldm r0!, {r1-r10}\n stm r12!, {r1-r10}\n"
      "ldm r0!, {r1-r10}\n stm r12!, {r1-r10}\n"
      "ldm r0!, {r1-r8}\n stm r12!, {r1-r8}\n"
      "adr.w r1, .Lcodes%=\n ldr r2, [r1, r8, lsl #2]\n add r1, r2\n str r1, [sp, #116]\n"
      ".Lfilter%=:\n"
      "ldrd r9, r3, [sp, #16]\n"
      "ldrd r7, r11, [sp, #24]\n"
      "ldrd r0, r2, [sp, #100]\n vctp.16 r0\n sub r0, r2\n str r0, [sp, #100]\n"
      "ldr r1, [sp, #8]\n vldmia r1, {d8-d15}\n"
      "ldr r1, [sp, #80]\n str r1, [sp, #112]\n"
      "ldr pc, [sp, #116]\n"
      HELD(".Lheld%=", "vqmovnb.s16 q1, q1\n")
      HELD(".LheldClamped%=", CLAMP)
      CHUNKED(".Lchunks%=", SCALE, "vqmovnb.s16 q1, q1\n")
      CHUNKED(".LchunksClamped%=", SCALE, CLAMP)
      CHUNKED(".Lshifted%=",
              TO_VECTORS "ldrd r0, r2, [sp]\n add r9, #16\n vldmia r9, {d4-d9}\n" SHIFT("q1") SHIFT("q0") EK_MVE_NARROW,
              CLAMP)
      ".Ldone%=:\n"
      "ldrd r0, r1, [sp, #8]\n add r0, r0, r1, lsl #6\n str r0, [sp, #8]\n"
      "ldr r0, [sp, #108]\n cmp r0, #4\n ldrd r1, r2, [sp, #16]\n ite eq\n addeq r1, #64\n addne r1, #48\n"
      "ldr r3, [sp, #92]\n add r2, r3\n strd r1, r2, [sp, #16]\n"
      "ldr r1, [sp, #24]\n ldr r2, [sp, #96]\n add r1, r2\n str r1, [sp, #24]\n"
      "ldr r1, [sp, #88]\n subs r1, #1\n str r1, [sp, #88]\n bgt .Lfilter%=\n"
      "add sp, #120\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n"
      ".balign 4\n"
      ".Lcodes%=:\n" ADDRESS("held") ADDRESS("heldClamped") ADDRESS("chunks") ADDRESS("chunksClamped") ADDRESS("shifted")
      ::: "memory");
}

/* How many taps, `step` apart from `at` on, lie before `end`, at most `taps`. */
static inline int32_t taps_before(int32_t end, int32_t at, int32_t step, int32_t taps) {
  const int32_t count = at < end ? (end - at + step - 1) / step : 0;
  return count < taps ? count : taps;
}

/* `to`: the words before the next ones of 4 strips. */
static inline uint32x4_t fill(uint32x4_t to, int8x16_t value, int32_t count) {
  __asm volatile("wls lr, %[count], 2f\n 1:\n vstrw.32 %q[value], [%q[to], #4]!\n le lr, 1b\n 2:\n"
                 : [to] "+w"(to) : [count] "r"(count), [value] "w"(value) : "lr", "memory");
  return to;
}

#define ROW(load) load "vstrw.32 q0, [%q[to], #4]!\n"
#define ALL "vldrb.u8 q0, [%[a]]\n"
#define SOME "vpst\n vldrbt.u8 q0, [%[a]]\n"
#define NEXT "add %[a], %[pitch]\n"
#define COLUMNS(column)                                                                                         \
  __asm volatile("vmsr p0, %[lanes]\n" column                                                                   \
                 : [to] "+w"(to), [from] "+r"(from), [count] "+r"(count), [a] "=&r"(a)                          \
                 : [pitch] "r"(pitch), [step] "r"(step), [rows] "r"(rows), [lanes] "r"(lanes), "w"(outside),    \
                   [first] "r"(first), [after] "r"(after)                                                       \
                 : "lr", "q0", "cc", "memory")
#define THREE(load)                                                                                              \
  COLUMNS("dls lr, %[count]\n 1:\n mov %[a], %[from]\n" ROW(load) NEXT ROW(load) NEXT ROW(load)                    \
          "add %[from], %[step]\n le lr, 1b\n")
#define ANY(load)                                                                                              \
  COLUMNS("1:\n mov %[a], %[from]\n"                                                                             \
          "wls lr, %[first], 3f\n 2:\n vstrw.32 q2, [%q[to], #4]!\n le lr, 2b\n 3:\n"                             \
          "dls lr, %[rows]\n 4:\n" ROW(load) NEXT "le lr, 4b\n"                                                  \
          "wls lr, %[after], 6f\n 5:\n vstrw.32 q2, [%q[to], #4]!\n le lr, 5b\n 6:\n"                             \
          "add %[from], %[step]\n subs %[count], #1\n bne 1b\n")

/* `count` > 0 columns `step` bytes apart, of which `rows` > 0 words are in the image, `first` before it and `after` behind. */
static inline uint32x4_t columns(uint32x4_t to, const int8_t *from, int32_t count, int32_t step, int32_t pitch, int32_t first,
                                 int32_t rows, int32_t after, int8x16_t zero, uint32_t lanes) {
  register int8x16_t outside __asm("q2") = zero;
  const int8_t *a;
  const int full = lanes == UINT16_MAX;
  if (rows == 3 && first + after == 0) {
    if (full) {
      THREE(ALL);
    } else {
      THREE(SOME);
    }
  } else if (full) {
    ANY(ALL);
  } else {
    ANY(SOME);
  }
  return to;
}

/* One row of strips; `x`: the image, at the first channel. */
static void row(const ek_depthwise_conv_2d_strips_mve_t *p, const int8_t *x, uint32x4_t to, int32_t top, uint32_t lanes) {
  const int8x16_t zero = vdupq_n_s8((int8_t)p->in_zero);
  const int32_t pitch = p->in_w * p->in_c;
  const int32_t first = taps_before(0, top, p->dilation_h, p->kernel_h);
  const int32_t last = taps_before(p->in_h, top, p->dilation_h, p->kernel_h);
  if (last <= first) {
    (void)fill(to, zero, p->runs * p->columns * p->kernel_h);
    return;
  }
  x += (top + first * p->dilation_h) * pitch;
  int32_t left = -p->pad_left;
  for (int32_t run = 0; run < p->runs; ++run, left += p->stride_w) {
    const int32_t from = taps_before(0, left, p->dilation_w, p->columns);
    const int32_t until = taps_before(p->in_w, left, p->dilation_w, p->columns);
    if (from > 0) {
      to = fill(to, zero, from * p->kernel_h);
    }
    if (until > from) {
      to = columns(to, x + (left + from * p->dilation_w) * p->in_c, until - from, p->dilation_w * p->in_c,
                   p->dilation_h * pitch, first, last - first, p->kernel_h - last, zero, lanes);
    }
    if (until < p->columns) {
      to = fill(to, zero, (p->columns - until) * p->kernel_h);
    }
  }
}

static void band(const ek_depthwise_conv_2d_strips_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, int32_t top,
                 job_t *job) {
  const int32_t line = 4 * p->runs * p->columns * p->kernel_h, pitch = line * p->band, m = p->depth_multiplier;
  const int32_t row_of_table = p->shifted ? 16 : 12;
  const uint32x4_t start = vaddq_n_u32(vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)pitch), (uint32_t)scratch - 4);
  job->weights = p->weights;
  job->table = p->table;
  for (int32_t c = 0; c < p->in_c; c += CHANNELS) {
    const int32_t left = p->in_c - c, blocks = left < CHANNELS ? (left + BLOCK - 1) / BLOCK : CHANNELS / BLOCK;
    const uint32_t lanes = vctp8q((uint32_t)left);
    for (int32_t r = 0; r < p->band; ++r) {
      row(p, x + c, vaddq_n_u32(start, (uint32_t)(r * line)), top + r * p->stride_h, lanes);
    }
    job->filters = m == 1 ? blocks : m;
    job->strip_step = m == 1 ? pitch : 0;
    job->channels_step = m == 1 ? 2 * BLOCK : 0;
    job->y_next = m == 1 ? BLOCK : 1;
    for (int32_t block = 0; block < blocks; block += m == 1 ? blocks : 1) {
      job->strip = (const int8_t *)scratch + block * pitch;
      job->y = y + (c + BLOCK * block) * m;
      job->channels = 2 * (left - BLOCK * block);
      filters(job);
      job->weights += 64 * p->chunks * job->filters;
      job->table += row_of_table * job->filters;
    }
  }
}

void ek_depthwise_conv_2d_strips_mve(const ek_depthwise_conv_2d_strips_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t out_c = p->in_c * p->depth_multiplier, outputs = p->band * p->out_w;
  const int clamped = p->low != INT8_MIN || p->high != INT8_MAX;
  job_t job = {.out_zero = p->out_zero, .y_step = 2 * out_c, .chunks = p->chunks, .places = p->places};
  job.pairs = outputs / 2;
  job.back = outputs > 1 && (outputs & 1) != 0 ? out_c : 0;
  job.kind = p->shifted ? 4 : (p->chunks > 1 ? 2 : 0) + clamped;
  for (int32_t lane = 0; lane < 8; ++lane) {
    job.lanes[lane] = (uint16_t)((lane >> 1) * p->depth_multiplier + (outputs > 1 && (lane & 1) != 0 ? out_c : 0));
  }
  vstrhq_s16(job.low, vdupq_n_s16((int16_t)p->low));
  vstrhq_s16(job.high, vdupq_n_s16((int16_t)p->high));
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t at = 0; at < p->out_h; at += p->band) {
      const int32_t oy = at + p->band <= p->out_h ? at : p->out_h - p->band;
      band(p, x, y + oy * p->out_w * out_c, scratch, oy * p->stride_h - p->pad_top, &job);
    }
    x += p->in_h * p->in_w * p->in_c;
    y += p->out_h * p->out_w * out_c;
  }
}
