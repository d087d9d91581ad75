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
 * Budget: 37, 53, 73 or 97 instructions for 8 outputs by 1 to 4 gathers, 45 by pairs, and 42, 58, 82, 113 or 49 cycles (3 more
 * with a clamp that saturation is not); by one multiplication, which leaves registers for four addresses, 31, 47, 65, 85 or 39,
 * and 37, 53, 75, 103 or 44 cycles. 15 a channel, 14 a filter and what is before and behind its loop, 6 and 10 cycles for 16
 * pixels; 4 to 10 for four windows' addresses, 5 for two units and 2 for 16 zero points of a band; 60 a call. Cycles, that is,
 * where a gather of bytes takes no longer than another load. Requantization as in conv_2d_mve.c, the zero point added to
 * halfwords. */
#include "edgekit/depthwise_conv_2d_plane_chunks_mve.h"

#include "edgekit/arch_mve.h"
#include "edgekit/once_mve.h"
#include "edgekit/plane_units_mve.h"

#define UNUSED __attribute__((unused))
#define GET(at, taps) "vldrb.u8 q2, [" at ", " taps "]\n"
#define SUM(to, filter) "vmladav.s8 " to ", q2, " filter "\n"
#define MORE(to, filter) "vmladava.s8 " to ", q2, " filter "\n"
#define EVEN(q) "vmov " q "[2], " q "[0], r0, r4\n"
#define ODD(q) "vmov " q "[3], " q "[1], r2, r6\n"
#define BIAS(q) "vadd.i32 " q ", " q ", r11\n"
#define PLACES(q) "vldrh.u16 " q ", [r9], #16\n"
#define STORE(q) "vstrb.16 q1, [r12, " q "]\n"

/* How outputs are scaled: the first and the second multiplication, q1 narrowed, q0 too and beside it, the zero point, the last
 * step; and what brings the addresses that are used from here on, and where these are. */
#define TWICE_FIRST(q) "vqrdmulh.s32 " q ", " q ", r5\n"
#define TWICE_SECOND(q) "vqrdmulh.s32 " q ", " q ", r7\n"
#define TWICE_EVEN "vqmovnb.s32 q1, q1\n"
#define TWICE_ODD "vqmovnt.s32 q1, q0\n"
#define TWICE_ZERO "vqadd.s16 q1, q1, r10\n"
#define TWICE_LAST EK_MVE_SATURATE
#define TWICE_BEGINS1 "ldrd r1, r3, [r8], #8\n"
#define TWICE_BEGINS2 TWICE_BEGINS1
#define TWICE_AT(a, b) a
#define CLAMPED_FIRST TWICE_FIRST
#define CLAMPED_SECOND TWICE_SECOND
#define CLAMPED_EVEN TWICE_EVEN
#define CLAMPED_ODD TWICE_ODD
#define CLAMPED_ZERO TWICE_ZERO
#define CLAMPED_LAST \
  "vldrw.32 q0, [sp, #56]\n vmax.s16 q1, q1, q0\n vldrw.32 q0, [sp, #72]\n vmin.s16 q1, q1, q0\n"
#define CLAMPED_BEGINS1 TWICE_BEGINS1
#define CLAMPED_BEGINS2 TWICE_BEGINS1
#define CLAMPED_AT TWICE_AT
#define ONCE_FIRST(q) "vqrdmulh.s32 " q ", " q ", r10\n"
#define ONCE_SECOND(q) ""
#define ONCE_EVEN ""
#define ONCE_ODD "vmovnt.i32 q1, q0\n"
#define ONCE_ZERO ""
#define ONCE_LAST EK_ONCE_2("q1")
#define ONCE_BEGINS1 "ldmia r8!, {r1, r3, r5, r7}\n"
#define ONCE_BEGINS2 ""
#define ONCE_AT(a, b) b

/* One output of a window, whose 1 to 4 gathers begin at a, b, c, d; `then` comes before its sum is written. */
#define ONE(a, to, then) GET(a, "q3") then SUM(to, "q4")
#define TWO(a, to, then) ONE(a, to, then) GET(a, "q7") MORE(to, "q5")
#define THREE(a, b, to, then) TWO(a, to, then) GET(b, "q3") MORE(to, "q6")
#define BOTH(a, b, to, then) ONE(a, to, then) GET(b, "q3") MORE(to, "q5")
#define REST(a, b, to) GET(a, "q3") MORE(to, "q6") GET(b, "q3") MORE(to, "q7")
#define THIRD(way) way##_AT("r1", "r5")
#define FOURTH(way) way##_AT("r3", "r7")
/* Four outputs. */
#define FOUR_one(way, a, b, c, d)                                                                             \
  way##_BEGINS1 ONE("r1", "r0", a) ONE("r3", "r2", b)                                                         \
  way##_BEGINS2 ONE(THIRD(way), "r4", c) ONE(FOURTH(way), "r6", d)
#define FOUR_two(way, a, b, c, d)                                                                             \
  way##_BEGINS1 TWO("r1", "r0", a) TWO("r3", "r2", b)                                                         \
  way##_BEGINS2 TWO(THIRD(way), "r4", c) TWO(FOURTH(way), "r6", d)
#define FOUR_three(way, a, b, c, d)                                                                           \
  way##_BEGINS1 THREE("r1", "r3", "r0", a) way##_BEGINS2 THREE(THIRD(way), FOURTH(way), "r2", b)              \
  way##_BEGINS1 THREE("r1", "r3", "r4", c) way##_BEGINS2 THREE(THIRD(way), FOURTH(way), "r6", d)
#define OF_FOUR(way, to, then) \
  way##_BEGINS1 BOTH("r1", "r3", to, then) way##_BEGINS2 REST(THIRD(way), FOURTH(way), to)
#define FOUR_four(way, a, b, c, d) \
  OF_FOUR(way, "r0", a) OF_FOUR(way, "r2", b) OF_FOUR(way, "r4", c) OF_FOUR(way, "r6", d)
#define BEGIN(kind, way) FOUR_##kind(way, "", "", "", "")
#define A(kind, way)                                                                                          \
  FOUR_##kind(way, way##_FIRST("q0") way##_EVEN, way##_SECOND("q0") way##_ODD, way##_ZERO, way##_LAST)        \
  PLACES("q0") STORE("q0")
#define B(kind, way)                                                                                          \
  FOUR_##kind(way, EVEN("q1"), ODD("q1"), BIAS("q1"), "")                                                     \
  EVEN("q0") way##_FIRST("q1") ODD("q0") way##_SECOND("q1") BIAS("q0")

/* Two outputs of one window, but for the last product. */
#define PAIR(a, b, first, second, then, last)                                                                 \
  GET(a, "q3") then SUM(first, "q4") last SUM(second, "q5") GET(b, "q3") MORE(first, "q6")
#define LAST(second) MORE(second, "q7")
#define PAIRS1(way, before, then, last) way##_BEGINS1 before PAIR("r1", "r3", "r0", "r2", then, last)
#define PAIRS2(way, last) way##_BEGINS2 PAIR(THIRD(way), FOURTH(way), "r4", "r6", "", last)
#define BEGIN_PAIRS(way) PAIRS1(way, "", "", "") LAST("r2") PAIRS2(way, "") LAST("r6")
#define A_PAIRS(way)                                                                                          \
  PAIRS1(way, way##_FIRST("q0") way##_EVEN way##_SECOND("q0"), way##_ODD, way##_ZERO) way##_LAST LAST("r2")   \
  PAIRS2(way, PLACES("q0")) STORE("q0") LAST("r6")
#define B_PAIRS(way)                                                                                          \
  PAIRS1(way, "", EVEN("q1"), ODD("q1")) BIAS("q1") LAST("r2")                                                \
  PAIRS2(way, "") EVEN("q0") LAST("r6") ODD("q0") way##_FIRST("q1") BIAS("q0") way##_SECOND("q1")

#define END(way) \
  way##_FIRST("q0") way##_EVEN way##_SECOND("q0") PLACES("q2") way##_ODD way##_ZERO way##_LAST STORE("q2") EK_UNITS_NEXT
#define LOOP(way, take, begin, a, b) \
  ".balign 4\n.L" #way "%=:\n" take begin "b 2f\n .balign 4\n" "1:\n" a "2:\n" b "le lr, 1b\n" END(way)
#define SINGLE(kind, way, take) LOOP(way, take, BEGIN(kind, way), A(kind, way), B(kind, way))
#define SINGLES(kind) SINGLE(kind, TWICE, "") SINGLE(kind, CLAMPED, "") SINGLE(kind, ONCE, FREE)
#define PAIRS(way, take) LOOP(way, take, BEGIN_PAIRS(way), A_PAIRS(way), B_PAIRS(way))
#define FREE "mov r10, r5\n"

#define KERNEL(name, windows, second, registers, loops)                                                                \
  __attribute__((naked)) void ek_depthwise_conv_2d_plane_chunks_##name##_mve(                                 \
      const ek_depthwise_conv_2d_plane_chunks_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED,      \
      uint8_t *scratch UNUSED) {                                                                              \
    __asm volatile(EK_UNITS_BEGIN(windows, second, registers, EK_UNITS_KIND(".LTWICE%=") EK_UNITS_KIND(".LCLAMPED%=")  \
                                  EK_UNITS_KIND(".LONCE%=")) loops EK_UNITS_END ::: "memory");                \
  }
#define OTHER_TAPS "vldrw.32 q7, [r11, #92]\n"

KERNEL(one, EK_UNITS_FROM_1, "", "d8-d9", SINGLES(one))
KERNEL(two, EK_UNITS_FROM_1, OTHER_TAPS, "d8-d11", SINGLES(two))
KERNEL(three, EK_UNITS_FROM_2, OTHER_TAPS, "d8-d13", SINGLES(three))
KERNEL(four, EK_UNITS_FROM_4, "", "d8-d15", SINGLES(four))
KERNEL(pairs, EK_UNITS_FROM_2, "", "d8-d15", PAIRS(TWICE, "") PAIRS(CLAMPED, "") PAIRS(ONCE, FREE))
