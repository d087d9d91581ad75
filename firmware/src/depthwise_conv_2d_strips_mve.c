/* What `ek_depthwise_conv_2d` computes, for any window, on Helium.
 *
 * Blocking: 16 channels of a band of output rows. Their windows are laid out as strips, one of each 4 channels: columns of
 * words, kernel_h words a column, so that a window is kernel_w columns one after another. VLD4 takes 16 words apart into four
 * vectors, 16 taps of each channel; neighbours share columns where stride and dilation allow it. Two outputs of 4 channels are
 * 8 sums, which are requantized together; one that is left goes alone, or again with the one before.
 *
 * Registers of `filters`: sums r0 r2 r4 r6 of the first output, r8 r10 r12 lr of the second, from the biases on; q0-q3 taps,
 * q4-q7 filters, which stay there where 16 taps are all; r5 window; r7 output; r11 places; r3 strip; r9 constants; r1 pairs of
 * outputs left, or filters where the chunks are more than one, with their number in r9 and the pairs on the stack.
 *
 * Budget: 40 instructions and 65 cycles for 8 outputs of 16 taps of whole blocks (0.56 a product of 3x3), else 33 and 47, and
 * 28 and 46 for every 16 taps (3 more with a clamp that saturation is not, 10 more with general shifts); laying out 13 for a
 * column of 3 words by 4. Requantization as in conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/depthwise_conv_2d_strips_mve.h"

#include <arm_mve.h>

#include "edgekit/arch_mve.h"

#define UNUSED __attribute__((unused))
#define CHANNELS 16
#define BLOCK 4

/* What lies on the stack in the same order. */
typedef struct {
  int32_t out_zero, y_step;     /* a pair of outputs, bytes */
  int32_t chunks, left;         /* offset 8; left: pairs, of the loop over chunks */
  int32_t filters;              /* 16: left */
  int32_t channels;             /* twice those that are left */
  const int8_t *strip;
  int8_t *y;
  const int8_t *filter;         /* 32: constants and weights */
  int32_t next[4];              /* 36: from filter to filter, of the four above */
  int32_t back;                 /* 52: bytes of y for one more pair, 0 for none */
  uint16_t lanes[8];            /* 56: where the outputs of a pair go */
  int16_t low[8], high[8];      /* 72, 88 */
  const uint16_t *places;       /* 104 */
  int32_t pairs;
  int32_t kind;                 /* 112: 0 held, 1 held and clamped, 2 chunks, 3 chunks and clamped, 4 shifts */
} job_t;

#define TAPS(at, up)                                                                    \
  "vld40.8 {q0, q1, q2, q3}, [" at "]\n vld41.8 {q0, q1, q2, q3}, [" at "]\n"            \
  "vld42.8 {q0, q1, q2, q3}, [" at "]\n vld43.8 {q0, q1, q2, q3}, [" at "]" up "\n"
#define SUMS(a, b, c, d) \
  "vmladava.s8 " a ", q0, q4\n vmladava.s8 " b ", q1, q5\n vmladava.s8 " c ", q2, q6\n vmladava.s8 " d ", q3, q7\n"
#define FIRST SUMS("r0", "r2", "r4", "r6")
#define SECOND SUMS("r8", "r10", "r12", "lr")
/* The same, filters loaded between products, which hides the cycles of either. */
#define TAKEN(a, b, c, d)                                                                             \
  "vldrw.32 q4, [r1], #16\n vldrw.32 q5, [r1], #16\n vmladava.s8 " a ", q0, q4\n"                    \
  "vldrw.32 q6, [r1], #16\n vmladava.s8 " b ", q1, q5\n vldrw.32 q7, [r1], #16\n"                    \
  "vmladava.s8 " c ", q2, q6\n vmladava.s8 " d ", q3, q7\n"
#define WINDOW "ldrh r5, [r11], #2\n add r5, r3\n"
/* The sums of one output. constants: their bytes. */
#define OUTPUT(label, biases, sums, constants)                                                            \
  "ldr r9, [sp, #32]\n ldm r9, " biases "\n add r1, r9, #" #constants "\n" WINDOW "ldr r9, [sp, #8]\n"    \
  label ":\n" TAPS("r5", "!") sums "subs r9, #1\n bne " label "\n"
#define TO_VECTORS EK_MVE_SUMS_TO("q1") "vmov q0[2], q0[0], r8, r12\n vmov q0[3], q0[1], r10, lr\n"
#define SCALE                                                                                       \
  TO_VECTORS "ldrd r0, r2, [sp]\n vldrw.32 q2, [r9, #16]\n vqrdmulh.s32 q1, q1, q2\n"               \
  "vldrw.32 q3, [r9, #32]\n vqrdmulh.s32 q0, q0, q2\n vqrdmlash.s32 q1, q3, r0\n"                   \
  "vqmovnb.s32 q1, q1\n vqrdmlash.s32 q0, q3, r0\n vqmovnt.s32 q1, q0\n"
#define SHIFT(q) /* VRSHL rounds ties up: one less where the value is negative and there is a shift */ \
  "vshl.s32 " q ", " q ", q2\n vqrdmulh.s32 " q ", " q ", q3\n vand q5, " q ", q4\n vshr.s32 q5, q5, #31\n" \
  "vqadd.s32 " q ", " q ", q5\n vrshl.s32 " q ", " q ", q4\n vadd.i32 " q ", " q ", r0\n"
#define CLAMP "vldrw.32 q0, [sp, #72]\n vmax.s16 q1, q1, q0\n vldrw.32 q0, [sp, #88]\n vmin.s16 q1, q1, q0\n"
#define STORE "vldrw.32 q0, [sp, #56]\n vpst\n vstrbt.16 q1, [r7, q0]\n add r7, r2\n"
/* One more pair, which begins at the second output of the last one. */
#define ONCE_MORE(loop)                                                    \
  "blt .Ldone%=\n ldr r0, [sp, #52]\n cmp r0, #0\n beq .Ldone%=\n"         \
  "sub r11, #2\n sub r7, r0\n b " loop "\n"
/* Channels are whole blocks: no predicate. An output that is left is computed alone. */
#define HELD(loop, clamp)                                                                                    \
  ".balign 4\n" loop ":\n"                                                                                   \
  "ldr r5, [r11], #4\n uxtah r8, r3, r5\n uxtah r5, r3, r5, ror #16\n"                                       \
  "ldm r9, {r0, r2, r4, r6}\n" TAPS("r8", "") FIRST                                                          \
  "ldm r9, {r8, r10, r12, lr}\n" TAPS("r5", "") SECOND SCALE clamp                                           \
  "vldrw.32 q0, [sp, #56]\n vstrb.16 q1, [r7, q0]\n add r7, r2\n"                                            \
  "subs r1, #1\n bgt " loop "\n ldr r0, [sp, #52]\n cmp r0, #0\n beq .Ldone%=\n"                            \
  "ldrh r5, [r11]\n add r5, r3\n ldm r9, {r0, r2, r4, r6}\n" TAPS("r5", "") FIRST EK_MVE_SUMS_TO("q1")       \
  "ldr r0, [sp]\n vldrw.32 q2, [r9, #16]\n vldrw.32 q3, [r9, #32]\n vqrdmulh.s32 q1, q1, q2\n"               \
  "vqrdmlash.s32 q1, q3, r0\n vqmovnb.s32 q1, q1\n" clamp                                                    \
  "vldrw.32 q0, [sp, #56]\n vmovlb.u16 q0, q0\n vstrb.32 q1, [r7, q0]\n b .Ldone%=\n"
#define CHUNKED(loop, constants, scale, clamp)                                                           \
  ".balign 4\n" loop ":\n"                                                                               \
  OUTPUT(loop "A", "{r0, r2, r4, r6}", TAKEN("r0", "r2", "r4", "r6"), constants)                                                 \
  OUTPUT(loop "B", "{r8, r10, r12, lr}", TAKEN("r8", "r10", "r12", "lr"), constants)                                              \
  "ldr r9, [sp, #32]\n" scale clamp STORE                                                                \
  "ldr r0, [sp, #12]\n subs r0, #1\n str r0, [sp, #12]\n bgt " loop "\n" ONCE_MORE(loop)
#define ADDRESS(kind) ".word .L" kind "%= - .Lcodes%= + 1\n"

/* All filters of a job. Stack: the job, 116 code of the loop. */
__attribute__((naked, noinline)) static void filters(const job_t *job UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "sub sp, #120\n"
      "mov r12, sp\n"
      "ldm r0!, {r1-r10}\n stm r12!, {r1-r10}\n"
      "ldm r0!, {r1-r10}\n stm r12!, {r1-r10}\n"
      "ldm r0, {r1-r9}\n stm r12, {r1-r9}\n"
      "adr.w r1, .Lcodes%=\n ldr r2, [r1, r9, lsl #2]\n add r1, r2\n str r1, [sp, #116]\n"
      ".Lfilter%=:\n"
      "add r12, sp, #20\n"
      "ldm r12, {r0, r3, r7, r9}\n"
      "ldrd r11, r1, [sp, #104]\n"
      "ldr pc, [sp, #116]\n"
      ".balign 4\n.Lheld%=:\n add r0, r9, #48\n vldmia r0, {d8-d15}\n b .LheldPair%=\n"
      ".balign 4\n.LheldClamped%=:\n add r0, r9, #48\n vldmia r0, {d8-d15}\n b .LheldClampedPair%=\n"
      ".balign 4\n.Lchunks%=:\n vctp.16 r0\n str r1, [sp, #12]\n b .LchunksPair%=\n"
      ".balign 4\n.LchunksClamped%=:\n vctp.16 r0\n str r1, [sp, #12]\n b .LchunksClampedPair%=\n"
      ".balign 4\n.Lshifted%=:\n vctp.16 r0\n str r1, [sp, #12]\n b .LshiftedPair%=\n"
      HELD(".LheldPair%=", "vqmovnb.s16 q1, q1\n")
      HELD(".LheldClampedPair%=", CLAMP)
      CHUNKED(".LchunksPair%=", 48, SCALE, "vqmovnb.s16 q1, q1\n")
      CHUNKED(".LchunksClampedPair%=", 48, SCALE, CLAMP)
      CHUNKED(".LshiftedPair%=", 64,
              TO_VECTORS "ldrd r0, r2, [sp]\n add r9, #16\n vldmia r9, {d4-d9}\n" SHIFT("q1") SHIFT("q0") EK_MVE_NARROW,
              CLAMP)
      ".Ldone%=:\n"
      "add r12, sp, #16\n"
      "ldm r12, {r0-r8}\n"
      "add r1, r5\n add r2, r6\n add r3, r7\n add r4, r8\n subs r0, #1\n"
      "stm r12, {r0-r4}\n"
      "bgt .Lfilter%=\n"
      "add sp, #120\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n"
      ".balign 4\n"
      ".Lcodes%=:\n" ADDRESS("held") ADDRESS("heldClamped") ADDRESS("chunks") ADDRESS("chunksClamped") ADDRESS("shifted")
      ::: "memory");
}

/* What lays out the strips of a band. */
typedef struct {
  int32_t c;                  /* first channel */
  const int32_t *rows;        /* (band, kernel_h, 2): address of a row and -1, or of zero points and 0 */
  int32_t band;
  const int32_t *columns;     /* 12 */
  int32_t count, kernel_h;    /* 16 */
  uint32_t lanes;             /* 24: bytes that there are */
  const uint8_t *strips;      /* 28 */
  uint32_t pitch;             /* from strip to strip */
  int32_t zero;               /* 36 */
} layout_t;

#define STORE_WORDS(q) "vstrw.32 " q ", [q1, #4]!\n"
#define ALL "vldrb.u8 q0, [r12]\n"
#define SOME "vpst\n vldrbt.u8 q0, [r12]\n"
/* The next column's place to r5; to `outside` where it is not in the image. */
#define COLUMN(outside) "ldr r5, [r4], #4\n adds r5, r0\n bmi " outside "\n"
#define INSIDE(row, load) "add r12, " row ", r5\n" load STORE_WORDS("q0")
#define BORDER(row, mask, load) "and r12, r5, " mask "\n add r12, " row "\n" load STORE_WORDS("q0")
/* Rows of strips of 3 words a column: r6 to r11 addresses and masks of 3 rows. */
#define THREE(label, load)                                                                                            \
  label ":\n ldr r12, [sp]\n dls lr, r12\n mov r4, r3\n ldmia r1!, {r6-r11}\n and r12, r7, r9\n ands r12, r11\n"    \
  "beq 3f\n"                                                                                                          \
  "1:\n" COLUMN("2f") INSIDE("r6", load) INSIDE("r8", load) INSIDE("r10", load) "le lr, 1b\n b 5f\n"                 \
  "2:\n" STORE_WORDS("q2") STORE_WORDS("q2") STORE_WORDS("q2") "le lr, 1b\n b 5f\n"                                  \
  "3:\n" COLUMN("4f") BORDER("r6", "r7", load) BORDER("r8", "r9", load) BORDER("r10", "r11", load) "le lr, 3b\n"      \
  "b 5f\n"                                                                                                            \
  "4:\n" STORE_WORDS("q2") STORE_WORDS("q2") STORE_WORDS("q2") "le lr, 3b\n"                                          \
  "5:\n subs r2, #1\n bne " label "\n b .Lend%=\n"
/* Any number of words: r11 of them, r6 columns left. */
#define MANY(label, load)                                                                                      \
  label ":\n ldr r6, [sp]\n mov r4, r3\n"                                                                      \
  "1:\n" COLUMN("3f") "mov r7, r1\n dls lr, r11\n"                                                             \
  "2:\n ldrd r8, r9, [r7], #8\n" BORDER("r8", "r9", load) "le lr, 2b\n subs r6, #1\n bne 1b\n b 5f\n"          \
  "3:\n dls lr, r11\n"                                                                                         \
  "4:\n" STORE_WORDS("q2") "le lr, 4b\n subs r6, #1\n bne 1b\n"                                               \
  "5:\n add r1, r1, r11, lsl #3\n subs r2, #1\n bne " label "\n b .Lend%=\n"

/* q1: the words before the next ones of 4 strips; q2: zero points; r0 channel, r1 rows, r2 those left, r3 and r4 columns. */
__attribute__((naked, noinline)) static void lay_out(const layout_t *job UNUSED) {
  __asm volatile(
      "push {r0, r4-r11, lr}\n"
      "ldrd r2, r3, [r0, #28]\n"
      "sub r2, #4\n add r4, r2, r3\n add r5, r4, r3\n add r6, r5, r3\n"
      "vmov q1[2], q1[0], r2, r5\n vmov q1[3], q1[1], r4, r6\n"
      "ldr r2, [r0, #36]\n vdup.8 q2, r2\n"
      "ldrd r11, r5, [r0, #20]\n vmsr p0, r5\n"
      "ldm r0, {r0, r1, r2, r3, r4}\n"
      "str r4, [sp]\n"
      "movw r6, #65535\n cmp r11, #3\n bne .Lmany%=\n"
      "cmp r5, r6\n bne .LthreeSome%=\n"
      THREE(".Lthree%=", ALL)
      THREE(".LthreeSome%=", SOME)
      ".Lmany%=:\n"
      "cmp r5, r6\n bne .LmanySome%=\n"
      MANY(".LmanyAll%=", ALL)
      MANY(".LmanySome%=", SOME)
      ".Lend%=:\n"
      "pop {r0, r4-r11, pc}\n" ::: "memory");
}

/* Rows of the image that a band's windows have. */
static void find_rows(const ek_depthwise_conv_2d_strips_mve_t *p, const int8_t *x, int32_t top, const int8_t *zero,
                      int32_t *rows) {
  const int32_t pitch = p->in_w * p->in_c, size = p->in_h * pitch, step = p->dilation_h * pitch;
  for (int32_t r = 0; r < p->band; ++r, top += p->stride_h) {
    int32_t at = top * pitch;
    for (int32_t k = p->kernel_h; k > 0; --k, rows += 2, at += step) {
      const int outside = (uint32_t)at >= (uint32_t)size;
      rows[0] = (int32_t)(intptr_t)(outside ? zero : x + at);
      rows[1] = outside - 1;
    }
  }
}

static void band(const ek_depthwise_conv_2d_strips_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch, int32_t top,
                 job_t *job) {
  const int32_t m = p->depth_multiplier, pitch = 4 * p->band * p->columns * p->kernel_h;
  int8_t zero[16];
  vstrbq_s8(zero, vdupq_n_s8((int8_t)p->in_zero));
  int32_t *rows = (int32_t *)(void *)(scratch + 4 * pitch + 64 * p->chunks);
  find_rows(p, x, top, zero, rows);
  layout_t layout = {.rows = rows, .band = p->band, .columns = p->column_table, .count = p->columns,
                     .kernel_h = p->kernel_h, .strips = scratch, .pitch = (uint32_t)pitch, .zero = p->in_zero};
  job->filter = p->filters;
  job->next[0] = m == 1 ? -2 * BLOCK : 0;
  job->next[1] = m == 1 ? pitch : 0;
  job->next[2] = m == 1 ? BLOCK : 1;
  for (int32_t c = 0; c < p->in_c; c += CHANNELS) {
    const int32_t left = p->in_c - c, blocks = left < CHANNELS ? (left + BLOCK - 1) / BLOCK : CHANNELS / BLOCK;
    layout.c = c;
    layout.lanes = vctp8q((uint32_t)left);
    lay_out(&layout);
    job->filters = m == 1 ? blocks : m;
    for (int32_t block = 0; block < blocks; block += m == 1 ? blocks : 1) {
      job->strip = (const int8_t *)scratch + block * pitch;
      job->y = y + (c + BLOCK * block) * m;
      job->channels = 2 * (left - BLOCK * block);
      filters(job);
      job->filter += job->filters * job->next[3];
    }
  }
}

void ek_depthwise_conv_2d_strips_mve(const ek_depthwise_conv_2d_strips_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t out_c = p->in_c * p->depth_multiplier, outputs = p->band * p->out_w;
  const int clamped = p->low != INT8_MIN || p->high != INT8_MAX;
  job_t job; /* without the zeros of an initializer */
  job.out_zero = p->out_zero;
  job.y_step = 2 * out_c;
  job.chunks = p->chunks;
  job.places = p->places;
  job.pairs = outputs / 2;
  job.back = outputs > 1 && (outputs & 1) != 0 ? out_c : 0;
  job.next[3] = 64 * p->chunks + (p->shifted ? 64 : 48);
  job.kind = p->shifted ? 4 : (p->chunks > 1 || p->in_c % BLOCK != 0 ? 2 : 0) + clamped;
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
