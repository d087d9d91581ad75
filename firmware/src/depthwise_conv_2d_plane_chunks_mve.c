/* What `ek_depthwise_conv_2d` computes for windows of up to 64 taps, on Helium.
 *
 * Blocking: planes as in depthwise_conv_2d_plane_mve.c, one output at a time: a gather of up to 16 taps for as many rows of the
 * window as these are, then again some rows below, 4 times at most (4x4 once, 5x5 twice, 10x4 three times, 7x7 four times).
 *
 * Registers: those of plane_mve.h; r8's addresses go to r1 r3, r7 is the way from chunk to chunk, a filter q4, q4 q5, q4-q6 or
 * q4-q7.
 *
 * Budget: 36, 60, 84 or 108 instructions for 8 outputs (4 more with a clamp that saturation is not), 13 or 15 a filter; laying
 * out as there. */
#include "edgekit/depthwise_conv_2d_plane_chunks_mve.h"

#include "edgekit/plane_mve.h"

EK_PLANE_AT(chunk, 76);

#define FIRST(at, sum) "vldrb.u8 q0, [" at ", q3]\n vmladav.s8 " sum ", q0, q4\n"
#define MORE(at, sum, filter) "add " at ", r7\n vldrb.u8 q0, [" at ", q3]\n vmladava.s8 " sum ", q0, " filter "\n"
#define CHUNKS1(at, sum) FIRST(at, sum)
#define CHUNKS2(at, sum) CHUNKS1(at, sum) MORE(at, sum, "q5")
#define CHUNKS3(at, sum) CHUNKS2(at, sum) MORE(at, sum, "q6")
#define CHUNKS4(at, sum) CHUNKS3(at, sum) MORE(at, sum, "q7")
#define ADDRESSES "ldrd r1, r3, [r8], #8\n"
#define FOUR(chunks, q) \
  ADDRESSES chunks("r1", "r0") chunks("r3", "r2") ADDRESSES chunks("r1", "r4") chunks("r3", "r6") EK_MVE_SUMS_TO(q)
#define WAY "ldr r7, [sp, #56]\n ldr r7, [r7, #-36]\n"
/* Plain and clamped. */
#define LOOPS(number, take, chunks, back)                                                                             \
  EK_PLANE_LOOP(".Lplain" number "%=", take, FOUR(chunks, "q1") FOUR(chunks, "q0"), "r5", EK_MVE_SATURATE) back        \
  EK_PLANE_LOOP(".Lclamped" number "%=", take, FOUR(chunks, "q1") FOUR(chunks, "q0"), "r5", EK_PLANE_CLAMP) back
#define KINDS(number) EK_PLANE_KIND(".Lplain" number "%=") EK_PLANE_KIND(".Lclamped" number "%=")

__attribute__((naked)) void ek_depthwise_conv_2d_plane_chunks_mve(
    const ek_depthwise_conv_2d_plane_chunks_mve_t *p EK_PLANE_UNUSED, const int8_t *x EK_PLANE_UNUSED,
    int8_t *y EK_PLANE_UNUSED, uint8_t *scratch EK_PLANE_UNUSED) {
  __asm volatile(
      EK_PLANE_BEGIN
      KINDS("1") KINDS("2") KINDS("3") KINDS("4")
      LOOPS("1", EK_PLANE_TAKE("d8-d9"), CHUNKS1, EK_PLANE_NEXT)
      LOOPS("2", EK_PLANE_TAKE("d8-d11") WAY, CHUNKS2, EK_PLANE_NEXT)
      LOOPS("3", EK_PLANE_TAKE("d8-d13") WAY, CHUNKS3, EK_PLANE_NEXT)
      LOOPS("4", EK_PLANE_TAKE("d8-d15") WAY, CHUNKS4, EK_PLANE_ZEROS EK_PLANE_NEXT)
      EK_PLANE_END ::: "memory");
}
