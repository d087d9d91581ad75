/* What `ek_depthwise_conv_2d` computes for windows of few taps, on Helium.
 *
 * Blocking: the pixels of one channel are gathered into a plane of bytes, rows of whole vectors, whose last one ends with the
 * zero points that are the padding to its right and to the left of the next row. From there a gather of up to 16 bytes, which
 * may lie anywhere within 256, takes the windows of a group of 2 or 4 neighbouring outputs at once (3x3: 2 at stride 2, 2 or 2x2
 * at stride 1; dilation costs nothing); VMLADAV with the filter at each output's place, zeros elsewhere, gives their sums. All
 * filters of a channel use its plane. Groups that overlap at the ends of rows give the same outputs twice.
 *
 * Registers of the loops: r8 addresses of groups, which go to r1 r3 r5 r7 (r1 r3); sums r0 r2 r4 r6 and q0 q1; q3 taps; q4 q5
 * (q4-q7) the filter at its places; r11 bias, q6 (r5) multiplier, q2 second multiplier, r10 output zero point; r9 places.
 * Laying out: r0 input, r1 plane, r4 rows, r6 pitch, q1 (q2) pixels, P0 those that are pixels. All along: r12 output, and, but
 * in groups of 4, q7 zero points.
 * Stack: where d0-d7 were pushed for room 0 kind, 4 addresses, 8 places, 12 zero point, 16 filters, 20 iterations; 24 filters
 * left; 28 x behind the channels, plane, whether there are more bands, bands, rows, full, pitch, 56 columns, depth multiplier;
 * 128 channels left, where p was; 132 x, y, scratch.
 *
 * Budget: 29 instructions for 8 outputs by groups of 2, 27 by groups of 4 (4 more with a clamp that saturation is not); 12 a
 * filter (15 by 4), 13 a channel and 4.5 for a row of up to 16 pixels (8 + 4 for every 16 beyond); 4 for 4 groups; 50 a call.
 * Requantization as in conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/depthwise_conv_2d_plane_mve.h"

#include <stddef.h>

#include "edgekit/arch_mve.h"

#define UNUSED __attribute__((unused))
#define AT(member, offset) \
  _Static_assert(offsetof(ek_depthwise_conv_2d_plane_mve_t, member) == (offset), "the assembly's order")
AT(taps, 28);
AT(full, 44);
AT(channels, 56); /* 52 before the columns, like the others: */
AT(rest, 68);
AT(limits, 76);
AT(columns, 108);
AT(zeros, 140);

#define PAIR(at, a, b) "vldrb.u8 q0, [" at ", q3]\n vmladav.s8 " a ", q0, q4\n vmladav.s8 " b ", q0, q5\n"
#define TWO_PAIRS(a, b, q) PAIR(a, "r0", "r2") PAIR(b, "r4", "r6") EK_MVE_SUMS_TO(q)
#define FOUR(at, q)                                                              \
  "vldrb.u8 q0, [" at ", q3]\n vmladav.s8 r0, q0, q4\n vmladav.s8 r2, q0, q5\n" \
  "vmladav.s8 r4, q0, q6\n vmladav.s8 r6, q0, q7\n" EK_MVE_SUMS_TO(q)
#define SUMS2 "ldmia r8!, {r1, r3, r5, r7}\n" TWO_PAIRS("r1", "r3", "q1") TWO_PAIRS("r5", "r7", "q0")
#define SUMS4 "ldrd r1, r3, [r8], #8\n" FOUR("r1", "q1") FOUR("r3", "q0")
#define SCALE(multiplier)                                                                               \
  "vadd.i32 q1, q1, r11\n vadd.i32 q0, q0, r11\n"                                                       \
  "vqrdmulh.s32 q1, q1, " multiplier "\n vqrdmulh.s32 q0, q0, " multiplier "\n"                         \
  "vqrdmlash.s32 q1, q2, r10\n vqrdmlash.s32 q0, q2, r10\n" EK_MVE_NARROW
#define CLAMP \
  "ldr r0, [sp, #56]\n vldrw.u32 q0, [r0, #-32]\n vmax.s16 q1, q1, q0\n vldrw.u32 q0, [r0, #-16]\n vmin.s16 q1, q1, q0\n"
#define STORE "vldrh.u16 q0, [r9], #16\n vstrb.16 q1, [r12, q0]\n"
#define TAKE(registers) "vldmia r11!, {" registers "}\n str r11, [sp, #16]\n mov.w r11, r0\n"
#define LOOP(label, take, sums, multiplier, clamp) \
  ".balign 4\n" label ":\n" take "1:\n" sums SCALE(multiplier) clamp STORE "le lr, 1b\n"
#define LOOP2(label, clamp) LOOP(label, "vdup.32 q6, r5\n" TAKE("d8-d11"), SUMS2, "q6", clamp)
/* r5 stays what it is. */
#define LOOP4(label, clamp) \
  LOOP(label, TAKE("d8-d15"), SUMS4, "r5", clamp) "ldr r0, [sp, #56]\n vldrb.u8 q7, [r0, #32]\n b .Lnext%=\n"
#define ENTRY(label) ".hword (" label " - .Lkinds%=) / 2\n"

#define ROW(q) "vldrb.u8 " q ", [r0, q1]\n add r0, r6\n"
#define PAD(q) "vpsel " q ", " q ", q7\n"
#define FILL(to) "vstrb.8 q7, [" to "], #16\n"

__attribute__((naked)) void ek_depthwise_conv_2d_plane_mve(const ek_depthwise_conv_2d_plane_mve_t *p UNUSED,
                                                           const int8_t *x UNUSED, int8_t *y UNUSED,
                                                           uint8_t *scratch UNUSED) {
  __asm volatile(
      "push {r0-r12, lr}\n"
      "vpush {d0-d15}\n"
      "ldmia r0!, {r4, r5, r6, r7, r9, r10, r11}\n" /* windows, vectors, iterations, kind, places, out_zero, lanes */
      "mov r8, r3\n"
      "stm sp, {r7, r8, r9, r10}\n"
      "str r6, [sp, #20]\n"
      "vmsr p0, r11\n"
      "vldrb.u8 q3, [r0], #16\n"
      "dls lr, r5\n"
      "1:\n vldrh.u32 q0, [r4], #8\n vadd.i32 q0, q0, r8\n vstrw.32 q0, [r3], #16\n le lr, 1b\n"
      "ldmia r0!, {r4, r5, r7}\n" /* full, pitch, depth_multiplier */
      "add r6, r0, #52\n"         /* columns */
      "add r11, sp, #48\n stm r11, {r4, r5, r6, r7}\n"
      "vldrb.u8 q7, [r6, #32]\n"
      "ldr r5, [r0, #8]\n"
      ".Lband%=:\n"
      "ldmia r5!, {r4, r6, r7, r8, r9, r10, r12}\n" /* whether there are more, x, above, rows, to below, below, y */
      "add r1, r6\n add r12, r2\n"
      "wls lr, r7, 2f\n 1:\n" FILL("r3") "le lr, 1b\n 2:\n"
      "add r9, r3\n"
      "wls lr, r10, 2f\n 1:\n" FILL("r9") "le lr, 1b\n 2:\n"
      "add r11, sp, #28\n stm r11, {r1, r3, r4, r5, r8}\n"
      "ldrd r10, r5, [r0]\n" /* channels, filters */
      "str r5, [sp, #16]\n"
      ".Lchannel%=:\n"
      "str r10, [sp, #128]\n"
      "ldmia r11, {r0-r8}\n" /* x, plane, -, -, rows, full, pitch, columns, depth_multiplier */
      "sub r0, r10\n"
      "vldrb.u8 q1, [r7]\n"
      "cbnz r5, .Lwide%=\n"
      "lsrs r2, r4, #1\n"
      "wls lr, r2, 2f\n"
      "1:\n" ROW("q0") ROW("q2") PAD("q0") PAD("q2") "vstrb.8 q0, [r1], #16\n vstrb.8 q2, [r1], #16\n le lr, 1b\n"
      "2:\n bcc .Lfilter%=\n" ROW("q0") PAD("q0") "vstrb.8 q0, [r1]\n"
      "b .Lfilter%=\n"
      ".Lwide%=:\n"
      "vldrb.u8 q2, [r7, #16]\n"
      "ldrd r2, r3, [r7, #-40]\n" /* rest, step */
      "3:\n mov r10, r0\n dls lr, r5\n"
      "1:\n vldrb.u8 q0, [r10, q2]\n add r10, r3\n vstrb.8 q0, [r1], #16\n le lr, 1b\n"
      "vmov q0, q7\n"
      "cbz r2, 2f\n vldrb.u8 q0, [r10, q1]\n" PAD("q0")
      "2:\n vstrb.8 q0, [r1], #16\n"
      "add r0, r6\n subs r4, #1\n bne 3b\n"
      ".Lfilter%=:\n"
      "str r8, [sp, #24]\n"
      "ldm sp, {r7, r8, r9, r10, r11, lr}\n"
      "ldmia r11!, {r0, r5, r6}\n" /* bias, multiplier, second multiplier */
      "vdup.32 q2, r6\n"
      "tbh [pc, r7, lsl #1]\n"
      ".Lkinds%=:\n" ENTRY(".Lplain2%=") ENTRY(".Lclamped2%=") ENTRY(".Lplain4%=") ENTRY(".Lclamped4%=")
      LOOP4(".Lplain4%=", EK_MVE_SATURATE)
      LOOP4(".Lclamped4%=", CLAMP)
      LOOP2(".Lclamped2%=", CLAMP) "b .Lnext%=\n"
      LOOP2(".Lplain2%=", EK_MVE_SATURATE)
      ".Lnext%=:\n"
      "add r12, #1\n"
      "ldr r8, [sp, #24]\n subs r8, #1\n bne .Lfilter%=\n"
      "ldr r10, [sp, #128]\n add r11, sp, #28\n subs r10, #1\n bne .Lchannel%=\n"
      "ldrd r4, r5, [sp, #36]\n"
      "cbz r4, .Lend%=\n"
      "ldr r0, [sp, #56]\n sub r0, #52\n"
      "ldrd r1, r2, [sp, #132]\n"
      "ldr r3, [sp, #4]\n ldr r4, [r0, #-52]\n add r3, r3, r4, lsl #4\n" /* the plane is behind the vectors */
      "b .Lband%=\n"
      ".Lend%=:\n"
      "vpop {d0-d15}\n"
      "pop {r0-r12, pc}\n" ::: "memory");
}

#undef AT
