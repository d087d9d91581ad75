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
 * An odd width computes a column twice. In `_odd` the words of the last column lie apart, row by row, so that its patches follow
 * each other too; they come last, and only two outputs of each are computed.
 *
 * Order: as in depthwise_turns_mve.h; the first iteration of a channel begins in the middle of the loop. Channels of which it
 * is not proven that outputs fit 16 bits are shifted.
 *
 * Registers of `channels`: sums r0 r2 r4 r6; q3 addresses of the 4 rows; at stride 1 q2 a patch, q4-q7 the kernel at its 4
 * places; at stride 2 q5-q7 patches, q4 the kernel, q2 the second multiplier; r1 output, r3 channels left times -4, r5 bias,
 * r7 multiplier, r8 second multiplier, r9 places, r10 filters, r11 output zero point, r12 job.
 *
 * Budget, instructions and cycles: 8 outputs 26 and 26 at stride 1, 31 and 31 at stride 2 (3 more with a clamp that saturation
 * is not; general shifts take no turns, 42 and 47 instructions; by one multiplication, `_once` and `_odd`, 23 and 29; 25 in the
 * last column of `_odd`, for which a channel takes 17 more); a channel of a band 14 and 27; laying out 11 and 15 for 2
 * pixels of 16 channels, 15 and 20 a row. Requantization as in conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of
 * the zero point. */
#include "edgekit/depthwise_conv_2d_patches_mve.h"

#include <arm_mve.h>

#include "edgekit/arch_mve.h"
#include "edgekit/depthwise_once_mve.h"

#define UNUSED __attribute__((unused))
#define CHANNELS 16
#define GROUP 64 /* a word of each channel */
#define FILTER 8 /* words of a channel */

typedef struct {
  const int32_t *filters;
  int8_t *y;
  int32_t channels, out_zero; /* offset 8 */
  uint32_t rows[4];           /* 16: just after the last patch, plus 4 times the channels */
  int32_t low[4], high[4];    /* 32, 48: in halfwords */
  const uint16_t *places;     /* 64 */
  int32_t iterations;
  int32_t kind; /* 72: of `.Lkinds` */
  int32_t columns; /* 76: iterations of the last column, from whose words on, as `rows` */
  uint32_t column[4];
} job_t;

#define PATCH(q) "vldrw.u32 " q ", [q3, #-64]!\n"
#define COLUMN "vldrw.u32 q2, [q3, #-128]!\n"
#define BIAS(q) "vadd.i32 " q ", " q ", r5\n"
#define FIRST(q) "vqrdmulh.s32 " q ", " q ", r7\n"
#define SECOND(q) "vqrdmulh.s32 " q ", " q ", r8\n"
#define SECOND2(q) "vqrdmlash.s32 " q ", q2, r11\n"
#define ZERO "vadd.i16 q1, q1, r11\n"
#define CLAMP "vldrw.32 q0, [r12, #32]\n vmax.s16 q1, q1, q0\n vldrw.32 q0, [r12, #48]\n vmin.s16 q1, q1, q0\n"
#define PLACES(q) "vldrh.u16 " q ", [r9], #16\n"
#define STORE(q) "vstrb.16 q1, [r1, " q "]\n"

/* By one multiplication, at stride 2. */
#define A2_ONCE                                                                                     \
  PATCH("q5") FIRST("q0") PATCH("q6") EK_SUM("r0", "q5", "q4") EK_JOIN PATCH("q7") EK_SUM("r2", "q6", "q4") PATCH("q5") \
  EK_SUM("r4", "q7", "q4") EK_ONCE_2("q1") PLACES("q0") EK_SUM("r6", "q5", "q4") STORE("q0")
/* At stride 2. */
#define A2(clamp)                                                                                   \
  PATCH("q5") FIRST("q0") PATCH("q6") EK_SUM("r0", "q5", "q4") PATCH("q7") SECOND2("q0") EK_JOIN PATCH("q5") \
  EK_SUM("r2", "q6", "q4") clamp EK_SUM("r4", "q7", "q4") PLACES("q0") EK_SUM("r6", "q5", "q4") STORE("q0")
#define B2 B2_ONCE SECOND2("q1")
#define B2_ONCE                                                                                     \
  EK_EVEN("q1") PATCH("q5") EK_ODD("q1") PATCH("q6") EK_SUM("r0", "q5", "q4") PATCH("q7") BIAS("q1")         \
  EK_SUM("r2", "q6", "q4") PATCH("q5") EK_SUM("r4", "q7", "q4") EK_EVEN("q0") EK_SUM("r6", "q5", "q4") EK_ODD("q0") \
  FIRST("q1") BIAS("q0")
/* By one multiplication, the last column of an odd width: 4 patches of two outputs each. */
#define A_COLUMN                                                                                    \
  FIRST("q0") COLUMN EK_SUM("r0", "q2", "q5") EK_JOIN EK_SUM("r2", "q2", "q7") COLUMN EK_SUM("r4", "q2", "q5") \
  EK_ONCE_2("q1") PLACES("q0") EK_SUM("r6", "q2", "q7") STORE("q0")
#define B_COLUMN                                                                                    \
  EK_EVEN("q1") COLUMN EK_SUM("r0", "q2", "q5") EK_ODD("q1") EK_SUM("r2", "q2", "q7") BIAS("q1") COLUMN \
  EK_SUM("r4", "q2", "q5") EK_EVEN("q0") EK_SUM("r6", "q2", "q7") EK_ODD("q0") FIRST("q1") BIAS("q0")
#define LAST_COLUMN                                                                                 \
  EK_END_ONCE(FIRST("q0")) "ldr lr, [r12, #76]\n vldrw.32 q3, [r12, #80]\n vadd.i32 q3, q3, r3\n"   \
  COLUMN EK_SUM("r0", "q2", "q5") EK_SUM("r2", "q2", "q7") COLUMN EK_SUM("r4", "q2", "q5") EK_SUM("r6", "q2", "q7") \
  "b .LcolumnB%=\n.balign 4\n.LcolumnLoop%=:\n" A_COLUMN ".LcolumnB%=:\n" B_COLUMN "le lr, .LcolumnLoop%=\n" \
  EK_END_ONCE(FIRST("q0"))
/* A channel's first A. */
#define BEGIN1                                                                                      \
  "vldrw.32 q6, [r10, #-4]\n vadd.i32 q3, q3, r3\n" PATCH("q2") "vshl.i32 q7, q6, #8\n" EK_SUM("r4", "q2", "q6") \
  "vldrw.32 q4, [r10], #16\n" EK_SUM("r6", "q2", "q7") "vshl.i32 q5, q4, #8\n" EK_SUM("r0", "q2", "q4") EK_SUM("r2", "q2", "q5")
#define BEGIN2                                                                                      \
  "vadd.i32 q3, q3, r3\n vldrw.32 q4, [r10], #16\n vdup.32 q2, r8\n" PATCH("q5") PATCH("q6")        \
  EK_SUM("r0", "q5", "q4") PATCH("q7") EK_SUM("r2", "q6", "q4") PATCH("q5") EK_SUM("r4", "q7", "q4") EK_SUM("r6", "q5", "q4")
#define END2(clamp) FIRST("q0") PLACES("q5") SECOND2("q0") EK_JOIN clamp STORE("q5")

#define NEXT "adds r3, #4\n add r1, #1\n"
#define KIND(kind, begin, a, b, end) LOOP(kind, "cmp r8, #0\n beq.w .Lshifted%=\n", begin, a, b, end)
#define KIND_ONCE(kind, begin, a, b) LOOP(kind, "", begin, a, b, EK_END_ONCE(FIRST("q0")))
#define LOOP(kind, taken, begin, a, b, end)                                                         \
  ".balign 4\n.L" kind "%=:\n"                                                                      \
  "ldmia r10!, {r5, r7, r8, r9}\n" taken "ldrd r9, lr, [r12, #64]\n"                                \
  "vldrw.32 q3, [r12, #16]\n" begin "b .L" kind "B%=\n"                                             \
  ".balign 4\n.L" kind "Loop%=:\n" a ".L" kind "B%=:\n" b "le lr, .L" kind "Loop%=\n"               \
  end NEXT "bne .L" kind "%=\n b .Ldone%=\n"

/* General shifts: r10 to the left, r8 to the right, q2 -1 for the latter. */
#define SHIFT(q)                                                                                    \
  "vshl.s32 " q ", r10\n vqrdmulh.s32 " q ", " q ", r7\n" EK_MVE_TIES(q, "r4") "vrshl.s32 " q ", r8\n" \
  "vadd.i32 " q ", " q ", r11\n"
#define SUMS1(q)                                                                                    \
  PATCH("q0") EK_SUM("r0", "q0", "q4") EK_SUM("r2", "q0", "q5") EK_SUM("r4", "q0", "q6") EK_SUM("r6", "q0", "q7") EK_EVEN(q) EK_ODD(q)
#define SUMS2(q)                                                                                    \
  PATCH("q0") PATCH("q5") PATCH("q6") PATCH("q7")                                                   \
  EK_SUM("r0", "q0", "q4") EK_SUM("r2", "q5", "q4") EK_SUM("r4", "q6", "q4") EK_SUM("r6", "q7", "q4") EK_EVEN(q) EK_ODD(q)
/* Either stride, r12's kind of which is from 2 on where it is 2, which has no use for q5-q7. */
#define SHIFTED                                                                                     \
  ".balign 4\n.Lshifted%=:\n"                                                                       \
  "asrs r6, r9, #31\n vdup.32 q2, r6\n and r8, r6, r9\n vldrw.32 q3, [r12, #16]\n vadd.i32 q3, q3, r3\n" \
  "movs r4, #0\n vldrw.32 q6, [r10, #-4]\n vmov.32 q6[0], r4\n vshl.i32 q7, q6, #8\n"               \
  "vldrw.32 q4, [r10], #16\n vshl.i32 q5, q4, #8\n"                                                 \
  "str r10, [sp, #4]\n bic r10, r9, r6\n ldrd r9, lr, [r12, #64]\n"                                 \
  ".LshiftedLoop%=:\n ldr r0, [r12, #72]\n cmp r0, #2\n bge .Lpatches%=\n"                          \
  SUMS1("q1") SUMS1("q0") "b .Lscale%=\n"                                                           \
  ".Lpatches%=:\n" SUMS2("q1") SUMS2("q0")                                                          \
  ".Lscale%=:\n" BIAS("q1") BIAS("q0") "vmov r4, s8\n" SHIFT("q1") SHIFT("q0") EK_MVE_NARROW CLAMP  \
  PLACES("q0") STORE("q0") "le lr, .LshiftedLoop%=\n"                                               \
  "ldr r10, [sp, #4]\n" NEXT "beq .Ldone%=\n ldr pc, [sp]\n"
#define ADDRESS(kind) ".word .L" kind "%= - .Lkinds%= + 1\n"

/* Channels of a band; `kinds`: addresses and code. Stack: 0 code of the kind, 4 room for r10. */
#define BODY(name, kinds)                                                                           \
  __attribute__((naked, noinline)) static void name(const job_t *job UNUSED) {                      \
    __asm volatile(                                                                                 \
        "push {r4-r11, lr}\n"                                                                       \
        "sub sp, #4\n"                                                                              \
        "vpush {d8-d15}\n"                                                                          \
        "sub sp, #8\n"                                                                              \
        "mov r12, r0\n"                                                                             \
        "ldrd r10, r1, [r12]\n"                                                                     \
        "ldrd r3, r11, [r12, #8]\n"                                                                 \
        "rsb r3, r3, #0\n lsl r3, #2\n"                                                             \
        "ldr r4, [r12, #72]\n"                                                                      \
        "adr.w r0, .Lkinds%=\n ldr r2, [r0, r4, lsl #2]\n add r0, r2\n"                             \
        "str r0, [sp]\n bx r0\n"                                                                    \
        ".balign 4\n.Lkinds%=:\n" kinds                                                             \
        ".Ldone%=:\n"                                                                               \
        "add sp, #8\n"                                                                              \
        "vpop {d8-d15}\n"                                                                           \
        "add sp, #4\n"                                                                              \
        "pop {r4-r11, pc}\n" ::: "memory");                                                         \
  }
BODY(channels, ADDRESS("plain1") ADDRESS("clamped1") ADDRESS("plain2") ADDRESS("clamped2")
         KIND("plain1", BEGIN1, EK_A_OF_4(PATCH("q2"), EK_MVE_SATURATE), EK_B_OF_4(PATCH("q2")), EK_END_OF_4(EK_MVE_SATURATE))
         KIND("clamped1", BEGIN1, EK_A_OF_4(PATCH("q2"), CLAMP), EK_B_OF_4(PATCH("q2")), EK_END_OF_4(CLAMP))
         KIND("plain2", BEGIN2, A2(EK_MVE_SATURATE), B2, END2(EK_MVE_SATURATE))
         KIND("clamped2", BEGIN2, A2(CLAMP), B2, END2(CLAMP))
         SHIFTED)
BODY(channels_once, ADDRESS("once1") ADDRESS("once2")
         KIND_ONCE("once1", BEGIN1, EK_A_OF_4_ONCE(PATCH("q2")), EK_B_OF_4_ONCE(PATCH("q2"))) KIND_ONCE("once2", BEGIN2, A2_ONCE, B2_ONCE))
BODY(channels_odd, ADDRESS("odd1")
     LOOP("odd1", "", BEGIN1, EK_A_OF_4_ONCE(PATCH("q2")), EK_B_OF_4_ONCE(PATCH("q2")), LAST_COLUMN))

/* What lays out rows of a group; in the order of the registers r0 to r12. */
typedef struct {
  const int8_t *from;    /* the leftmost pixel of the first row */
  int32_t pitch, step;   /* bytes from pixel to pixel, from row to row */
  int32_t rows;          /* from 1 */
  int8_t *to, *other;    /* the first row's words, the second's */
  int32_t lanes;         /* predicate of the channels */
  int32_t zero, left;    /* input zero point; pixels of it on the left, up to 2 */
  int32_t inner, outer;  /* words whose new two pixels are in the image, later ones */
  int32_t half;          /* whether the first of those has one */
  int32_t odd;           /* 0, or one more word of all but the first of the last one's, then 1 zero point, 2 a pixel */
  int8_t *column;        /* where that word goes in `..._odd`, row by row */
} lines_t;

#define WORD(pixels, at)                                                                            \
  "vst40.8 {" pixels "}, [" at "]\n vst41.8 {" pixels "}, [" at "]\n"                               \
  "vst42.8 {" pixels "}, [" at "]\n vst43.8 {" pixels "}, [" at "]!\n"
#define FOUR WORD("q0, q1, q2, q3", "r4")
#define LAST WORD("q1, q2, q3, q4", "r4")
#define LAST_ODD "ldr r6, [sp]\n" WORD("q1, q2, q3, q4", "r6") "str r6, [sp]\n"
#define ALL(q) "vldrb.u8 " q ", [r6]\n"
#define SOME(q) "vpst\n vldrbt.u8 " q ", [r6]\n"
#define LINES(name, room, begin, load, last, free)                                                                  \
  __attribute__((naked, noinline)) static void name(const lines_t *lines UNUSED) {                  \
    __asm volatile(                                                                                 \
        "push {r4-r11, lr}\n vpush {d8-d9}\n" room "ldm r0, {r0-r12}\n" begin "b .Lrow%=\n" \
        ".Loutside%=:\n vmov q0, q2\n vdup.8 q2, r7\n vmov q1, q3\n vdup.8 q3, r7\n b .Lstore%=\n"  \
        ".Lrow%=:\n mov r6, r0\n add r0, r2\n cmp r8, #1\n bne .Lborder%=\n"                        \
        "vdup.8 q2, r7\n" load("q3") "add r6, r1\n"                                                 \
        ".Lbegun%=:\n wls lr, r9, .Louter%=\n"                                                      \
        ".Lword%=:\n vmov q0, q2\n" load("q2") "add r6, r1\n vmov q1, q3\n" load("q3") "add r6, r1\n" FOUR \
        "le lr, .Lword%=\n"                                                                         \
        ".Louter%=:\n wls lr, r10, .Lrest%=\n cmp r11, #0\n beq .Loutside%=\n"                      \
        "vmov q0, q2\n" load("q2") "vmov q1, q3\n vdup.8 q3, r7\n"                                  \
        ".Lstore%=:\n" FOUR "le lr, .Loutside%=\n"                                                  \
        ".Lrest%=:\n cmp r12, #1\n bge .Lodd%=\n"                                                   \
        ".Lend%=:\n mov r6, r4\n mov r4, r5\n mov r5, r6\n subs r3, #1\n bne .Lrow%=\n"             \
        free "vpop {d8-d9}\n pop {r4-r11, pc}\n"                                          \
        ".Lborder%=:\n vdup.8 q2, r7\n vdup.8 q3, r7\n bgt .Lbegun%=\n"                             \
        load("q2") "add r6, r1\n" load("q3") "add r6, r1\n b .Lbegun%=\n"                           \
        ".Lodd%=:\n vdup.8 q4, r7\n beq .Llast%=\n" load("q4")                                      \
        ".Llast%=:\n" last "b .Lend%=\n" ::: "memory");                            \
  }

#define ROOM "ldr r1, [r0, #52]\n push {r1}\n"
#define FREE "add sp, #4\n"
LINES(all_lanes, "", "", ALL, LAST, "")
LINES(some_lanes, "", "vmsr p0, r6\n", SOME, LAST, "")
LINES(all_lanes_odd, ROOM, "", ALL, LAST_ODD, FREE)
LINES(some_lanes_odd, ROOM, "vmsr p0, r6\n", SOME, LAST_ODD, FREE)

#define INLINE static inline __attribute__((always_inline)) void
INLINE band(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y, int8_t *scratch, int32_t top,
            void (*channels_of)(const job_t *)) {
  const int32_t line = p->words * GROUP, half = line * (p->pairs + 1), step = p->in_w * p->in_c;
  const int odd = channels_of == channels_odd;
  int8_t *column = scratch + 2 * half; /* words of the last column, if `odd` */
  const int8_t *end = scratch + 8 / (p->stride == 1 ? 4 : 1) * GROUP * p->iterations;
  const int32_t above = top < 0 ? -top : 0, below = top + p->rows > p->in_h ? p->in_h - top : p->rows;
  for (int32_t r = above > 0 ? 0 : below; r < p->rows; r = r + 1 == above ? below : r + 1) {
    int8_t *to = scratch + (r & 1) * half + (r >> 1) * line;
    for (int32_t i = 0; i < line; i += 16) {
      vstrbq_s8(to + i, vdupq_n_s8((int8_t)p->in_zero));
    }
    for (int32_t i = 0; odd && i < GROUP; i += 16) {
      vstrbq_s8(column + r * GROUP + i, vdupq_n_s8((int8_t)p->in_zero));
    }
  }
  job_t job; /* of which a kind reads what is set */
  job.iterations = p->iterations;
  job.places = p->places;
  job.out_zero = p->out_zero;
  job.kind = odd ? 0 : channels_of == channels_once ? p->stride - 1 : (p->low != INT8_MIN || p->high != INT8_MAX) + 2 * (p->stride - 1);
  vstrhq_s16((int16_t *)job.low, vdupq_n_s16((int16_t)p->low));
  vstrhq_s16((int16_t *)job.high, vdupq_n_s16((int16_t)p->high));
  uint32x4_t rows = vdupq_n_u32((uint32_t)end);
  rows = vsetq_lane_u32((uint32_t)(end + half), rows, 1);
  rows = vsetq_lane_u32((uint32_t)(end + line), rows, 2);
  rows = vsetq_lane_u32((uint32_t)(end + half + line), rows, 3);
  lines_t lines = {.pitch = p->in_c, .step = step, .rows = below - above, .zero = p->in_zero, .left = p->pad_left};
  lines.inner = p->inner;
  lines.outer = p->outer;
  lines.half = p->half;
  lines.odd = p->stride == 1 && (p->out_w & 1) != 0 ? 1 + (p->outer == 0 && p->half) : 0;
  lines.to = scratch + (above & 1) * half + (above >> 1) * line;
  lines.other = scratch + (~above & 1) * half + ((above + 1) >> 1) * line;
  for (int32_t c = 0; c < p->in_c; c += CHANNELS) {
    const int32_t left = p->in_c - c;
    lines.from = x + (top + above) * step + c;
    lines.lanes = vctp8q((uint32_t)left);
    job.channels = left < CHANNELS ? left : CHANNELS;
    vstrwq_u32(job.rows, vaddq_n_u32(rows, 4U * (uint32_t)job.channels));
    if (odd) {
      lines.column = column + above * GROUP;
      const uint32_t after = (uint32_t)(column + 8 * GROUP * p->columns) + 4U * (uint32_t)job.channels;
      vstrwq_u32(job.column, vaddq_n_u32(vmulq_n_u32(vidupq_n_u32(0, 1), GROUP), after));
      job.columns = p->columns;
      (left < CHANNELS ? some_lanes_odd : all_lanes_odd)(&lines);
    } else {
      (left < CHANNELS ? some_lanes : all_lanes)(&lines);
    }
    job.filters = p->filters + FILTER * c;
    job.y = y + c;
    channels_of(&job);
  }
}

INLINE bands(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y, int8_t *scratch,
             void (*channels_of)(const job_t *)) {
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t at = 0; at < p->out_h; at += p->band) {
      const int32_t oy = at + p->band <= p->out_h ? at : p->out_h - p->band;
      band(p, x, y + oy * p->out_w * p->in_c, scratch, oy * p->stride - p->pad_top, channels_of);
    }
    x += p->in_h * p->in_w * p->in_c;
    y += p->out_h * p->out_w * p->in_c;
  }
}

void ek_depthwise_conv_2d_patches_mve(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y,
                                      uint8_t *scratch) {
  bands(p, x, y, (int8_t *)scratch, channels);
}

void ek_depthwise_conv_2d_patches_once_mve(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y,
                                           uint8_t *scratch) {
  bands(p, x, y, (int8_t *)scratch, channels_once);
}

void ek_depthwise_conv_2d_patches_odd_mve(const ek_depthwise_conv_2d_patches_mve_t *p, const int8_t *x, int8_t *y,
                                          uint8_t *scratch) {
  bands(p, x, y, (int8_t *)scratch, channels_odd);
}
