/* What `ek_conv_2d` computes for 1x1 kernels of 1 to 8 channels into few, on Helium, whatever stride, size and batch.
 *
 * Lanes are pixels: 8 outputs of a channel are two vectors of words, even pixels and odd ones, and each input channel is a
 * gather and a multiplication of each. Where a pixel lies in the input and where its output goes comes from a table, which
 * knows strides and ends of rows; the last block of a run begins so early that all of its pixels are there. Runs of the same
 * places follow each other; all of them pass for each output channel.
 *
 * Registers: r0 input (r1-r3 its other channels, if there are up to 4; of more r0 goes from one to the next), the weights but
 * the first in r4-r6 or r1-r6 r8, r7 places, r9 multiplier, r10 bias, r11 output zero point, r12 output; q0, q1 sums, q2, q3
 * places, q4 inputs, q5 second multiplier, q6 first weight, q7 lower end of the clamp, whose upper end is on the stack.
 * Stack: 0 upper end, 16 output, 20 blocks, 24 places, 28 start, 32 starts, 36 ends, 40 stream, 44 channels left, 48 input.
 *
 * Budget, of 8 outputs: 11 instructions and 4 for each input channel, 5 where there are more than 4; 2 more with a clamp. 11 a
 * run, and 1 for each address but the first; 14 a channel, 13 a call. Instructions, that is: a core loads the bytes of a gather
 * one by one. Requantization as in conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/pointwise_lanes_mve.h"

#define UNUSED __attribute__((unused))

/* One more input channel, at r0 + i in a register or behind the one before. */
#define MORE(at, w)                                                                                              \
  "vldrb.s32 q4, [" at ", q2]\n vmla.s32 q0, q4, " w "\n vldrb.s32 q4, [" at ", q3]\n vmla.s32 q1, q4, " w "\n"
#define NEXT(w) "adds r0, #1\n" MORE("r0", w)

#define AT_1
#define AT_2 "adds r1, r0, #1\n"
#define AT_3 AT_2 "adds r2, r0, #2\n"
#define AT_4 AT_3 "adds r3, r0, #3\n"
#define AT_5
#define AT_6
#define AT_7
#define AT_8
#define MORE_1
#define MORE_2 MORE("r1", "r4")
#define MORE_3 MORE_2 MORE("r2", "r5")
#define MORE_4 MORE_3 MORE("r3", "r6")
#define NEXT_5 NEXT("r1") NEXT("r2") NEXT("r3") NEXT("r4")
#define NEXT_6 NEXT_5 NEXT("r5")
#define NEXT_7 NEXT_6 NEXT("r6")
#define MORE_5 NEXT_5 "subs r0, #4\n"
#define MORE_6 NEXT_6 "subs r0, #5\n"
#define MORE_7 NEXT_7 "subs r0, #6\n"
#define MORE_8 NEXT_7 NEXT("r8") "subs r0, #7\n"
#define WEIGHTS_1 ""
#define WEIGHTS_2 "r4, "
#define WEIGHTS_3 "r4, r5, "
#define WEIGHTS_4 "r4, r5, r6, "
#define WEIGHTS_5 "r1, r2, r3, r4, "
#define WEIGHTS_6 "r1, r2, r3, r4, r5, "
#define WEIGHTS_7 "r1, r2, r3, r4, r5, r6, "
#define WEIGHTS_8 "r1, r2, r3, r4, r5, r6, r8, "

#define SATURATE "vqmovnb.s16 q0, q0\n"
#define CLAMP "vldrw.u32 q1, [sp]\n vmax.s16 q0, q0, q7\n vmin.s16 q0, q0, q1\n"
#define LIMITS "ldr r3, [r0, #28]\n vdup.16 q7, r3\n ldr r3, [r0, #32]\n vdup.16 q0, r3\n vstrw.32 q0, [sp]\n"

#define LANES(name, n, limits, clamp)                                                                            \
  __attribute__((naked)) void ek_pointwise_lanes_mve_##name(const ek_pointwise_lanes_mve_t *p UNUSED,            \
                                                            const int8_t *x UNUSED, int8_t *y UNUSED) {          \
    __asm volatile(                                                                                              \
        "push {r4-r11, lr}\n vpush {d8-d15}\n sub sp, #52\n" limits                                              \
        "ldm r0, {r3, r4, r5, r6, r7, r8, r11}\n add r7, r6, r7, lsl #3\n"                                       \
        "add r12, sp, #16\n stm r12, {r2, r4, r5}\n strd r6, r7, [sp, #32]\n strd r8, r3, [sp, #40]\n"            \
        "str r1, [sp, #48]\n"                                                                                    \
        ".Lchannel%=:\n"                                                                                         \
        "ldr r12, [sp, #40]\n ldm r12!, {r0, r7}\n vdup.32 q6, r0\n vdup.32 q5, r7\n"                            \
        "ldm r12!, {" WEIGHTS_##n "r9, r10}\n str r12, [sp, #40]\n"                                              \
        "ldr r0, [sp, #32]\n"                                                                                    \
        ".Lrun%=:\n"                                                                                             \
        "ldrd r7, r12, [r0], #8\n str r0, [sp, #28]\n"                                                           \
        "ldr r0, [sp, #48]\n add r0, r7\n" AT_##n                                                                \
        "ldr r7, [sp, #16]\n add r12, r7\n"                                                                      \
        "ldrd lr, r7, [sp, #20]\n"                                                                               \
        ".balign 4\n"                                                                                            \
        ".Lblock%=:\n"                                                                                           \
        "vldrh.u32 q2, [r7], #8\n vldrh.u32 q3, [r7], #8\n"                                                      \
        "vldrb.s32 q0, [r0, q2]\n vmlas.s32 q0, q6, r10\n vldrb.s32 q1, [r0, q3]\n vmlas.s32 q1, q6, r10\n"      \
        MORE_##n                                                                                                 \
        "vqrdmulh.s32 q0, q0, r9\n vldrh.u16 q2, [r7], #16\n vqrdmulh.s32 q1, q1, r9\n"                          \
        "vqrdmlash.s32 q0, q5, r11\n vqrdmlash.s32 q1, q5, r11\n vmovnt.i32 q0, q1\n" clamp                      \
        "vstrb.16 q0, [r12, q2]\n"                                                                               \
        "le lr, .Lblock%=\n"                                                                                     \
        "ldr r0, [sp, #28]\n ldr r7, [sp, #36]\n cmp r0, r7\n bne .Lrun%=\n"                                     \
        "ldr r0, [sp, #16]\n ldr r7, [sp, #44]\n adds r0, #1\n str r0, [sp, #16]\n"                              \
        "subs r7, #1\n str r7, [sp, #44]\n bne .Lchannel%=\n"                                                    \
        "add sp, #52\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                                        \
  }
#define BOTH(n) LANES(n, n, "", SATURATE) LANES(n##_clamped, n, LIMITS, CLAMP)
BOTH(1)
BOTH(2)
BOTH(3)
BOTH(4)
BOTH(5)
BOTH(6)
BOTH(7)
BOTH(8)
