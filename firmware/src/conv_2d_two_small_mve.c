/* What `ek_conv_2d` computes for 3x3 windows of 2 channels in one small picture, on Helium.
 *
 * Blocking: a window has 18 taps, a vector 16. Windows at the border lack more than that: those at the top and at the left all
 * have the first place outside, those at the bottom and at the right the last one, so one vector of the eight other places is
 * enough. Inner ones take the first weights, which lack one place, and add it by VMLA, 4 pixels at once.
 *
 * The picture is copied to scratch with zero points behind it; from there each window is gathered once, a vector of 8 pixels as
 * halfwords, and of inner ones the two inputs that it lacks as words less the zero point. Then two channels at a time: 16 sums
 * are 4 pixels of both channels and 4 more, requantized together; both channels of a pixel are stored as a halfword. A mixed
 * round is 8 inner pixels and 8 at the border, four for each of the two weights. The few pixels that no round has are computed
 * last, 8 channels at a time. Outputs have 16 bits before their clamp: an odd lane is filled with another vector's.
 *
 * Registers of a round: sums in r0 r2 r4 r6 (first channel) r8 r10 r12 lr, in q0 to q3 by PUSH and VPOP, the last 4 pixels
 * first; then multipliers, output zero point and weights of VMLA in r0 to r12. r1 begins, r9 multipliers or, 32 bytes before,
 * the second ones, r11 weights, r3 vectors, r7 outputs of the first pixel, r5 where the rounds end. On the stack: what is
 * left of the parameters, outputs, scratch, vectors, the ends of both kinds of rounds and of the channels.
 *
 * Budget: 89 a mixed round of 32 outputs, 51 an inner one of 16; 13 a pair of channels; to gather 33 and 21 a round. Of the
 * rest 34 for 8 channels, 9 for a pixel. 50 a call, 3 for 128 bytes of the picture. */
#include "edgekit/conv_2d_two_small_mve.h"

#define UNUSED __attribute__((unused))
#define NUMBERS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define GATHER(q, places) "vldrh.u16 " q ", [r3, " places "]\n"
#define GATHER4(a, b, c, d) GATHER("q0", a) GATHER("q1", b) GATHER("q2", c) GATHER("q3", d)
#define LACKED "vldrb.s32 q4, [r3, q7]\n vldrb.s32 q5, [r7, q7]\n vsub.i32 q4, q4, r10\n vsub.i32 q5, q5, r10\n"

#define GATHER_INNER                                                                                               \
  "vldmia r8!, {d6-d15}\n" GATHER4("q3", "q4", "q5", "q6") LACKED "vstmia r9!, {d0-d11}\n"                         \
  "vldmia r8!, {d4-d15}\n" GATHER4("q2", "q3", "q4", "q5") LACKED "vstmia r9!, {d0-d13}\n"
#define GATHER_BORDER                                                                                              \
  "vldmia r8!, {d2-d15}\n" GATHER4("q1", "q2", "q3", "q4") GATHER("q4", "q5") GATHER("q5", "q6") GATHER("q6", "q7") \
  "vstmia r9!, {d0-d13}\n vldmia r8!, {d2-d5}\n" GATHER("q0", "q2") "vstmia r9!, {d0-d3}\n"

/* 4 windows a, b, c, d of both channels, whose weights are v and w. */
#define SUMS(v, w, a, b, c, d)                                                                                     \
  M("r0", v, a) M("r2", v, b) M("r4", v, c) M("r6", v, d) M("r8", w, a) M("r10", w, b) M("r12", w, c) M("lr", w, d) \
  "push " NUMBERS
#define ADD(first, second, x, u, v) "vmla.s32 " first ", " x ", " u "\n vmla.s32 " second ", " x ", " v "\n"
#define SCALE "vqrdmulh.s32 q0, q0, r0\n vqrdmulh.s32 q1, q1, r2\n vqrdmulh.s32 q2, q2, r0\n vqrdmulh.s32 q3, q3, r2\n"
#define STORE                                                                                                      \
  "vqrdmlash.s32 q0, q4, r4\n vqrdmlash.s32 q1, q5, r4\n vqrdmlash.s32 q2, q4, r4\n vqrdmlash.s32 q3, q5, r4\n"    \
  "vmovnt.i32 q0, q2\n vmovnt.i32 q1, q3\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q1\n vstrh.16 q0, [r7, q6]\n"
#define INNER(begins)                                                                                                      \
  "vldmia r11, {d0-d3}\n ldm r1, " NUMBERS "vldmia r3!, {d4-d15}\n" SUMS("q0", "q1", "q2", "q3", "q4", "q5")       \
  "ldm " begins ", " NUMBERS "vldmia r3!, {d4-d11}\n" SUMS("q0", "q1", "q2", "q3", "q4", "q5")                     \
  "ldm r9, {r0, r2, r4, r6, r8, r10, r12}\n vpop {d0-d7}\n"                                                        \
  ADD("q2", "q3", "q6", "r6", "r10") ADD("q2", "q3", "q7", "r8", "r12") "vldmia r3!, {d8-d13}\n"                   \
  ADD("q0", "q1", "q4", "r6", "r10") ADD("q0", "q1", "q5", "r8", "r12") SCALE "vldmdb r9!, {d8-d11}\n" STORE
#define BORDER                                                                                                     \
  "vldmia r11, {d0-d7}\n ldm r1, " NUMBERS "vldmia r3!, {d8-d15}\n" SUMS("q2", "q3", "q4", "q5", "q6", "q7")       \
  "ldmdb r1!, " NUMBERS "vldmia r3!, {d4-d13}\n" SUMS("q0", "q1", "q2", "q3", "q4", "q5")                             \
  "vldmia r9!, {d8-d11}\n ldm r9, {r0, r2, r4}\n vpop {d0-d7}\n" SCALE STORE

#define NEXT(d) "vldmia r1!, {" d "}\n"
#define OF_REST(a, v, w) M(a, v, "q6") M(a, w, "q7")

__attribute__((naked)) void ek_conv_2d_two_small_mve(const ek_conv_2d_two_small_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                     int8_t *y UNUSED, uint8_t *scratch UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n vpush {d8-d15}\n"
      /* the picture, zero points */
      "ldm r0!, {r4, r5, r6, r7, r8, r10}\n mov r9, r3\n dls lr, r4\n"
      "1: vldmia r1!, {d0-d15}\n vstmia r9!, {d0-d15}\n le lr, 1b\n"
      "add r1, r5\n add r9, r5\n vldmia r1!, {d0-d15}\n vstmia r9!, {d0-d15}\n"
      "ldr r4, [r1, r6]\n str r4, [r9, r6]\n str r7, [r9, #4]\n add r9, #8\n"
      /* vectors of all rounds */
      "ldrd r5, r6, [r0], #8\n mov r4, r9\n add r7, r3, #1\n wls lr, r5, 2f\n"
      "1:\n" GATHER_INNER GATHER_BORDER "le lr, 1b\n"
      "2: mov r5, r9\n wls lr, r6, 2f\n"
      "1:\n" GATHER_INNER "le lr, 1b\n"
      "2: mov r6, r9\n ldm r0!, {r7, r11}\n add r7, r2\n push {r0, r2, r3, r4, r5, r6, r7}\n"
      "mov r7, r2\n add r1, r11, #64\n add r9, r11, #160\n"
      ".Lpair%=: ldrd r3, r5, [sp, #12]\n cmp r3, r5\n beq 2f\n"
      "1:\n" INNER("r1!") BORDER "cmp r3, r5\n bne 1b\n"
      "2: ldr r5, [sp, #20]\n cmp r3, r5\n beq 2f\n"
      "1:\n" INNER("r1") "add r9, #32\n cmp r3, r5\n bne 1b\n"
      "2: ldr r0, [sp, #24]\n add r1, #192\n add r9, #192\n add r11, #192\n add r7, #2\n cmp r7, r0\n bne .Lpair%=\n"
      /* pixels that no round has */
      "pop {r0, r7}\n ldm r0, {r9, r10, r11}\n pop {r3}\n add r10, r9\n str r10, [sp]\n b 3f\n"
      "1: vldmia r9!, {d8-d11}\n" GATHER("q6", "q4") GATHER("q7", "q5") "ldr r0, [r9], #4\n add r7, r0\n mov r1, r11\n"
      "2: ldm r1!, {r0, r2, r4, r5, r6, r8, r10, r12, lr}\n"
      NEXT("d0-d11") OF_REST("r0", "q0", "q1") OF_REST("r2", "q2", "q3") OF_REST("r4", "q4", "q5")
      NEXT("d0-d11") OF_REST("r6", "q0", "q1") OF_REST("r8", "q2", "q3") OF_REST("r10", "q4", "q5")
      NEXT("d0-d7") OF_REST("r12", "q0", "q1") OF_REST("lr", "q2", "q3")
      "push " NUMBERS "vpop {d0-d3}\n" NEXT("d4-d11")
      "vqrdmulh.s32 q0, q0, q2\n vqrdmulh.s32 q1, q1, q3\n vqrdmlash.s32 q0, q4, r5\n vqrdmlash.s32 q1, q5, r5\n"
      "vmovnt.i32 q0, q1\n vqmovnb.s16 q0, q0\n vstrb.16 q0, [r7]\n"
      "ldr r0, [r1], #4\n add r7, r0\n cmp r0, #0\n bne 2b\n"
      "3: ldr r0, [sp]\n cmp r9, r0\n bne 1b\n"
      "add sp, #16\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");
}
