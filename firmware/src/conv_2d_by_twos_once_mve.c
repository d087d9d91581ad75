/* What `ek_conv_2d` computes, as a matrix product of windows and filters on Helium, for cycles: windows of 2 vectors and more, as
 * `by_twos_mve.h` says, by one multiplication an output (`once_mve.h`).
 *
 * Budget, instructions (cycles) of 8 outputs: 14 (16) a vector of 16 bytes, but 40 (40) the first two with the requantization
 * and 16 (16) the last one, and 3 (6); with 2 vectors 45 (48), 4: 73 (78), 8: 129 (142), 9: 143 (160). In the loop 6 (9)
 * instead of 3 (6), and 2 (5) a round of 15. A pair 12 (23) more, a call 70, strips as in conv_2d_mve.c. r11 is the line's c. */
#include "edgekit/conv_2d_by_twos_once_mve.h"

#include "edgekit/once_mve.h"

#define CONSTANTS 32
#define HEAD(at1, at2, a, b)                                                                                    \
  DOT("mladav", "r0", "q0", "q4") LANES_A NEXT("q3")                                                            \
  DOT("mladav", "r8", "q0", "q5") LANES_B NEXT("q0")                                                            \
  DOT("mladav", "r2", "q1", "q4") "vadd.i32 q6, q6, q3\n"                                                       \
  DOT("mladav", "r10", "q1", "q5") "vadd.i32 q7, q7, q3\n"                                                      \
  DOT("mladav", "r4", "q0", "q4") NEXT("q3")                                                                    \
  DOT("mladav", "r12", "q0", "q5") NEXT("q2")                                                                   \
  "vqrdmlash.s32 q6, q3, r11\n" NEXT("q0")                                                                      \
  DOT("mladav", "r6", "q2", "q4") A(at1)                                                                        \
  "vqrdmlash.s32 q7, q3, r11\n" NEXT("q1")                                                                      \
  DOT("mladav", "lr", "q2", "q5") B(at1)                                                                        \
  DOT("mladava", "r0", "q0", "q4") EK_ONCE_3("q6") NEXT("q2")                                                   \
  DOT("mladava", "r8", "q0", "q5") EK_ONCE_3("q7") NEXT("q0")                                                   \
  DOT("mladava", "r2", "q1", "q4") NEXT("q3")                                                                   \
  DOT("mladava", "r10", "q1", "q5") "vstrb.32 q6, [r7], #4\n"                                                   \
  DOT("mladava", "r4", "q3", "q4") NEXT("q1")                                                                   \
  DOT("mladava", "r12", "q3", "q5") "vstrb.32 q7, [r5], #4\n" a                                                 \
  DOT("mladava", "r6", "q2", "q4") A(at2) b                                                                     \
  DOT("mladava", "lr", "q2", "q5") B(at2)
#define LAST                                                                                                    \
  NEXT("q3") LANES_A NEXT("q2") LANES_B "vadd.i32 q6, q6, q3\n vqrdmlash.s32 q6, q2, r11\n vadd.i32 q7, q7, q3\n" \
  "vqrdmlash.s32 q7, q2, r11\n" EK_ONCE_3("q6") "vstrb.32 q6, [r7], #4\n" EK_ONCE_3("q7") "vstrb.32 q7, [r5], #4\n"

#include "edgekit/by_twos_mve.h"

EK_BY_TWOS(conv_2d_by_twos_once_mve)
