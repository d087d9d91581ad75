/* What `ek_depthwise_conv_2d` computes for windows of few taps, on Helium.
 *
 * Blocking: the pixels of one channel are gathered into a plane of bytes, rows of whole vectors, whose last one ends with the
 * zero points that are the padding to its right and to the left of the next row. From there a gather of up to 16 bytes, which
 * may lie anywhere within 256, takes the windows of a group of 2 or 4 neighbouring outputs at once (3x3: 2 at stride 2, 2 or 2x2
 * at stride 1; dilation costs nothing); VMLADAV with the filter at each output's place, zeros elsewhere, gives their sums. All
 * filters of a channel use its plane. Groups that overlap at the ends of rows give the same outputs twice.
 *
 * Registers: those of plane_mve.h; r8's addresses go to r1 r3 r5 r7, r5's multiplier to q6, the filter at its two places is in
 * q4 q5; in groups of 4 r1 r3, q4-q7.
 *
 * Budget: 29 instructions for 8 outputs by groups of 2, 27 by groups of 4 (4 more with a clamp that saturation is not); 12 a
 * filter (15 by 4), 13 a channel and 4.5 for a row of up to 16 pixels (8 + 4 for every 16 beyond); 4 for 4 groups; 50 a call.
 * Requantization as in conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/depthwise_conv_2d_plane_mve.h"

#include "edgekit/plane_mve.h"

#define PAIR(at, a, b) "vldrb.u8 q0, [" at ", q3]\n vmladav.s8 " a ", q0, q4\n vmladav.s8 " b ", q0, q5\n"
#define TWO_PAIRS(a, b, q) PAIR(a, "r0", "r2") PAIR(b, "r4", "r6") EK_MVE_SUMS_TO(q)
#define FOUR(at, q)                                                              \
  "vldrb.u8 q0, [" at ", q3]\n vmladav.s8 r0, q0, q4\n vmladav.s8 r2, q0, q5\n" \
  "vmladav.s8 r4, q0, q6\n vmladav.s8 r6, q0, q7\n" EK_MVE_SUMS_TO(q)
#define SUMS2 "ldmia r8!, {r1, r3, r5, r7}\n" TWO_PAIRS("r1", "r3", "q1") TWO_PAIRS("r5", "r7", "q0")
#define SUMS4 "ldrd r1, r3, [r8], #8\n" FOUR("r1", "q1") FOUR("r3", "q0")
#define LOOP2(label, clamp) EK_PLANE_LOOP(label, "vdup.32 q6, r5\n" EK_PLANE_TAKE("d8-d11"), SUMS2, "q6", clamp)
#define LOOP4(label, clamp) EK_PLANE_LOOP(label, EK_PLANE_TAKE("d8-d15"), SUMS4, "r5", clamp) EK_PLANE_ZEROS EK_PLANE_NEXT

__attribute__((naked)) void ek_depthwise_conv_2d_plane_mve(const ek_depthwise_conv_2d_plane_mve_t *p EK_PLANE_UNUSED,
                                                           const int8_t *x EK_PLANE_UNUSED, int8_t *y EK_PLANE_UNUSED,
                                                           uint8_t *scratch EK_PLANE_UNUSED) {
  __asm volatile(
      EK_PLANE_BEGIN
      EK_PLANE_KIND(".Lplain2%=") EK_PLANE_KIND(".Lclamped2%=") EK_PLANE_KIND(".Lplain4%=") EK_PLANE_KIND(".Lclamped4%=")
      LOOP4(".Lplain4%=", EK_MVE_SATURATE)
      LOOP4(".Lclamped4%=", EK_PLANE_CLAMP)
      LOOP2(".Lclamped2%=", EK_PLANE_CLAMP) EK_PLANE_NEXT
      LOOP2(".Lplain2%=", EK_MVE_SATURATE)
      EK_PLANE_END ::: "memory");
}
