/* What `ek_conv_2d` computes, as a matrix product of windows and filters on Helium, for cycles: windows of 2 vectors and more, as
 * `by_twos_mve.h` says, by one multiplication an output (`once_mve.h`).
 *
 * Blocks of windows of 2, 3, 4, 8 and 9 vectors come by twos, so that their number is even. Where there are more than 3 the
 * narrowing and the stores are left to vectors that have fewer loads than products.
 *
 * Budget, instructions (cycles) of 8 outputs: 14 (16) a vector of 16 bytes, but 40 (40) the first two with the requantization
 * and 16 (16) the last one, and 1.5 (3); with 2 vectors 44 (45), 4: 72 (73), 8: 128 (136), 9: 142 (152). In the loop 6 (9)
 * and 2 (5) a round of 15. A pair 12 (23) more, a call 70, strips as in conv_2d_mve.c. r11 is the line's c. */
#include "edgekit/conv_2d_by_twos_once_mve.h"

#include "edgekit/once_mve.h"

#define CONSTANTS 32
/* Up to the multiplications of the block before, then up to where it is stored. */
#define STORE_A "vstrb.32 q6, [r7], #4\n"
#define STORE_B "vstrb.32 q7, [r5], #4\n"
#define SCALE(q) "vqrdmlash.s32 " q ", q3, r11\n"
#define SCALED(at1)                                                                                             \
  SUMS_TO_LANES                                                                                                 \
  SCALE("q6") NEXT("q0") DOT("mladav", "r6", "q2", "q4") A(at1)                                                 \
  SCALE("q7") NEXT("q1") DOT("mladav", "lr", "q2", "q5") B(at1)
#define HEAD(at1, at2, a, b)                                                                                    \
  SCALED(at1)                                                                                                   \
  DOT("mladava", "r0", "q0", "q4") EK_ONCE_3("q6") NEXT("q2")                                                   \
  DOT("mladava", "r8", "q0", "q5") EK_ONCE_3("q7") NEXT("q0")                                                   \
  DOT("mladava", "r2", "q1", "q4") NEXT("q3")                                                                   \
  DOT("mladava", "r10", "q1", "q5") STORE_A                                                                     \
  DOT("mladava", "r4", "q3", "q4") NEXT("q1")                                                                   \
  DOT("mladava", "r12", "q3", "q5") STORE_B a                                                                   \
  DOT("mladava", "r6", "q2", "q4") A(at2) b                                                                     \
  DOT("mladava", "lr", "q2", "q5") B(at2)
/* Without stores, which the third vector has; without narrowing, too, which it has, and the fourth one the stores. */
#define HEAD_OF_4(at1, at2)                                                                                     \
  SCALED(at1)                                                                                                   \
  DOT("mladava", "r0", "q0", "q4") NEXT("q2") DOT("mladava", "r8", "q0", "q5") NEXT("q0")                       \
  DOT("mladava", "r2", "q1", "q4") EK_ONCE_3("q6") DOT("mladava", "r10", "q1", "q5") NEXT("q3")                 \
  DOT("mladava", "r4", "q3", "q4") EK_ONCE_3("q7") DOT("mladava", "r12", "q3", "q5") NEXT("q1")                 \
  DOT("mladava", "r6", "q2", "q4") A(at2) DOT("mladava", "lr", "q2", "q5") B(at2)
#define HEAD_OF_MORE(at1, at2)                                                                                  \
  DOT("mladav", "r0", "q0", "q4") LANES_A DOT("mladav", "r8", "q0", "q5") NEXT("q3")                            \
  DOT("mladav", "r2", "q1", "q4") LANES_B DOT("mladav", "r10", "q1", "q5") NEXT("q0")                           \
  DOT("mladav", "r4", "q0", "q4") "vadd.i32 q6, q6, q3\n"                                                       \
  DOT("mladav", "r12", "q0", "q5") "vadd.i32 q7, q7, q3\n" NEXT("q3")                                           \
  SCALE("q6") NEXT("q2") DOT("mladav", "r6", "q2", "q4") A(at1)                                                 \
  SCALE("q7") NEXT("q0") DOT("mladav", "lr", "q2", "q5") B(at1)                                                 \
  DOT("mladava", "r0", "q0", "q4") NEXT("q1") DOT("mladava", "r8", "q0", "q5") NEXT("q2")                       \
  DOT("mladava", "r2", "q1", "q4") NEXT("q0") DOT("mladava", "r10", "q1", "q5") NEXT("q3")                      \
  DOT("mladava", "r4", "q3", "q4") NEXT("q1") DOT("mladava", "r12", "q3", "q5")                                 \
  DOT("mladava", "r6", "q2", "q4") A(at2) DOT("mladava", "lr", "q2", "q5") B(at2)
#define LAST                                                                                                    \
  NEXT("q3") LANES_A NEXT("q2") LANES_B "vadd.i32 q6, q6, q3\n vqrdmlash.s32 q6, q2, r11\n vadd.i32 q7, q7, q3\n" \
  "vqrdmlash.s32 q7, q2, r11\n" EK_ONCE_3("q6") "vstrb.32 q6, [r7], #4\n" EK_ONCE_3("q7") "vstrb.32 q7, [r5], #4\n"
#define SECOND_BLOCK(code) code
/* The rest of the first block, then two blocks at a time; the second one is the second of two. */
#define BLOCKS(rest, block) rest "b .Lsecond%=\n.balign 4\n.Lblock%=:\n" block ".Lsecond%=:\n" block MORE_BLOCKS
#define BLOCKS_OF_3(first, second, third) BLOCKS(TAIL(first), HEAD(second, third, "", "") TAIL(first))
#define BLOCKS_OF_4(first, second, third, fourth)                                                               \
  BLOCKS(MORE(fourth) TAIL(first), HEAD_OF_4(second, third) MORE_WITH(fourth, STORE_A, STORE_B) TAIL(first))
#define BLOCKS_OF_MORE(first, second, third, fourth, fifth, rest)                                               \
  BLOCKS(MORE(fourth) MORE(fifth) rest TAIL(first),                                                             \
         HEAD_OF_MORE(second, third) MORE_WITH(fourth, EK_ONCE_3("q6"), EK_ONCE_3("q7"))                        \
         MORE_WITH(fifth, STORE_A, STORE_B) rest TAIL(first))

#include "edgekit/by_twos_mve.h"

EK_BY_TWOS(conv_2d_by_twos_once_mve)
