/* The assembly that Helium kernels share which lay out one channel's plane at a time: everything but their loops.
 *
 * A kernel is EK_PLANE_BEGIN, an EK_PLANE_KIND for each value of `kind`, the loops, EK_PLANE_END.
 *
 * Registers of the loops: r8 addresses of windows; sums r0 r2 r4 r6 and q0 q1; q3 taps, q4-q7 filters; r11 bias, r5 multiplier,
 * q2 second multiplier, r10 output zero point; r9 places, r12 output; r1 r3 r7 are free. Laying out: r0 input, r1 plane, r4 rows,
 * r6 pitch, q1 (q2) pixels, P0 those that are pixels, q7 zero points, which a loop that takes q7 gives back.
 * Stack: where d0-d7 were pushed for room 0 kind, 4 addresses, 8 places, 12 zero point, 16 filters, 20 iterations; 24 filters
 * left; 28 x behind the channels, plane, whether there are more bands, bands, rows, full, pitch, 56 columns, depth multiplier;
 * 128 channels left, where p was; 132 x, y, scratch. */
#ifndef EDGEKIT_PLANE_MVE_H
#define EDGEKIT_PLANE_MVE_H

#include <stddef.h>

#include "edgekit/arch_mve.h"
#include "edgekit/depthwise_conv_2d_plane_mve.h"

#define EK_PLANE_UNUSED __attribute__((unused))
#define EK_PLANE_AT(member, offset) \
  _Static_assert(offsetof(ek_depthwise_conv_2d_plane_mve_t, member) == (offset), "the assembly's order")
EK_PLANE_AT(taps, 28);
EK_PLANE_AT(full, 44);
EK_PLANE_AT(channels, 56);
EK_PLANE_AT(rest, 68);
EK_PLANE_AT(limits, 76);
EK_PLANE_AT(columns, 108); /* from where the assembly counts back to the others */
EK_PLANE_AT(zeros, 140);

#define EK_PLANE_CLAMP \
  "ldr r1, [sp, #56]\n vldrw.u32 q0, [r1, #-32]\n vmax.s16 q1, q1, q0\n vldrw.u32 q0, [r1, #-16]\n vmin.s16 q1, q1, q0\n"
#define EK_PLANE_TAKE(registers) "vldmia r11!, {" registers "}\n str r11, [sp, #16]\n mov.w r11, r0\n"
#define EK_PLANE_ZEROS "ldr r0, [sp, #56]\n vldrb.u8 q7, [r0, #32]\n"
#define EK_PLANE_NEXT "b .Lnext%=\n"
#define EK_PLANE_KIND(label) ".hword (" label " - .Lkinds%=) / 2\n"

#define EK_PLANE_ROW(q) "vldrb.u8 " q ", [r0, q1]\n add r0, r6\n"
#define EK_PLANE_PAD(q) "vpsel " q ", " q ", q7\n"
#define EK_PLANE_FILL(to) "vstrb.8 q7, [" to "], #16\n"

#define EK_PLANE_BEGIN \
  "push {r0-r12, lr}\n" \
  "vpush {d0-d15}\n" \
  "ldmia r0!, {r4, r5, r6, r7, r9, r10, r11}\n" /* windows, vectors, iterations, kind, places, out_zero, lanes */ \
  "mov r8, r3\n" \
  "stm sp, {r7, r8, r9, r10}\n" \
  "str r6, [sp, #20]\n" \
  "vmsr p0, r11\n" \
  "vldrb.u8 q3, [r0], #16\n" \
  "dls lr, r5\n" \
  "1:\n vldrh.u32 q0, [r4], #8\n vadd.i32 q0, q0, r8\n vstrw.32 q0, [r3], #16\n le lr, 1b\n" \
  "ldmia r0!, {r4, r5, r7}\n" /* full, pitch, depth_multiplier */ \
  "add r6, r0, #52\n"         /* columns */ \
  "add r11, sp, #48\n stm r11, {r4, r5, r6, r7}\n" \
  "vldrb.u8 q7, [r6, #32]\n" \
  "ldr r5, [r0, #8]\n" \
  ".Lband%=:\n" \
  "ldmia r5!, {r4, r6, r7, r8, r9, r10, r12}\n" /* whether there are more, x, above, rows, to below, below, y */ \
  "add r1, r6\n add r12, r2\n" \
  "wls lr, r7, 2f\n 1:\n" EK_PLANE_FILL("r3") "le lr, 1b\n 2:\n" \
  "add r9, r3\n" \
  "wls lr, r10, 2f\n 1:\n" EK_PLANE_FILL("r9") "le lr, 1b\n 2:\n" \
  "add r11, sp, #28\n stm r11, {r1, r3, r4, r5, r8}\n" \
  "ldrd r10, r5, [r0]\n" /* channels, filters */ \
  "str r5, [sp, #16]\n" \
  ".Lchannel%=:\n" \
  "str r10, [sp, #128]\n" \
  "ldmia r11, {r0-r8}\n" /* x, plane, -, -, rows, full, pitch, columns, depth_multiplier */ \
  "sub r0, r10\n" \
  "vldrb.u8 q1, [r7]\n" \
  "cbnz r5, .Lwide%=\n" \
  "lsrs r2, r4, #1\n" \
  "wls lr, r2, 2f\n" \
  "1:\n" EK_PLANE_ROW("q0") EK_PLANE_ROW("q2") EK_PLANE_PAD("q0") EK_PLANE_PAD("q2") "vstrb.8 q0, [r1], #16\n vstrb.8 q2, [r1], #16\n le lr, 1b\n" \
  "2:\n bcc .Lfilter%=\n" EK_PLANE_ROW("q0") EK_PLANE_PAD("q0") "vstrb.8 q0, [r1]\n" \
  "b .Lfilter%=\n" \
  ".Lwide%=:\n" \
  "vldrb.u8 q2, [r7, #16]\n" \
  "ldrd r2, r3, [r7, #-40]\n" /* rest, step */ \
  "3:\n mov r10, r0\n dls lr, r5\n" \
  "1:\n vldrb.u8 q0, [r10, q2]\n add r10, r3\n vstrb.8 q0, [r1], #16\n le lr, 1b\n" \
  "vmov q0, q7\n" \
  "cbz r2, 2f\n vldrb.u8 q0, [r10, q1]\n" EK_PLANE_PAD("q0") \
  "2:\n vstrb.8 q0, [r1], #16\n" \
  "add r0, r6\n subs r4, #1\n bne 3b\n" \
  ".Lfilter%=:\n" \
  "str r8, [sp, #24]\n" \
  "ldm sp, {r7, r8, r9, r10, r11, lr}\n" \
  "ldmia r11!, {r0, r5, r6}\n" /* bias, multiplier, second multiplier */ \
  "vdup.32 q2, r6\n" \
  "tbh [pc, r7, lsl #1]\n" \
  ".Lkinds%=:\n"
#define EK_PLANE_END \
  ".Lnext%=:\n" \
  "add r12, #1\n" \
  "ldr r8, [sp, #24]\n subs r8, #1\n bne .Lfilter%=\n" \
  "ldr r10, [sp, #128]\n add r11, sp, #28\n subs r10, #1\n bne .Lchannel%=\n" \
  "ldrd r4, r5, [sp, #36]\n" \
  "cbz r4, .Lend%=\n" \
  "ldr r0, [sp, #56]\n sub r0, #52\n" \
  "ldrd r1, r2, [sp, #132]\n" \
  "ldr r3, [sp, #4]\n ldr r4, [r0, #-52]\n add r3, r3, r4, lsl #4\n" /* the plane is behind the vectors */ \
  "b .Lband%=\n" \
  ".Lend%=:\n" \
  "vpop {d0-d15}\n" \
  "pop {r0-r12, pc}\n"

#endif
