/* What the kernels of depthwise_conv_2d_plane_chunks_mve.c are around their loops: a channel of a band of rows is laid out as a
 * plane of bytes, then come its filters.
 *
 * The plane is filled with zero points once a band; its rows lie the padding apart, which ends one and begins the next. A table
 * in scratch has, of each unit of 8 pixels, where it is in x and where in the plane; as the offsets of pixels within a unit are
 * halfwords, to which the channel is added, a unit is a gather and a store whatever the number of channels. Units go by pairs.
 *
 * Registers of the loops: r8 addresses, r9 places, r12 output, r10 output zero point, r11 bias, r5 and r7 multipliers, q3 taps,
 * lr iterations. Stack: 0 addresses, 4 places, 8 output zero point, 12 filters, 16 iterations, 20 kind, 24 filters left of a
 * channel, 28 plane, 32 units, 36 pairs of units, 40 channel, 44 bands, 48 whether there are more, 56 limits, 152 p, x, y. */
#ifndef EDGEKIT_PLANE_UNITS_MVE_H
#define EDGEKIT_PLANE_UNITS_MVE_H

#include <stddef.h>

#include "edgekit/depthwise_conv_2d_plane_chunks_mve.h"

#define EK_UNITS_AT(member, offset) \
  _Static_assert(offsetof(ek_depthwise_conv_2d_plane_chunks_mve_t, member) == (offset), "the assembly's order")
EK_UNITS_AT(filters, 16);
EK_UNITS_AT(bands, 28);
EK_UNITS_AT(channels, 32);
EK_UNITS_AT(filled, 40);
EK_UNITS_AT(narrow, 48);
EK_UNITS_AT(units, 52);
EK_UNITS_AT(pixels, 60);
EK_UNITS_AT(taps, 76);
EK_UNITS_AT(limits, 108);

#define EK_UNITS_KIND(label) ".hword (" label " - .Lkinds%=) / 2\n"
#define EK_UNITS_TWO(t) \
  "vldrb" t ".u16 q0, [r0, q1]\n vldrb" t ".u16 q2, [r2, q1]\n vstrb" t ".16 q0, [r1]\n vstrb" t ".16 q2, [r3]\n"

/* From r4 to r3, of four windows each: 1, 2 or 4 addresses, r8 bytes apart. r12: the plane, which is behind them. */
#define EK_UNITS_WINDOWS(shift) \
  "add r12, r3, r5, lsl #" #shift "\n 1:\n vldrh.u32 q0, [r4], #8\n vadd.i32 q0, q0, r12\n"
#define EK_UNITS_FROM_1 EK_UNITS_WINDOWS(4) "vstrw.32 q0, [r3], #16\n"
#define EK_UNITS_FROM_2 \
  EK_UNITS_WINDOWS(5) "vadd.i32 q1, q0, r8\n vst20.32 {q0, q1}, [r3]\n vst21.32 {q0, q1}, [r3]!\n"
#define EK_UNITS_FROM_4                                                                                     \
  EK_UNITS_WINDOWS(6) "vadd.i32 q1, q0, r8\n vadd.i32 q2, q1, r8\n vadd.i32 q3, q2, r8\n"                   \
  "vst40.32 {q0, q1, q2, q3}, [r3]\n vst41.32 {q0, q1, q2, q3}, [r3]\n"                                     \
  "vst42.32 {q0, q1, q2, q3}, [r3]\n vst43.32 {q0, q1, q2, q3}, [r3]!\n"

/* windows: EK_UNITS_FROM; second: what brings the other gather's taps; registers: of a filter's vectors; kinds: EK_UNITS_KIND of
 * each loop. */
#define EK_UNITS_BEGIN(windows, second, registers, kinds)                                                            \
  "push {r0-r12, lr}\n"                                                                                     \
  "vpush {d8-d15}\n"                                                                                        \
  "sub sp, #88\n"                                                                                           \
  "mov r11, r0\n"                                                                                           \
  "ldm r0, {r4-r10}\n" /* windows, vectors, places, out_zero, filters, iterations, kind */                  \
  "stm sp, {r3, r6, r7, r8, r9, r10}\n"                                                                     \
  "ldr r8, [r11, #56]\n" /* next */                                                                         \
  "dls lr, r5\n"                                                                                            \
  windows "le lr, 1b\n"                                                                                     \
  "vldrw.32 q0, [r11, #108]\n vstrw.32 q0, [sp, #56]\n vldrw.32 q0, [r11, #124]\n vstrw.32 q0, [sp, #72]\n" \
  "vldrw.32 q3, [r11, #76]\n" second                                                                        \
  "ldrd r5, r6, [r11, #40]\n" /* filled, in_zero */                                                         \
  "ldr r4, [r11, #48]\n vmsr p0, r4\n"                                                                      \
  "add r4, r12, r5, lsl #4\n strd r12, r4, [sp, #28]\n"                                                     \
  "ldr r10, [r11, #28]\n"                                                                                   \
  ".Lband%=:\n"                                                                                             \
  "vdup.8 q0, r6\n mov r7, r12\n dls lr, r5\n"                                                              \
  "1:\n vstrb.8 q0, [r7], #16\n le lr, 1b\n"                                                                \
  "ldmia r10!, {r0, r1, r2, r4, r8, r9}\n" /* more, x, units, pairs of them, plane, y */                     \
  "strd r10, r0, [sp, #44]\n str r4, [sp, #36]\n"                                                           \
  "ldr r0, [r11, #16]\n str r0, [sp, #12]\n"                                                                \
  "ldrd r0, r3, [sp, #156]\n add r1, r0\n add r8, r12\n add r12, r3, r9\n"                                  \
  "vmov q0[2], q0[0], r1, r1\n vmov q0[3], q0[1], r8, r8\n"                                                 \
  "movs r1, #1\n ldr r0, [r11, #32]\n vmov q1[2], q1[0], r0, r0\n vmov q1[3], q1[1], r1, r1\n"              \
  "ldr r0, [r11, #52]\n add r2, r0\n dls lr, r4\n"                                                          \
  "1:\n vldrh.u32 q2, [r2], #8\n vmul.i32 q2, q2, q1\n vadd.i32 q2, q2, q0\n vstrw.32 q2, [r7], #16\n le lr, 1b\n" \
  "movs r4, #0\n"                                                                                           \
  ".Lchannel%=:\n"                                                                                          \
  "vldrw.32 q1, [r11, #60]\n vadd.i16 q1, q1, r4\n"                       \
  "add r4, #1\n str r4, [sp, #40]\n"                                                                        \
  "ldrd r8, lr, [sp, #32]\n"                                                                                \
  "ldr r4, [r11, #48]\n"                                                                                    \
  "cbnz r4, .Lnarrow%=\n"                                                                                   \
  "1:\n ldmia r8!, {r0-r3}\n" EK_UNITS_TWO("") "le lr, 1b\n b .Llaid%=\n"                                   \
  ".Lnarrow%=:\n ldmia r8!, {r0-r3}\n vpstttt\n" EK_UNITS_TWO("t") "le lr, .Lnarrow%=\n"                    \
  ".Llaid%=:\n ldr r4, [r11, #36]\n str r4, [sp, #24]\n"                                                    \
  ".Lfilter%=:\n"                                                                                           \
  "ldm sp, {r8, r9, r10, r11, lr}\n"                                                                        \
  "ldmia r11!, {r0, r5, r7}\n vldmia r11!, {" registers "}\n str r11, [sp, #12]\n mov r11, r0\n"            \
  "ldr r0, [sp, #20]\n tbh [pc, r0, lsl #1]\n"                                                              \
  ".Lkinds%=:\n" kinds
#define EK_UNITS_NEXT "b .Lnext%=\n"
#define EK_UNITS_END                                                                                        \
  ".Lnext%=:\n"                                                                                             \
  "add r12, #1\n"                                                                                           \
  "ldr r0, [sp, #24]\n subs r0, #1\n str r0, [sp, #24]\n bne .Lfilter%=\n"                                \
  "ldr r11, [sp, #152]\n ldr r0, [r11, #32]\n ldr r4, [sp, #40]\n cmp r4, r0\n bne .Lchannel%=\n"         \
  "ldrd r10, r0, [sp, #44]\n"                                                                               \
  "cbz r0, .Lend%=\n"                                                                                       \
  "ldr r12, [sp, #28]\n ldrd r5, r6, [r11, #40]\n b .Lband%=\n"                                            \
  ".Lend%=:\n"                                                                                              \
  "add sp, #88\n"                                                                                           \
  "vpop {d8-d15}\n"                                                                                         \
  "pop {r0-r12, pc}\n"

#endif
