/* What `ek_depthwise_conv_2d` computes for kernels up to 3x3 (stride 1) or 4x4 (stride 2), on Helium.
 *
 * Blocking: 16 channels of a band of rows are laid out as words of 4 pixels of a row, a word a channel, 16 channels one after
 * another, beginning at every second pixel; taps outside the image are the zero point. Even and odd rows lie apart. So the
 * 4x4 patch at rows 2i.., columns 2j.. of a channel is one gather of 4 words, all 4 of whose addresses fall by 64 from patch
 * to patch: those of the band are one sequence, walked backwards, 8 outputs an iteration. At stride 1 a patch gives 2x2
 * outputs by one VMLADAV each, the kernel being moved within the 4x4 by shifts; at stride 2 one output.
 *
 * Where outputs go is a table of offsets, the same for all channels. What an iteration computes too much (odd heights, the
 * last of the 8) goes to places that a later one overwrites: the packer checks that.
 *
 * Registers of `channels`: sums r0 r2 r4 r6 and q0 q1; q2 second multiplier, q3 addresses of the 4 rows, q4-q7 the kernel at
 * its 4 places; r1 output, r3 channels left times -4, r5 bias, r7 multiplier, r8 output zero point, r9 places, r10 constants,
 * r11 weights, r12 job.
 *
 * Budget: 26 instructions for 8 outputs at stride 1, 32 at stride 2 (3 more with a clamp that saturation is not, 8 more with
 * general shifts), 17 a channel of a band; laying out 12 for 2 pixels of 16 channels. Requantization as in conv_2d_mve.c, where
 * VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/depthwise_conv_2d_patches_mve.h"

#include <arm_mve.h>

#include "edgekit/arch_mve.h"

#define UNUSED __attribute__((unused))
#define CHANNELS 16
#define GROUP 64 /* a word of each channel */

typedef struct {
  const int8_t *weights;
  const int32_t *table;
  const uint16_t *places;
  int32_t iterations;
  uint32_t rows[4]; /* offset 16: just after the last patch, plus 4 times the channels */
  int32_t low[4], high[4]; /* 32, 48: in halfwords */
  int8_t *y; /* 64 */
  int32_t channels, out_zero, stride, clamped;
} job_t;

#define PATCH(q) "vldrw.u32 " q ", [q3, #-64]!\n"
#define SUMS1(q) \
  "vmladav.s8 r0, " q ", q4\n vmladav.s8 r2, " q ", q5\n vmladav.s8 r4, " q ", q6\n vmladav.s8 r6, " q ", q7\n"
#define SUMS2 "vmladav.s8 r0, q0, q4\n vmladav.s8 r2, q5, q4\n vmladav.s8 r4, q6, q4\n vmladav.s8 r6, q7, q4\n"
#define PATCHES1 PATCH("q0") SUMS1("q0") EK_MVE_SUMS_TO("q1") PATCH("q0") SUMS1("q0") EK_MVE_SUMS_TO("q0")
#define FOUR PATCH("q0") PATCH("q5") PATCH("q6") PATCH("q7") SUMS2
#define PATCHES2 FOUR EK_MVE_SUMS_TO("q1") FOUR EK_MVE_SUMS_TO("q0")
#define BIAS "vadd.i32 q1, q1, r5\n vadd.i32 q0, q0, r5\n"
#define SCALE                                          \
  "vqrdmulh.s32 q1, q1, r7\n vqrdmulh.s32 q0, q0, r7\n" \
  "vqrdmlash.s32 q1, q2, r8\n vqrdmlash.s32 q0, q2, r8\n"
#define SHIFT(q)                                                                                     \
  "vshl.s32 " q ", r10\n vqrdmulh.s32 " q ", " q ", r7\n" EK_MVE_TIES(q, "r4") "vrshl.s32 " q ", r11\n" \
  "vadd.i32 " q ", " q ", r8\n"
#define CLAMP "vldrw.32 q0, [r12, #32]\n vmax.s16 q1, q1, q0\n vldrw.32 q0, [r12, #48]\n vmin.s16 q1, q1, q0\n"
#define STORE "vldrh.u16 q0, [r9], #16\n vstrb.16 q1, [r1, q0]\n"
#define LOOP(label, body, next) ".balign 4\n" label ":\n" body STORE "le lr, " label "\n b " next "\n"

/* Channels of a band. Stack: 0 code of the loop, 4 of the one with general shifts, 8 room for r10 and r11. */
__attribute__((naked, noinline)) static void channels(const job_t *job UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "sub sp, #16\n"
      "mov r12, r0\n"
      "ldrd r11, r10, [r12]\n"
      "ldrd r1, r3, [r12, #64]\n"
      "rsb r3, r3, #0\n lsl r3, #2\n"
      "ldr r8, [r12, #72]\n"
      "ldrd r4, r5, [r12, #76]\n"
      "adr.w r0, .Lplain1%=\n adr.w r2, .Lclamped1%=\n adr.w r6, .Lshifted1%=\n"
      "cmp r4, #2\n bne .Lstride1%=\n"
      "adr.w r0, .Lplain2%=\n adr.w r2, .Lclamped2%=\n adr.w r6, .Lshifted2%=\n"
      ".Lstride1%=:\n"
      "cmp r5, #0\n it ne\n movne r0, r2\n"
      "orr r0, #1\n orr r6, #1\n"
      "strd r0, r6, [sp]\n"
      ".Lchannel%=:\n"
      "ldmia r10!, {r4, r5, r6, r7}\n"
      "vldrw.32 q6, [r11, #-4]\n vldrw.32 q4, [r11], #16\n"
      "vldrw.32 q3, [r12, #16]\n vadd.i32 q3, q3, r3\n"
      "vshl.i32 q5, q4, #8\n vshl.i32 q7, q6, #8\n"
      "vdup.32 q2, r4\n"
      "ldrd r9, lr, [r12, #8]\n"
      "cbz r4, .Lshifted%=\n"
      "ldr pc, [sp]\n"
      ".Lshifted%=:\n"
      "strd r10, r11, [sp, #8]\n"
      "asrs r11, r6, #31\n vdup.32 q2, r11\n" /* -1 for a right shift, else 0 */
      "bic r10, r6, r11\n and r11, r11, r6\n"
      "ldr pc, [sp, #4]\n"
      LOOP(".Lplain1%=", PATCHES1 BIAS SCALE EK_MVE_NARROW EK_MVE_SATURATE, ".Lnext%=")
      LOOP(".Lclamped1%=", PATCHES1 BIAS SCALE EK_MVE_NARROW CLAMP, ".Lnext%=")
      LOOP(".Lplain2%=", PATCHES2 BIAS SCALE EK_MVE_NARROW EK_MVE_SATURATE, ".Lnext%=")
      LOOP(".Lclamped2%=", PATCHES2 BIAS SCALE EK_MVE_NARROW CLAMP, ".Lnext%=")
      LOOP(".Lshifted1%=", PATCHES1 BIAS "vmov r4, s8\n" SHIFT("q1") SHIFT("q0") EK_MVE_NARROW CLAMP, ".Lrestore%=")
      LOOP(".Lshifted2%=", PATCHES2 BIAS "vmov r4, s8\n" SHIFT("q1") SHIFT("q0") EK_MVE_NARROW CLAMP, ".Lrestore%=")
      ".Lrestore%=:\n"
      "ldrd r10, r11, [sp, #8]\n"
      ".Lnext%=:\n"
      "adds r3, #4\n add r1, #1\n"
      "bne .Lchannel%=\n"
      "add sp, #16\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n" ::: "memory");
}

/* A word of each of 16 channels: pixels a, b, c, d. */
static inline int8_t *store(int8_t *to, int8x16_t a, int8x16_t b, int8x16_t c, int8x16_t d) {
  register int8x16_t q0 __asm("q0") = a;
  register int8x16_t q1 __asm("q1") = b;
  register int8x16_t q2 __asm("q2") = c;
  register int8x16_t q3 __asm("q3") = d;
  __asm volatile(
      "vst40.8 {q0, q1, q2, q3}, [%0]\n vst41.8 {q0, q1, q2, q3}, [%0]\n"
      "vst42.8 {q0, q1, q2, q3}, [%0]\n vst43.8 {q0, q1, q2, q3}, [%0]!\n"
      : "+r"(to) : "w"(q0), "w"(q1), "w"(q2), "w"(q3) : "memory");
  return to;
}

/* The words of one row. Each word shares two pixels with the one before, but an odd width's last one, which shares three.
 * `from`: the leftmost pixel of the image. P0 is `lanes` all along, as far as the compiler knows too. */
static void lay_out(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *from, int8_t *to, mve_pred16_t lanes) {
  const int32_t pitch = p->in_c;
  const int8x16_t outside = vdupq_n_s8((int8_t)p->in_zero);
  register int8x16_t a __asm("q0") = outside;
  register int8x16_t b __asm("q1") = outside;
  register int8x16_t c __asm("q2") = outside;
  register int8x16_t d __asm("q3") = outside;
  if (p->pad_left == 0) {
    c = vldrbq_z_s8(from, lanes);
    from += pitch;
  }
  if (p->pad_left <= 1) {
    d = vldrbq_z_s8(from, lanes);
    from += pitch;
  }
  const int8_t *second = from + pitch;
  __asm volatile(
      "vmsr p0, %[lanes]\n"
      "wls lr, %[count], 2f\n"
      "1:\n"
      "vmov q0, q2\n vmov q1, q3\n"
      "vpstt\n vldrbt.u8 q2, [%[from]]\n vldrbt.u8 q3, [%[second]]\n"
      "add %[from], %[step]\n add %[second], %[step]\n"
      "vst40.8 {q0, q1, q2, q3}, [%[to]]\n vst41.8 {q0, q1, q2, q3}, [%[to]]\n"
      "vst42.8 {q0, q1, q2, q3}, [%[to]]\n vst43.8 {q0, q1, q2, q3}, [%[to]]!\n"
      "le lr, 1b\n"
      "2:\n"
      : [to] "+r"(to), [from] "+r"(from), [second] "+r"(second), "+w"(a), "+w"(b), "+w"(c), "+w"(d)
      : [step] "r"(2 * pitch), [count] "r"(p->inner), [lanes] "r"(lanes)
      : "lr", "memory");
  for (int32_t i = 0; i < p->outer; ++i) {
    a = c;
    b = d;
    c = i == 0 && p->half ? vldrbq_z_s8(from, lanes) : outside;
    d = outside;
    to = store(to, a, b, c, d);
  }
  if (p->stride == 1 && (p->out_w & 1) != 0) {
    const int8x16_t next = p->outer == 0 && p->half ? vldrbq_z_s8(from, lanes) : outside;
    (void)store(to, b, c, d, next);
  }
}

static void band(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y, int8_t *scratch, int32_t top) {
  const int32_t line = p->words * GROUP, half = line * (p->pairs + 1);
  job_t job = {.iterations = p->iterations, .places = p->places, .out_zero = p->out_zero, .stride = p->stride};
  job.clamped = p->low != INT8_MIN || p->high != INT8_MAX;
  vstrhq_s16((int16_t *)job.low, vdupq_n_s16((int16_t)p->low));
  vstrhq_s16((int16_t *)job.high, vdupq_n_s16((int16_t)p->high));
  const int8_t *end = scratch + 8 / (p->stride == 1 ? 4 : 1) * GROUP * p->iterations;
  for (int32_t c = 0; c < p->in_c; c += CHANNELS) {
    const int32_t left = p->in_c - c;
    const mve_pred16_t lanes = vctp8q((uint32_t)left);
    job.channels = left < CHANNELS ? left : CHANNELS;
    for (int32_t r = 0; r < p->rows; ++r) {
      int8_t *to = scratch + (r & 1) * half + (r >> 1) * line;
      if (top + r >= 0 && top + r < p->in_h) {
        lay_out(p, x + (top + r) * p->in_w * p->in_c + c, to, lanes);
      } else if (c == 0) {
        for (int32_t i = 0; i < line; i += 16) {
          vstrbq_s8(to + i, vdupq_n_s8((int8_t)p->in_zero));
        }
      }
    }
    for (int32_t r = 0; r < 4; ++r) {
      job.rows[r] = (uint32_t)(end + (r & 1) * half + (r >> 1) * line) + 4U * (uint32_t)job.channels;
    }
    job.weights = p->weights + 4 + 16 * c;
    job.table = p->table + 4 * c;
    job.y = y + c;
    channels(&job);
  }
}

void ek_depthwise_conv_2d_patches_mve(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y,
                                      uint8_t *scratch) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t at = 0; at < p->out_h; at += p->band) {
      const int32_t oy = at + p->band <= p->out_h ? at : p->out_h - p->band;
      band(p, x, y + oy * p->out_w * p->in_c, (int8_t *)scratch, oy * p->stride - p->pad_top);
    }
    x += p->in_h * p->in_w * p->in_c;
    y += p->out_h * p->out_w * p->in_c;
  }
}
