/* What `ek_conv_2d` computes for 3x3 windows of two channels into one, three or four, on Helium, two columns apart, of pictures of
 * 13x13 padded all around: 7x7 pixels.
 *
 * A pixel's eight neighbours are 16 bytes, one gather of halfwords and one product for each channel; the pixel itself is two
 * multiplications of words for four pixels. On the edges six pixels are all. Nothing is copied; begins of sums have what padding
 * adds.
 *
 * Blocking: blocks of four pixels of one kind, next to each other or below each other, whose gathers have one vector of offsets
 * and a register each to count from: five rows of four inside, from below; the upper and the lower edge; the left and the right one and a
 * column inside, each with a fifth pixel; the corners. Sums go to scratch, those of four pixels and a channel as a vector. They
 * are requantized a block at a time; fifth pixels and corners have their channels in lanes. Outputs have 16 bits before their
 * clamp: an odd lane is filled with another vector's. Of three channels every fourth byte is stored where a later store goes.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr; r1 r7 r9 r11 pixels, r3 sums in scratch, r5 stream. q0 to q3 weights, offsets in
 * q3 before (of three channels, all the time), q4 to q7 inputs. To requantize: multipliers r0 r2 r4 (r6), r8 zero point, r1
 * pixels, r7 outputs; q0 to q3 sums.
 *
 * Budget, three channels: an edge 26 and 12 to requantize, a block inside 21 and 22, corners and fifth pixels 70; four channels:
 * 34 and 16, 26 and 29, 75. One channel: sums 121, outputs 85. */
#include "edgekit/conv_2d_two_apart_mve.h"

#include "edgekit/assembly_mve.h"

#define FOUR_SUMS "{r0, r2, r4, r6}\n"
#define NEXT(q) "vldrw.u32 " q ", [r5], #16\n"
#define GATHER(q, from, offsets) "vldrh.u16 " q ", [" from ", " offsets ", uxtw #1]\n"
#define FOUR_PIXELS GATHER("q4", "r1", "q3") GATHER("q5", "r7", "q3") GATHER("q6", "r9", "q3") GATHER("q7", "r11", "q3")
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define CHANNEL(w, a, b, c, d) M(a, w, "q4") M(b, w, "q5") M(c, w, "q6") M(d, w, "q7")
#define FIRST(w) CHANNEL(w, "r0", "r2", "r4", "r6")
#define SECOND(w) CHANNEL(w, "r8", "r10", "r12", "lr")
#define BEGINS "ldm r5!, " SUMS
#define STORE "stm r3!, " SUMS
#define BELOW "add r7, #48\n add r9, #96\n add r11, #144\n"

/* Blocks begin with weights and offsets or, of weights that stay, offsets. A fifth pixel's begins are beside the third channel's. */
#define WEIGHTS "vldmia r5!, {d0-d7}\n"
#define BLOCK_3(head) head BEGINS FOUR_PIXELS FIRST("q0") SECOND("q1") STORE
#define INSIDE_3(head) BLOCK_3(head) "ldm r5!, " FOUR_SUMS FIRST("q2") "stm r3!, " FOUR_SUMS
#define FIVE_3(more) BLOCK_3(WEIGHTS) BEGINS FIRST("q2") NEXT("q3") PIXEL_3("r8", "r10", "r12") more STORE
#define PIXEL_3(a, b, c) GATHER("q4", "r1", "q3") M(a, "q0", "q4") M(b, "q1", "q4") M(c, "q2", "q4")
#define MIDDLE_3 WEIGHTS PIXEL_3("r8", "r10", "r12")
#define CORNERS_3 BEGINS WEIGHTS PIXEL_3("r0", "r2", "r4") WEIGHTS PIXEL_3("r8", "r10", "r12") STORE

/* The fourth channel's weights follow the gathers. */
#define WEIGHTS_4 "vldmia r5!, {d0-d9}\n"
#define INSIDE_4(head)                                                                           \
  head BEGINS FOUR_PIXELS FIRST("q0") SECOND("q1") STORE NEXT("q3") BEGINS FIRST("q2") SECOND("q3") STORE
#define FIVE_4(more)                                                                             \
  INSIDE_4(WEIGHTS) NEXT("q4") "ldm r5!, " FOUR_SUMS PIXEL_4("r0", "r2", "r4", "r6") more "stm r3!, " FOUR_SUMS
#define PIXEL_4(a, b, c, d)                                                                      \
  GATHER("q5", "r1", "q4") M(a, "q0", "q5") M(b, "q1", "q5") M(c, "q2", "q5") M(d, "q3", "q5")
#define MIDDLE_4 WEIGHTS_4 PIXEL_4("r0", "r2", "r4", "r6")
#define CORNERS_4 BEGINS WEIGHTS_4 PIXEL_4("r0", "r2", "r4", "r6") WEIGHTS_4 PIXEL_4("r8", "r10", "r12", "lr") STORE

#define ALL_SUMS(n)                                                                              \
  INSIDE_##n(WEIGHTS) INSIDE_##n(NEXT("q3")) INSIDE_##n(NEXT("q3")) INSIDE_##n(NEXT("q3")) INSIDE_##n(NEXT("q3")) \
  FIVE_##n("") FIVE_##n("") BELOW FIVE_##n("") FIVE_##n("") FIVE_##n(MIDDLE_##n) CORNERS_##n CORNERS_##n

/* Sums whose channels are in lanes: q4 and q5 multipliers, q6 places. */
#define MULTIPLIED(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define DIVIDED(q, c) "vqrdmlash.s32 " q ", " c ", r8\n"
#define IN_LANES(q) MULTIPLIED(q, "q4") DIVIDED(q, "q5")
#define PACKED                                                                                   \
  "vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n"
#define FOUR_IN_LANES IN_LANES("q0") IN_LANES("q1") IN_LANES("q2") IN_LANES("q3") PACKED "vstrb.8 q0, [r7, q6]\n"
#define SINGLE(q, place) "vldrw.u32 " q ", [r3, #-" place "]\n"
#define SINGLES(last, a, b, c, d)                                                                \
  "vldmia r5!, {d8-d13}\n vldmdb r3!, {d0-d7}\n" FOUR_IN_LANES                                   \
  SINGLE("q0", "16") IN_LANES("q0") "vqmovnb.s16 q0, q0\n" last                                  \
  NEXT("q6") SINGLE("q0", a) SINGLE("q1", b) SINGLE("q2", c) SINGLE("q3", d) FOUR_IN_LANES

/* Vectors of a channel. */
#define ADDED(q, x, w) "vmla.s32 " q ", " x ", " w "\n"
#define THREE                                                                                    \
  MULTIPLIED("q0", "r0") MULTIPLIED("q1", "r2") MULTIPLIED("q2", "r4")                           \
  DIVIDED("q0", "q5") DIVIDED("q1", "q6") DIVIDED("q2", "q7")
#define STORED_3 "vmovnt.i32 q0, q1\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n" NEXT("q4") "vstrb.8 q0, [r7, q4]\n"
#define WITH_MIDDLE_3(next)                                                                      \
  "vldmia r3!, {d0-d5}\n vldrb.s32 q4, [r1, q3]\n add r1, #1\n"                                  \
  ADDED("q0", "q4", "r6") ADDED("q1", "q4", "r9") ADDED("q2", "q4", "r10")                       \
  "vldrb.s32 q4, [r1, q3]\n" next ADDED("q0", "q4", "r11") ADDED("q1", "q4", "r12") ADDED("q2", "q4", "lr") THREE
#define UP_3 WITH_MIDDLE_3("sub r1, #53\n") STORED_3
#define EDGE_3 "vldmia r3!, {d0-d7}\n" THREE STORED_3
#define OUTPUTS_3                                                                                \
  "ldm r5!, {r0, r2, r4, r6, r8, r9, r10, r11, r12, lr}\n"                                       \
  SINGLES("vstrb.32 q0, [r7, #120]\n", "80", "144", "208", "272") "vldmia r5!, {d6-d15}\n sub r3, #560\n" \
  UP_3 UP_3 UP_3 UP_3 WITH_MIDDLE_3("") STORED_3 EDGE_3 EDGE_3 EDGE_3 EDGE_3                     \
  NEXT("q3") WITH_MIDDLE_3("") "vmovnt.i32 q2, q2\n" STORED_3

#define FOUR_MULTIPLIED MULTIPLIED("q0", "r0") MULTIPLIED("q1", "r2") MULTIPLIED("q2", "r4") MULTIPLIED("q3", "r6")
#define FOUR_DIVIDED DIVIDED("q0", "q4") DIVIDED("q1", "q5") DIVIDED("q2", "q6") DIVIDED("q3", "q7")
#define STORED_4 PACKED NEXT("q1") "vstrb.8 q0, [r7, q1]\n"
#define FOUR_ADDED                                                                               \
  "ldm r5!, {r9, r10, r11, r12}\n" ADDED("q0", "q5", "r9") ADDED("q1", "q5", "r10")              \
  ADDED("q2", "q5", "r11") ADDED("q3", "q5", "r12")
#define MIDDLES_4                                                                                   \
  "vldmia r3!, {d0-d7}\n" NEXT("q4") "vldrb.s32 q5, [r1, q4]\n" FOUR_ADDED "vldrb.s32 q5, [lr, q4]\n" FOUR_ADDED \
  FOUR_MULTIPLIED "vldmia r5!, {d8-d15}\n" FOUR_DIVIDED STORED_4
#define EDGE_4 "vldmia r3!, {d0-d7}\n add r3, #16\n" FOUR_MULTIPLIED FOUR_DIVIDED STORED_4
#define OUTPUTS_4                                                                                \
  "ldr r8, [r5], #4\n" SINGLES("add r0, r7, #160\n vstrb.32 q0, [r0]\n", "96", "176", "256", "336")  \
  "ldm r5!, " FOUR_SUMS "sub r3, #720\n add lr, r1, #1\n"                                       \
  MIDDLES_4 MIDDLES_4 MIDDLES_4 MIDDLES_4 MIDDLES_4 EDGE_4 EDGE_4 EDGE_4 EDGE_4 MIDDLES_4

/* Of one channel a vector serves one product: weights and offsets of two kinds are loaded together, sums are in any order. */
#define LOADED(d) "vldmia r5!, {" d "}\n"
#define PIXEL(a, from, offsets, w, q) GATHER(q, from, offsets) M(a, w, q)
#define FOUR(a, b, c, d, offsets, w)                                                             \
  PIXEL(a, "r1", offsets, w, "q6") PIXEL(b, "r7", offsets, w, "q7") PIXEL(c, "r9", offsets, w, "q6") \
  PIXEL(d, "r11", offsets, w, "q7")
#define FIFTH(a, offsets, w) PIXEL(a, "r1", offsets, w, "q6")
#define FIRST_FOUR(offsets, w) FOUR("r0", "r2", "r4", "r6", offsets, w)
#define LAST_FOUR(offsets, w) FOUR("r8", "r10", "r12", "lr", offsets, w)
#define SUMS_1                                                                                   \
  LOADED("d0-d11") BEGINS FIRST_FOUR("q1", "q0") LAST_FOUR("q2", "q0") STORE                     \
  BEGINS FIRST_FOUR("q3", "q0") LAST_FOUR("q4", "q0") STORE                                      \
  BEGINS FIRST_FOUR("q5", "q0") LOADED("d0-d11") LAST_FOUR("q1", "q0") STORE                     \
  BEGINS FIFTH("r0", "q2", "q0") FOUR("r2", "r4", "r6", "r8", "q4", "q3") FIFTH("r10", "q5", "q3") \
  LOADED("d0-d7") FIFTH("r12", "q1", "q0") FIFTH("lr", "q3", "q2") STORE                         \
  BEGINS LOADED("d0-d7") FIFTH("r0", "q1", "q0") FIFTH("r2", "q3", "q2") BELOW LOADED("d0-d11")  \
  FOUR("r4", "r6", "r8", "r10", "q1", "q0") FIFTH("r12", "q2", "q0") FIFTH("lr", "q4", "q3") STORE \
  BEGINS PIXEL("r0", "r7", "q4", "q3", "q6") PIXEL("r2", "r9", "q4", "q3", "q7")                 \
  PIXEL("r4", "r11", "q4", "q3", "q6") FIFTH("r6", "q5", "q3") LOADED("d0-d9") LAST_FOUR("q1", "q0") STORE \
  "ldr r0, [r5], #4\n" FIFTH("r0", "q2", "q0") FIFTH("r0", "q4", "q3") "str r0, [r3]\n"
#define MIDDLE_1(q, offsets)                                                                     \
  "vldrb.s32 q6, [r1, " offsets "]\n" ADDED(q, "q6", "r4") "vldrb.s32 q6, [r9, " offsets "]\n" ADDED(q, "q6", "r6")
#define SIXTEEN(middles)                                                                         \
  "vldmia r3!, {d0-d7}\n" middles                                                                \
  MULTIPLIED("q0", "r0") MULTIPLIED("q1", "r0") MULTIPLIED("q2", "r0") MULTIPLIED("q3", "r0")    \
  DIVIDED("q0", "q7") DIVIDED("q1", "q7") DIVIDED("q2", "q7") DIVIDED("q3", "q7")                \
  PACKED NEXT("q4") "vstrb.8 q0, [r7, q4]\n"
#define OUTPUTS_1                                                                                \
  "ldm r5!, {r0, r2, r4, r6, r8}\n vdup.32 q7, r2\n vldrw.u32 q0, [r3]\n" MULTIPLIED("q0", "r0") DIVIDED("q0", "q7") \
  "vqmovnb.s16 q0, q0\n vstrb.32 q0, [r7, #40]\n sub r3, #192\n add r9, r1, #1\n"                \
  SIXTEEN(LOADED("d8-d11") MIDDLE_1("q0", "q4") MIDDLE_1("q1", "q5")                             \
          LOADED("d8-d11") MIDDLE_1("q2", "q4") MIDDLE_1("q3", "q5"))                            \
  SIXTEEN(NEXT("q4") MIDDLE_1("q0", "q4")) SIXTEEN(NEXT("q4") MIDDLE_1("q3", "q4"))

/* Pictures left are in the place of r12; the parameters, the picture and the outputs in those of r0 to r2. */
#define KERNEL(n, all, sums)                                                                        \
  __attribute__((naked)) void ek_conv_2d_two_apart_mve_##n(                                      \
      const ek_conv_2d_two_apart_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile("ldr r12, [r0, #4]\n push {r0-r2, r4-r12, lr}\n vpush {d8-d15}\n"             \
                   ".Lpicture%=:\n ldr r5, [r0]\n add r7, r1, #4\n add r9, r1, #8\n add r11, r1, #12\n" all \
                   "ldr r7, [sp, #72]\n" OUTPUTS_##n "ldr r12, [sp, #108]\n subs r12, #1\n bne .Lnext%=\n" \
                   "vpop {d8-d15}\n pop {r0-r2, r4-r12, pc}\n"                                   \
                   ".Lnext%=:\n str r12, [sp, #108]\n sub r3, #" sums "\n ldrd r0, r1, [sp, #64]\n" \
                   "ldrd r4, r6, [r0, #8]\n add r1, r4\n add r7, r6\n strd r1, r7, [sp, #68]\n b.w .Lpicture%=\n" \
                   ::: "memory");                                                                \
  }

KERNEL(1, SUMS_1, "192")
KERNEL(3, ALL_SUMS(3), "544")
KERNEL(4, ALL_SUMS(4), "704")
