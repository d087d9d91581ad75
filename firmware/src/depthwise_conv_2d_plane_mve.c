/* What `ek_depthwise_conv_2d` computes for windows of few taps, on Helium.
 *
 * Blocking: the pixels of one channel are gathered into a plane of bytes, rows of whole vectors, whose last one ends with the
 * zero points that are the padding to its right and to the left of the next row. From there a gather of up to 16 bytes, which
 * may lie anywhere within 256, takes the windows of a group of 2 or 4 neighbouring outputs at once (3x3: 2 at stride 2, 2 or 2x2
 * at stride 1; dilation costs nothing); VMLADAV with the filter at each output's place, zeros elsewhere, gives their sums. All
 * filters of a channel use its plane. Groups that overlap at the ends of rows give the same outputs twice.
 *
 * Order: as in depthwise_turns_mve.h; a filter's first iteration begins in the middle of the loop.
 *
 * Registers: those of plane_mve.h. In groups of 2 r8's addresses go to r1 r3 r5 r7, r5's multiplier to q6, the filter at its two
 * places is in q4 q5, windows in q7; in groups of 4 r1 r3, the second multiplier in r7, q4-q7, windows in q2.
 *
 * Budget: 28 instructions and 29 cycles for 8 outputs by groups of 2, 27 and 27 by groups of 4 (4 more with a clamp that
 * saturation is not); 17 instructions a filter (18 by 4), 13 a channel and 4.5 for a row of up to 16 pixels (8 + 4 for every 16
 * beyond); 4 for 4 groups; 50 a call. Cycles, that is, where a gather of bytes takes no longer than another load.
 * Requantization as in conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of the zero point. */
#include "edgekit/depthwise_conv_2d_plane_mve.h"

#include "edgekit/depthwise_turns_mve.h"
#include "edgekit/plane_mve.h"

#define BIAS(q) "vadd.i32 " q ", " q ", r11\n"
#define PLACES(q) "vldrh.u16 " q ", [r9], #16\n"
#define STORE(q) "vstrb.16 q1, [r12, " q "]\n"
#define WINDOW(q, at) "vldrb.u8 " q ", [" at ", q3]\n"
#define LOOP(label, take, begin, a, b, end)                                                             \
  ".balign 4\n" label ":\n" take begin "b 2f\n .balign 4\n" "1:\n" a "2:\n" b "le lr, 1b\n" end EK_PLANE_ZEROS

#define FIRST(q) "vqrdmulh.s32 " q ", " q ", r5\n"
#define SECOND(q) "vqrdmulh.s32 " q ", " q ", r7\n"
#define ZERO "vadd.i16 q1, q1, r10\n"
#define NEXT4 "ldrd r1, r3, [r8], #8\n"
#define BEGIN4                                                                                          \
  NEXT4 WINDOW("q2", "r1") EK_SUM("r0", "q2", "q4") EK_SUM("r2", "q2", "q5") EK_SUM("r4", "q2", "q6")   \
  EK_SUM("r6", "q2", "q7")
#define LOOP4(label, clamp)                                                                             \
  LOOP(label, "mov r7, r6\n" EK_PLANE_TAKE("d8-d15"), BEGIN4, NEXT4 EK_A_OF_4(WINDOW("q2", "r1"), clamp), \
       EK_B_OF_4(WINDOW("q2", "r3")), EK_END_OF_4(clamp))

#define FIRST2(q) "vqrdmulh.s32 " q ", " q ", q6\n"
#define SECOND2(q) "vqrdmlash.s32 " q ", q2, r10\n"
#define NEXT2 "ldmia r8!, {r1, r3, r5, r7}\n"
#define BEGIN2                                                                                          \
  NEXT2 WINDOW("q7", "r1") EK_SUM("r0", "q7", "q4") EK_SUM("r2", "q7", "q5") WINDOW("q7", "r3")         \
  EK_SUM("r4", "q7", "q4") EK_SUM("r6", "q7", "q5")
/* A clamp needs q0 before the places do; saturation comes between a load and its use. */
#define A2(clamp, saturate)                                                                             \
  FIRST2("q0") WINDOW("q7", "r1") SECOND2("q0") EK_JOIN EK_SUM("r0", "q7", "q4") clamp PLACES("q0")     \
  EK_SUM("r2", "q7", "q5") WINDOW("q7", "r3") saturate EK_SUM("r4", "q7", "q4") STORE("q0") EK_SUM("r6", "q7", "q5")
#define B2                                                                                              \
  WINDOW("q7", "r5") EK_EVEN("q1") EK_SUM("r0", "q7", "q4") EK_ODD("q1") EK_SUM("r2", "q7", "q5")       \
  WINDOW("q7", "r7") BIAS("q1") EK_SUM("r4", "q7", "q4") EK_EVEN("q0") EK_SUM("r6", "q7", "q5") EK_ODD("q0") \
  FIRST2("q1") BIAS("q0") SECOND2("q1")
#define END2(clamp, saturate) FIRST2("q0") PLACES("q7") SECOND2("q0") EK_JOIN clamp saturate STORE("q7")
#define LOOP2(label, clamp, saturate)                                                                   \
  LOOP(label, "vdup.32 q6, r5\n" EK_PLANE_TAKE("d8-d11"), BEGIN2, NEXT2 A2(clamp, saturate), B2, END2(clamp, saturate))

__attribute__((naked)) void ek_depthwise_conv_2d_plane_mve(const ek_depthwise_conv_2d_plane_mve_t *p EK_PLANE_UNUSED,
                                                           const int8_t *x EK_PLANE_UNUSED, int8_t *y EK_PLANE_UNUSED,
                                                           uint8_t *scratch EK_PLANE_UNUSED) {
  __asm volatile(
      EK_PLANE_BEGIN
      EK_PLANE_KIND(".Lplain2%=") EK_PLANE_KIND(".Lclamped2%=") EK_PLANE_KIND(".Lplain4%=") EK_PLANE_KIND(".Lclamped4%=")
      LOOP4(".Lplain4%=", EK_MVE_SATURATE) EK_PLANE_NEXT
      LOOP4(".Lclamped4%=", EK_PLANE_CLAMP) EK_PLANE_NEXT
      LOOP2(".Lclamped2%=", EK_PLANE_CLAMP, "") EK_PLANE_NEXT
      LOOP2(".Lplain2%=", "", EK_MVE_SATURATE)
      EK_PLANE_END ::: "memory");
}
