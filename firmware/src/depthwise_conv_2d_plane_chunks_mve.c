/* What `ek_depthwise_conv_2d` computes for windows of up to 64 taps, on Helium.
 *
 * Blocking: one channel's plane at a time (plane_units_mve.h). A window is 1 to 4 gathers of up to 16 taps from there, which may
 * lie anywhere within 256 bytes: 4x4 once, 5x5 twice, 10x4 three times, 7x7 four times. Where two neighbours' windows are within
 * 32 taps, as 5x5 one pixel apart are in 5x6, two gathers are enough for both (`pairs`): VMLADAV with each output's filter,
 * zeros where it has no tap. Pairs that overlap at the ends of rows give the same outputs twice.
 *
 * Order: of 8 outputs q1 has the first four, A, q0 the others, B. During the products of A the B of the iteration before is scaled
 * and its 8 outputs are stored; during those of B A is scaled. So the multiply pipe takes turns with the others, which costs a
 * cycle an instruction instead of two. A filter's first A comes before the loop, whose middle is where it begins; its last B is
 * scaled behind it.
 *
 * Registers: those of plane_units_mve.h; sums r0 r2 r4 r6; r1 r3 where gathers begin; q2 what they bring. Filters are in
 * q4, q4 q5, q4-q6 or q4-q7; two gathers of one window have taps of their own in q3 and q7, the others begin elsewhere.
 *
 * Budget: 37, 53, 73 or 97 instructions for 8 outputs by 1 to 4 gathers, 45 by pairs (3 more with a clamp that saturation is not,
 * 5 less by one multiplication), about a cycle each and one for each of 4, 4, 8, 16 and 4 loads of addresses; 27 a channel and
 * filter, 6 and 10 cycles for 16 pixels; 4 for 4 gathers' addresses, 5 for a unit of 8 pixels and 5 a row of a band; 80 a call.
 * Cycles, that is, where a gather of bytes takes no longer than another load. Requantization as in conv_2d_mve.c, the zero point
 * added to halfwords. */
#include "edgekit/depthwise_conv_2d_plane_chunks_mve.h"

#include "edgekit/arch_mve.h"
#include "edgekit/once_mve.h"
#include "edgekit/plane_units_mve.h"

#define UNUSED __attribute__((unused))
#define BEGINS "ldrd r1, r3, [r8], #8\n"
#define GET(at, taps) "vldrb.u8 q2, [" at ", " taps "]\n"
#define SUM(to, filter) "vmladav.s8 " to ", q2, " filter "\n"
#define MORE(to, filter) "vmladava.s8 " to ", q2, " filter "\n"
#define EVEN(q) "vmov " q "[2], " q "[0], r0, r4\n"
#define ODD(q) "vmov " q "[3], " q "[1], r2, r6\n"
#define BIAS(q) "vadd.i32 " q ", " q ", r11\n"
#define FIRST(q) "vqrdmulh.s32 " q ", " q ", r5\n"
#define PLACES(q) "vldrh.u16 " q ", [r9], #16\n"
#define STORE(q) "vstrb.16 q1, [r12, " q "]\n"

/* How outputs are scaled: the second multiplication, q1 narrowed, q0 too and beside it, the zero point, the last step. */
#define TWICE_SECOND(q) "vqrdmulh.s32 " q ", " q ", r7\n"
#define TWICE_EVEN "vqmovnb.s32 q1, q1\n"
#define TWICE_ODD "vqmovnt.s32 q1, q0\n"
#define TWICE_ZERO "vqadd.s16 q1, q1, r10\n"
#define TWICE_LAST EK_MVE_SATURATE
#define CLAMPED_SECOND TWICE_SECOND
#define CLAMPED_EVEN TWICE_EVEN
#define CLAMPED_ODD TWICE_ODD
#define CLAMPED_ZERO TWICE_ZERO
#define CLAMPED_LAST \
  "vldrw.32 q0, [sp, #56]\n vmax.s16 q1, q1, q0\n vldrw.32 q0, [sp, #72]\n vmin.s16 q1, q1, q0\n"
#define ONCE_SECOND(q) ""
#define ONCE_EVEN ""
#define ONCE_ODD "vmovnt.i32 q1, q0\n"
#define ONCE_ZERO ""
#define ONCE_LAST EK_ONCE_2("q1")

/* One output; `then` comes before its sum is written. Addresses are loaded by twos, before the first of two outputs or of two
 * gathers. */
#define ONE(begins, at, to, then) begins GET(at, "q3") then SUM(to, "q4")
#define FIRST_one(to, then) ONE(BEGINS, "r1", to, then)
#define SECOND_one(to, then) ONE("", "r3", to, then)
#define TWO(begins, at, to, then) ONE(begins, at, to, then) GET(at, "q7") MORE(to, "q5")
#define FIRST_two(to, then) TWO(BEGINS, "r1", to, then)
#define SECOND_two(to, then) TWO("", "r3", to, then)
#define FIRST_three(to, then) TWO(BEGINS, "r1", to, then) GET("r3", "q3") MORE(to, "q6")
#define SECOND_three FIRST_three
#define FIRST_four(to, then)                                                    \
  ONE(BEGINS, "r1", to, then) GET("r3", "q3") MORE(to, "q5")                    \
  BEGINS GET("r1", "q3") MORE(to, "q6") GET("r3", "q3") MORE(to, "q7")
#define SECOND_four FIRST_four
#define FOUR(kind, a, b, c, d) FIRST_##kind("r0", a) SECOND_##kind("r2", b) FIRST_##kind("r4", c) SECOND_##kind("r6", d)
#define BEGIN_SINGLE(kind) FOUR(kind, "", "", "", "")
#define A_SINGLE(kind, way)                                                                                  \
  FOUR(kind, FIRST("q0") way##_EVEN, way##_SECOND("q0") way##_ODD, way##_ZERO, way##_LAST) PLACES("q0") STORE("q0")
#define B_SINGLE(kind, way)                                                                                  \
  FOUR(kind, EVEN("q1"), ODD("q1"), BIAS("q1"), "")                                                          \
  EVEN("q0") FIRST("q1") ODD("q0") way##_SECOND("q1") BIAS("q0")

/* Two outputs of one window. */
#define PAIR(first, second, a, b, c)                                                                          \
  BEGINS a GET("r1", "q3") b SUM(first, "q4") c SUM(second, "q5") GET("r3", "q3") MORE(first, "q6")
#define LAST(second) MORE(second, "q7")
#define BEGIN_PAIRS PAIR("r0", "r2", "", "", "") LAST("r2") PAIR("r4", "r6", "", "", "") LAST("r6")
#define A_PAIRS(way)                                                                                          \
  PAIR("r0", "r2", FIRST("q0") way##_EVEN way##_SECOND("q0"), way##_ODD, way##_ZERO) way##_LAST LAST("r2")    \
  PAIR("r4", "r6", "", "", PLACES("q0")) STORE("q0") LAST("r6")
#define B_PAIRS(way)                                                                                          \
  PAIR("r0", "r2", "", EVEN("q1"), ODD("q1")) BIAS("q1") LAST("r2")                                           \
  PAIR("r4", "r6", "", "", "") EVEN("q0") LAST("r6") ODD("q0") FIRST("q1") BIAS("q0") way##_SECOND("q1")

#define END(way) FIRST("q0") way##_EVEN way##_SECOND("q0") PLACES("q2") way##_ODD way##_ZERO way##_LAST STORE("q2") EK_UNITS_NEXT
#define LOOP(label, begin, a, b, end) \
  ".balign 4\n" label ":\n" begin "b 2f\n .balign 4\n" "1:\n" a "2:\n" b "le lr, 1b\n" end
#define SINGLE(kind, way) LOOP(".L" #way "%=", BEGIN_SINGLE(kind), A_SINGLE(kind, way), B_SINGLE(kind, way), END(way))
#define SINGLES(kind) SINGLE(kind, TWICE) SINGLE(kind, CLAMPED) SINGLE(kind, ONCE)
#define PAIRS(way) LOOP(".L" #way "%=", BEGIN_PAIRS, A_PAIRS(way), B_PAIRS(way), END(way))

#define KERNEL(name, second, registers, loops)                                                                \
  __attribute__((naked)) void ek_depthwise_conv_2d_plane_chunks_##name##_mve(                                 \
      const ek_depthwise_conv_2d_plane_chunks_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED,      \
      uint8_t *scratch UNUSED) {                                                                              \
    __asm volatile(EK_UNITS_BEGIN(second, registers, EK_UNITS_KIND(".LTWICE%=") EK_UNITS_KIND(".LCLAMPED%=")  \
                                  EK_UNITS_KIND(".LONCE%=")) loops EK_UNITS_END ::: "memory");                \
  }
#define OTHER_TAPS "vldrw.32 q7, [r11, #108]\n"

KERNEL(one, "", "d8-d9", SINGLES(one))
KERNEL(two, OTHER_TAPS, "d8-d11", SINGLES(two))
KERNEL(three, OTHER_TAPS, "d8-d13", SINGLES(three))
KERNEL(four, "", "d8-d15", SINGLES(four))
KERNEL(pairs, "", "d8-d15", PAIRS(TWICE) PAIRS(CLAMPED) PAIRS(ONCE))
