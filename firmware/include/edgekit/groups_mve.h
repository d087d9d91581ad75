/* Frames of 1x1 convolutions on Helium by groups of 8 or 16 pixels: what `pointwise_groups_mve.c` and
 * `pointwise_fours_mve.c` share. Groups follow each other, the last one ends with the pixels; the stream is read anew for each.
 *
 * Registers for a group: r0 input, r1 stream, r11 its end, r3 the group's vectors, r5 output zero point, r7 outputs, r9 bytes of
 * four pixels' outputs. Afterwards r7 is behind the first pixel's. On the stack: input, a group's step through the outputs,
 * the last group's inputs, a group's step through the inputs, the last group's outputs, stream, a word that is free. */
#ifndef EDGEKIT_GROUPS_MVE_H
#define EDGEKIT_GROUPS_MVE_H

#include "edgekit/pointwise_groups_mve.h"

#define EK_UNUSED __attribute__((unused))
/* 8 pixels to the first halves of their vectors. */
#define EK_FIRST_TWO "add r4, r3, #16\n vmov q4[2], q4[0], r3, r4\n"
#define EK_HALVES(a, b, c, d)                                                                     \
  "vldmia r0!, {d0-d7}\n vstrd.64 q0, [q4, #" a "]\n vstrd.64 q1, [q4, #" b "]\n"                  \
  "vstrd.64 q2, [q4, #" c "]\n vstrd.64 q3, [q4, #" d "]\n"
#define EK_OF_8_8 EK_FIRST_TWO EK_HALVES("0", "32", "64", "96")
#define EK_OF_8_16 EK_OF_8_8 EK_HALVES("128", "160", "192", "224")
/* The other halves, before the first group. */
#define EK_FOUR_PIXELS "vstmia r12!, {d0-d7}\n"
#define EK_FILL(fours)                                                                            \
  "vmov.i8 q0, #128\n movs r2, #1\n vmov.8 q0[15], r2\n vmov q1, q0\n vmov q2, q0\n vmov q3, q0\n mov r12, r3\n" fours
#define EK_FILL_16 EK_FILL(EK_FOUR_PIXELS EK_FOUR_PIXELS EK_FOUR_PIXELS EK_FOUR_PIXELS)
#define EK_OF_16 "mov r3, r0\n"
/* Every second pixel of rows of pictures to scratch, which then is the input. */
#define EK_APART(pixel)                                                                              \
  "add r4, r0, #32\n ldm r4, {r4, r5, r6, r8, r9}\n mov r10, r3\n"                                \
  "3:\n mov r11, r5\n 2:\n dls lr, r4\n 1:\n" pixel "le lr, 1b\n add r1, r8\n subs r11, #1\n bne 2b\n" \
  "add r1, r9\n subs r6, #1\n bne 3b\n mov r1, r3\n"
#define EK_APART_16 EK_APART("vldrw.u32 q0, [r1], #32\n vstrw.32 q0, [r10], #16\n")
#define EK_APART_32                                                                                  \
  EK_APART("vldrw.u32 q0, [r1], #16\n vldrw.u32 q1, [r1], #48\n vstrw.32 q0, [r10], #16\n vstrw.32 q1, [r10], #16\n")
/* A function; `begin`: before its parameters are read, `fill`: before the first group, `blocks`: of one group. */
#define EK_GROUPS(name, arguments, begin, fill, spread, blocks, places)                                  \
  __attribute__((naked)) void ek_##name arguments {                                                       \
    __asm volatile(                                                                               \
        "push {r4-r11, lr}\n vpush {d8-d15}\n sub sp, #28\n" begin                                \
        "ldm r0!, {r4, r5, r6, r8, r9, r10, r11}\n ldr r0, [r0]\n"                                \
        "add r8, r1\n add r10, r2\n add r11, r4\n mov r7, r2\n"                                   \
        "strd r1, r6, [sp]\n strd r8, r0, [sp, #8]\n strd r10, r4, [sp, #16]\n"                   \
        fill "mov r0, r1\n"                                                                       \
        ".Lgroup%=:\n ldr r1, [sp, #20]\n" spread                                                 \
        blocks                                                                                    \
        "ldm sp, {r0, r2, r4, r6}\n add r7, r2\n add r0, r6\n str r0, [sp]\n cmp r0, r4\n bls.w .Lgroup%=\n" \
        "sub r2, r0, r6\n cmp r2, r4\n beq 1f\n mov r0, r4\n ldr r7, [sp, #16]\n str r0, [sp]\n b.w .Lgroup%=\n" \
        "1:\n add sp, #28\n vpop {d8-d15}\n pop {r4-r11, pc}\n"                                   \
        ".balign 4\n.Lplaces%=:\n" places ::: "memory");                                          \
  }
#define EK_SCRATCH                                                                                \
  (const ek_pointwise_groups_mve_t *p EK_UNUSED, const int8_t *x EK_UNUSED, int8_t *y EK_UNUSED, uint8_t *scratch EK_UNUSED)
#define EK_NO_SCRATCH (const ek_pointwise_groups_mve_t *p EK_UNUSED, const int8_t *x EK_UNUSED, int8_t *y EK_UNUSED)
#define EK_NOTHING

#endif
