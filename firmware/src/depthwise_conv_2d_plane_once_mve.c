/* What `depthwise_conv_2d_plane_mve.c` computes, by one multiplication an output (`depthwise_once_mve.h`), no clamp but saturation.
 *
 * Registers: as there; the second multiplier's are free.
 *
 * Budget: 26 instructions and 27 cycles for 8 outputs by groups of 2, 24 and 24 by groups of 4; the rest as there. */
#include "edgekit/depthwise_conv_2d_plane_once_mve.h"

#include "edgekit/depthwise_once_mve.h"
#include "edgekit/plane_mve.h"

#define BIAS(q) "vadd.i32 " q ", " q ", r11\n"
#define PLACES(q) "vldrh.u16 " q ", [r9], #16\n"
#define STORE(q) "vstrb.16 q1, [r12, " q "]\n"
#define WINDOW(q, at) "vldrb.u8 " q ", [" at ", q3]\n"
#define LOOP(label, take, begin, a, b, first)                                                           \
  ".balign 4\n" label ":\n" take begin "b 2f\n .balign 4\n" "1:\n" a "2:\n" b "le lr, 1b\n" EK_END_ONCE(first) EK_PLANE_ZEROS
#define FIRST(q) "vqrdmulh.s32 " q ", " q ", r5\n"
#define FIRST2(q) "vqrdmulh.s32 " q ", " q ", q6\n"

#define NEXT2 "ldmia r8!, {r1, r3, r5, r7}\n"
#define BEGIN2                                                                                          \
  NEXT2 WINDOW("q7", "r1") EK_SUM("r0", "q7", "q4") EK_SUM("r2", "q7", "q5") WINDOW("q7", "r3")         \
  EK_SUM("r4", "q7", "q4") EK_SUM("r6", "q7", "q5")
#define A2                                                                                              \
  NEXT2 FIRST2("q0") WINDOW("q7", "r1") EK_SUM("r0", "q7", "q4") EK_JOIN PLACES("q2") EK_SUM("r2", "q7", "q5") \
  EK_ONCE_2("q1") WINDOW("q7", "r3") EK_SUM("r4", "q7", "q4") STORE("q2") EK_SUM("r6", "q7", "q5")
#define B2                                                                                              \
  WINDOW("q7", "r5") EK_EVEN("q1") EK_SUM("r0", "q7", "q4") EK_ODD("q1") EK_SUM("r2", "q7", "q5")       \
  WINDOW("q7", "r7") BIAS("q1") EK_SUM("r4", "q7", "q4") EK_EVEN("q0") EK_SUM("r6", "q7", "q5") EK_ODD("q0") \
  FIRST2("q1") BIAS("q0")
#define LOOP2(label) LOOP(label, "vdup.32 q6, r5\n" EK_PLANE_TAKE("d8-d11"), BEGIN2, A2, B2, FIRST2("q0"))

#define NEXT4 "ldrd r1, r3, [r8], #8\n"
#define BEGIN4                                                                                          \
  NEXT4 WINDOW("q2", "r1") EK_SUM("r0", "q2", "q4") EK_SUM("r2", "q2", "q5") EK_SUM("r4", "q2", "q6")   \
  EK_SUM("r6", "q2", "q7")
#define LOOP4(label)                                                                                    \
  LOOP(label, EK_PLANE_TAKE("d8-d15"), BEGIN4, NEXT4 EK_A_OF_4_ONCE(WINDOW("q2", "r1")), EK_B_OF_4_ONCE(WINDOW("q2", "r3")), \
       FIRST("q0"))

__attribute__((naked)) void ek_depthwise_conv_2d_plane_once_mve(const ek_depthwise_conv_2d_plane_once_mve_t *p EK_PLANE_UNUSED,
                                                                const int8_t *x EK_PLANE_UNUSED, int8_t *y EK_PLANE_UNUSED,
                                                                uint8_t *scratch EK_PLANE_UNUSED) {
  __asm volatile(
      EK_PLANE_BEGIN
      EK_PLANE_KIND(".Lonce2%=") EK_PLANE_KIND(".Lonce2%=") EK_PLANE_KIND(".Lonce4%=") EK_PLANE_KIND(".Lonce4%=")
      LOOP2(".Lonce2%=") EK_PLANE_NEXT
      LOOP4(".Lonce4%=")
      EK_PLANE_END ::: "memory");
}
