/* What `ek_depthwise_conv_2d` computes for any window, on Helium. For pictures so small that nothing but products may be
 * prepared: taps outside the picture take no instructions.
 *
 * Blocking: 8 outputs that follow each other in memory, whatever their channels and pixels, are 8 lanes. Of each pair of taps
 * the offsets of the inputs and the weights lie in the order of use, known at build time; an output with fewer taps inside
 * than its neighbours has weights of 0. Two products are added in 16 bits, which the packer proves to be enough.
 *
 * Registers: q0, q1 sums of even and odd outputs; q2-q4 offsets, inputs and weights; q5, q6 clamp; r0 the parameters' stream
 * and its units, r1 sample, r2 output, r4 samples left, r5 stream, r6 units left, r7 bytes of a sample, r12 output zero point,
 * lr pairs: LE needs no DLS before it.
 *
 * Budget: 16 instructions for 8 outputs (one more with a clamp) and 14 for each pair of taps; 4 a sample, 5 a call.
 * Instructions, that is: a core loads the bytes of a gather one by one. Requantization as in conv_2d_mve.c, where VQRDMLASH
 * is VQRDMULH and the addition of the zero point. */
#include "edgekit/depthwise_conv_2d_inside_mve.h"

#define UNUSED __attribute__((unused))

/* The inputs of a tap to `x`, which is not `weights`. */
#define TAP(x, weights)                                                             \
  "vldrh.u16 " weights ", [r5], #16\n vldrb.s16 " x ", [r1, " weights "]\n"          \
  "vldrb.s16 " weights ", [r5], #8\n vmul.i16 " weights ", " x ", " weights "\n"
#define SCALE(q)                                                                    \
  "vldrw.32 q2, [r5], #16\n vqrdmulh.s32 " q ", " q ", q2\n"                         \
  "vldrw.32 q2, [r5], #16\n vqrdmlash.s32 " q ", q2, r12\n"
#define KERNEL(vectors, limits, clamp)                                              \
  __asm volatile(                                                                   \
      "push {r3-r7, lr}\n"                                                          \
      "vpush {" vectors "}\n"                                                       \
      limits                                                                        \
      "ldm r0!, {r4, r7, r12}\n"                                                    \
      ".Lsample%=:\n"                                                               \
      "ldrd r5, r6, [r0]\n"                                                         \
      ".Lunit%=:\n"                                                                 \
      "ldr lr, [r5], #4\n"                                                          \
      "vldrw.32 q0, [r5], #16\n vldrw.32 q1, [r5], #16\n"                           \
      ".Lpair%=:\n"                                                                 \
      TAP("q3", "q2") TAP("q4", "q3")                                               \
      "vadd.i16 q2, q2, q3\n"                                                       \
      "vmovlb.s16 q3, q2\n vmovlt.s16 q2, q2\n"                                     \
      "vadd.i32 q0, q0, q3\n vadd.i32 q1, q1, q2\n"                                 \
      "le lr, .Lpair%=\n"                                                           \
      SCALE("q0") SCALE("q1")                                                       \
      "vmovnt.i32 q0, q1\n"                                                         \
      clamp                                                                         \
      "vstrb.16 q0, [r2], #8\n"                                                     \
      "subs r6, #1\n bne .Lunit%=\n"                                                \
      "subs r4, #1\n add r1, r7\n bne .Lsample%=\n"                                 \
      "vpop {" vectors "}\n"                                                        \
      "pop {r3-r7, pc}\n" ::: "memory")

__attribute__((naked)) void ek_depthwise_conv_2d_inside_mve(const ek_depthwise_conv_2d_inside_mve_t *p UNUSED,
                                                            const int8_t *x UNUSED, int8_t *y UNUSED) {
  KERNEL("d8-d9", "", "vqmovnb.s16 q0, q0\n");
}

__attribute__((naked)) void ek_depthwise_conv_2d_inside_mve_clamped(const ek_depthwise_conv_2d_inside_mve_t *p UNUSED,
                                                                    const int8_t *x UNUSED, int8_t *y UNUSED) {
  KERNEL("d8-d13", "ldrd r3, r4, [r0, #20]\n vdup.16 q5, r3\n vdup.16 q6, r4\n", "vmax.s16 q0, q0, q5\n vmin.s16 q0, q0, q6\n");
}
