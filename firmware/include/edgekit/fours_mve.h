/* 1x1 convolutions of 8, 16 or 32 channels on Helium, four pixels times four filters: what `pointwise_fours_mve.c` and
 * `pointwise_fours_once_mve.c` share. Groups of 16 pixels (`groups_mve.h`), of a group 4 channels after 4, of these 4 pixels
 * at a time.
 *
 * Products and everything else take turns. Sums become a vector, lane by lane, while the next pixel's products run; those of
 * one pixel are in r0 r2 r4 r6, of the next one in r8 r10 r12 lr. The 4 vectors of sums are requantized between the last sums'
 * way to lanes and the next 4 pixels' products, and stored among those, 16 bytes at their places: outputs fit into 16 bits
 * before their clamp. Vectors take the registers that the previous 4 pixels need no more, in an order that after 16 pixels is
 * the first one again.
 *
 * 8 and 16 channels: filters in q0 q2 q1 q3, of which q1 to q3 also have biases and places (q3), multipliers (q2; of 8 channels
 * q3) and second multipliers (q1); pixels in q4 to q7, where their sums go. 32: two pixels at a time in four registers, four
 * filters' first halves, their second ones, for the other two pixels the second ones first; filters in q0 and q1, and four
 * vectors of sums in two registers and where pixels were.
 * Other registers as `groups_mve.h` says; r3 is the group's vectors, of 8 and 16 channels the last pixel that was loaded.
 *
 * The including file defines EVEN_BYTES(q) and ODD_BYTES(q, from), which make bytes of halfwords, ENDED_8 and ENDED_16, the
 * rest of four pixels after BEGUN, SECOND_PAIR, which of 32 channels follows FIRST_PAIR, and SIZE_32, bytes of the stream. */
#ifndef EDGEKIT_FOURS_MVE_H
#define EDGEKIT_FOURS_MVE_H

#include "edgekit/groups_mve.h"

#define M(a, w, x) "vmladav.s8 " a ", " w ", " x "\n"
#define V(q, at) "vldrw.32 " q ", [r1, #" at "]\n"
#define PIXEL(q) "vldrw.32 " q ", [r3, #16]!\n"
#define AGAIN(q) "vldrw.32 " q ", [r3, #-240]!\n"
#define EVEN_LANES(q, first, third) "vmov " q "[2], " q "[0], " first ", " third "\n"
#define ODD_LANES(q, second, fourth) "vmov " q "[3], " q "[1], " second ", " fourth "\n"
#define ADD(q, bias) "vadd.i32 " q ", " q ", " bias "\n"
#define MUL(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define LASH(q, m) "vqrdmlash.s32 " q ", " m ", r5\n"

/* Up to the last pixel's products, of pixels in a, b, c and d; `one` to `four` is what is left of the previous four. */
#define BEGUN(a, b, c, d, one, two, three, four)                                                  \
  M("r0", "q0", a) one V("q1", "16") M("r4", "q2", a) PIXEL(b) M("r2", "q1", a) two M("r8", "q0", b) three \
  M("r12", "q2", b) four M("r10", "q1", b) V("q3", "48") M("r6", "q3", a) PIXEL(c)                \
  M("lr", "q3", b) EVEN_LANES(a, "r0", "r4") M("r0", "q0", c) ODD_LANES(a, "r2", "r6")            \
  M("r4", "q2", c) EVEN_LANES(b, "r8", "r12") M("r2", "q1", c) ODD_LANES(b, "r10", "lr") M("r6", "q3", c) PIXEL(d)
#define LEFT(b, c, d, step)                                                                       \
  "vmovnt.i32 " d ", " b "\n", EVEN_BYTES(c), ODD_BYTES(c, d), "vstrb.8 " c ", [r7, q3]\n" step
#define NONE "", "", "", ""
#define EXPANDED(...) BEGUN(__VA_ARGS__)
#define THIRD V("q2", "32")
/* 4 channels of 16 pixels, for all of the stream. `left`, `inside`: where the step to the next outputs costs least. BACK: from
 * the last four pixels' outputs to the next 4 channels. */
#define STEP "add r7, r9\n"
#define BACK "sub r7, r7, r9, lsl #2\n add r7, r9\n add r7, #4\n"
#define BLOCKS(ended, third, size, left, inside)                                                                \
  V("q0", "0") THIRD "vldrw.32 q4, [r3]\n" EXPANDED("q4", "q5", "q6", "q7", NONE) "b.w .Lbegun%=\n" \
  ".Lblock%=:\n" V("q0", "0") THIRD EXPANDED("q4", "q5", "q6", "q7", LEFT("q5", "q6", "q7", BACK)) \
  ".Lbegun%=:\n" ended("q4", "q5", "q6", "q7", PIXEL, "")                                             \
  third EXPANDED("q5", "q7", "q4", "q6", LEFT("q7", "q4", "q6", left)) ended("q5", "q7", "q4", "q6", PIXEL, inside) \
  third EXPANDED("q7", "q6", "q5", "q4", LEFT("q6", "q5", "q4", left)) ended("q7", "q6", "q5", "q4", PIXEL, inside) \
  third EXPANDED("q6", "q4", "q7", "q5", LEFT("q4", "q7", "q5", left)) ended("q6", "q4", "q7", "q5", AGAIN, inside) \
  "add r1, #" size "\n cmp r1, r11\n bne.w .Lblock%=\n"                                           \
  "vmovnt.i32 q7, q5\n" EVEN_BYTES("q6") ODD_BYTES("q6", "q7") "vstrb.8 q6, [r7, q3]\n" BACK

/* Of 32 channels: two pixels at a time, u0 u1 and v0 v1; filters in q0 and q1, of which two stay for the second pair. Sums
 * go to r and s, of the second pair to u0 and v0, constants to u1 and v1. Up to the first pair's last products: */
#define MA(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define X(q, at) "vldrw.32 " q ", [r3, #" at "]\n"
#define FIRST_PAIR(u0, u1, v0, v1, r, s, a1, b1, one, two, three, four)                          \
  M("r0", "q0", u0) one M("r8", "q0", v0) V("q0", "16") M("r4", "q1", u0) X(u1, a1)              \
  M("r12", "q1", v0) V("q1", "48") M("r2", "q0", u0) two M("r10", "q0", v0) three               \
  M("r6", "q1", u0) V("q0", "80") M("lr", "q1", v0) X(v1, b1)                                   \
  MA("r2", "q0", u1) four MA("r10", "q0", v1) V("q1", "112") MA("r6", "q1", u1) V("q0", "64")    \
  MA("lr", "q1", v1) ODD_LANES(r, "r2", "r6") MA("r0", "q0", u1) ODD_LANES(s, "r10", "lr")       \
  MA("r8", "q0", v1) V("q1", "96") MA("r4", "q1", u1)
/* The second pair's first products, while the first pair's sums come to lanes. */
#define SECOND_PAIR_BEGUN(u0, u1, v0, v1, r, s, c0, c1, d0, d1)                                  \
  EVEN_LANES(r, "r0", "r4") X(u1, c1) MA("r12", "q1", v1) EVEN_LANES(s, "r8", "r12") X(v1, d1)   \
  M("r0", "q0", u1) X(u0, c0) M("r8", "q0", v1) V("q0", "80") M("r4", "q1", u1) X(v0, d0)        \
  M("r12", "q1", v1) V("q1", "112") M("r2", "q0", u1) M("r10", "q0", v1) V("q0", "0")            \
  M("r6", "q1", u1) V(u1, "144") M("lr", "q1", v1) V("q1", "32") MA("r0", "q0", u0) V(v1, "128") \
  MA("r8", "q0", v0) V("q0", "16") MA("r4", "q1", u0) ADD(r, v1) MA("r12", "q1", v0) V("q1", "48") \
  MA("r2", "q0", u0) ADD(s, v1) MA("r10", "q0", v0)
#define LEFT_32(u1, v1, r, s, step)                                                              \
  "vmovnt.i32 " v1 ", " u1 "\n", EVEN_BYTES(s), ODD_BYTES(s, v1),    \
      "vstrb.8 " s ", [r7, " r "]\n" step
#define FIRST_OF(...) FIRST_PAIR(__VA_ARGS__)
#define SECOND_OF(...) SECOND_PAIR(__VA_ARGS__)
/* In which order vectors take their registers; whether the next filters are those of the same 4 channels. */
#define ORDER_0 "q2", "q3", "q4", "q5", "q6", "q7"
#define ORDER_1 "q7", "q4", "q3", "q2", "q5", "q6"
#define ORDER_2 "q6", "q3", "q4", "q7", "q2", "q5"
#define ORDER_3 "q5", "q4", "q3", "q6", "q7", "q2"
#define SAME(load) load
#define OTHER(load)
#define BEGUN_32 V("q0", "0") V("q1", "32")
#define BLOCKS_32                                                                                 \
  BEGUN_32 X("q2", "0") X("q4", "32") FIRST_OF(ORDER_0, "16", "48", NONE) "b.w .Lbegun%=\n"        \
  ".Lblock%=:\n" BEGUN_32 FIRST_OF(ORDER_0, "16", "48", LEFT_32("q3", "q5", "q6", "q7", BACK))     \
  ".Lbegun%=:\n" SECOND_OF(ORDER_0, "64", "80", "96", "112", SAME, "128", "160")                   \
  FIRST_OF(ORDER_1, "144", "176", LEFT_32("q4", "q2", "q5", "q6", STEP))                           \
  SECOND_OF(ORDER_1, "192", "208", "224", "240", SAME, "256", "288")                               \
  FIRST_OF(ORDER_2, "272", "304", LEFT_32("q3", "q7", "q2", "q5", STEP))                           \
  SECOND_OF(ORDER_2, "320", "336", "352", "368", SAME, "384", "416")                               \
  FIRST_OF(ORDER_3, "400", "432", LEFT_32("q4", "q6", "q7", "q2", STEP))                           \
  SECOND_OF(ORDER_3, "448", "464", "480", "496", OTHER, "0", "32")                                 \
  "add r1, #" SIZE_32 "\n cmp r1, r11\n bne.w .Lblock%=\n"                                                \
  "vmovnt.i32 q5, q3\n" EVEN_BYTES("q7") ODD_BYTES("q7", "q5") "vstrb.8 q7, [r7, q6]\n" BACK

/* Functions of 16 and 32 channels; bytes of the former's stream. */
#define EK_FOURS(name, size)                                                                      \
  EK_GROUPS(name##_16, EK_NO_SCRATCH, EK_NOTHING, EK_NOTHING, EK_OF_16, BLOCKS(ENDED_16, THIRD, size, STEP, ""), EK_NOTHING) \
  EK_GROUPS(name##_16_apart, EK_SCRATCH, EK_APART_16, EK_NOTHING, EK_OF_16, BLOCKS(ENDED_16, THIRD, size, STEP, ""), EK_NOTHING) \
  EK_GROUPS(name##_32, EK_NO_SCRATCH, EK_NOTHING, EK_NOTHING, EK_OF_16, BLOCKS_32, EK_NOTHING)     \
  EK_GROUPS(name##_32_apart, EK_SCRATCH, EK_APART_32, EK_NOTHING, EK_OF_16, BLOCKS_32, EK_NOTHING)

#endif
