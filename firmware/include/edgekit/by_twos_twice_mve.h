/* Two windows times four filters on Helium with two multiplications an output: what `by_twos_mve.h` asks for. */
#ifndef EDGEKIT_BY_TWOS_TWICE_MVE_H
#define EDGEKIT_BY_TWOS_TWICE_MVE_H

#define CONSTANTS 48
#define HEAD(at1, at2, a, b)                                                                                    \
  SUMS_TO_LANES                                                                                                 \
  "vqrdmulh.s32 q6, q6, q3\n" NEXT("q0")                                                                        \
  DOT("mladav", "r6", "q2", "q4") A(at1)                                                                        \
  "vqrdmulh.s32 q7, q7, q3\n" NEXT("q3")                                                                        \
  DOT("mladav", "lr", "q2", "q5") B(at1)                                                                        \
  DOT("mladava", "r0", "q0", "q4") NEXT("q1")                                                                   \
  "vqrdmlash.s32 q6, q3, r11\n" NEXT("q2")                                                                      \
  DOT("mladava", "r8", "q0", "q5") NEXT("q0")                                                                   \
  "vqrdmlash.s32 q7, q3, r11\n vqmovnb.s32 q6, q6\n" NEXT("q3")                                                 \
  DOT("mladava", "r2", "q1", "q4") "vqmovnb.s32 q7, q7\n"                                                       \
  DOT("mladava", "r10", "q1", "q5") "vqmovnb.s16 q6, q6\n" NEXT("q1")                                           \
  DOT("mladava", "r4", "q3", "q4") "vstrb.32 q6, [r7], #4\n vqmovnb.s16 q7, q7\n"                               \
  DOT("mladava", "r12", "q3", "q5") "vstrb.32 q7, [r5], #4\n" a                                                 \
  DOT("mladava", "r6", "q2", "q4") A(at2) b                                                                     \
  DOT("mladava", "lr", "q2", "q5") B(at2)
#define LAST                                                                                                    \
  NEXT("q3") LANES_A NEXT("q2") LANES_B NEXT("q1")                                                              \
  "vadd.i32 q6, q6, q3\n vqrdmulh.s32 q6, q6, q2\n vadd.i32 q7, q7, q3\n"                                       \
  "vqrdmulh.s32 q7, q7, q2\n vqrdmlash.s32 q6, q1, r11\n vqmovnb.s32 q6, q6\n vqrdmlash.s32 q7, q1, r11\n"      \
  "vqmovnb.s16 q6, q6\n vstrb.32 q6, [r7], #4\n vqmovnb.s32 q7, q7\n vqmovnb.s16 q7, q7\n vstrb.32 q7, [r5], #4\n"
#define SECOND_BLOCK(code)
#define BLOCKS(first, second, third, more)                                                                      \
  "b .Lrest%=\n.balign 4\n.Lblock%=:\n" HEAD(second, third, "", "") ".Lrest%=:\n" more TAIL(first) MORE_BLOCKS
#define BLOCKS_OF_3(first, second, third) BLOCKS(first, second, third, "")
#define BLOCKS_OF_4(first, second, third, fourth) BLOCKS(first, second, third, MORE(fourth))
#define BLOCKS_OF_MORE(first, second, third, fourth, fifth, rest)                                               \
  BLOCKS(first, second, third, MORE(fourth) MORE(fifth) rest)

#include "edgekit/by_twos_mve.h"

#endif
