/* What `ek_fully_connected` computes for up to 16 inputs, on Helium; also a 1x1 convolution of few pixels.
 *
 * Vectors: a sample is gathered into one, so that nothing beyond the input is read whatever the number of inputs; filters are
 * 16 bytes, 0 beyond the inputs.
 *
 * Blocking: one sample meets 8 units after another. Where units are no multiple of 8, a first block of 4 or 8 comes first,
 * some of whose outputs the second block computes once more. Two to four samples, or groups of four, meet four units at a
 * time: their 16 sums are requantized together and scattered; one or two units more are two. Missing samples or units repeat
 * the last one, and store its output again. Of one unit eight samples are a block.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with the biases; r1 input, r3
 * stream, r5 blocks left, r7 output, r9 the first block's step, how far four samples go, or groups left, r11 output zero
 * point. One sample: it is in q7, all else in q0-q6. Four: samples in q0-q3, which the stack keeps for the next block,
 * filters in q4-q7, where sums are requantized, by constants in q0-q2.
 *
 * Budget: one sample 22 for the first 8 units, 14 for the first 4, 23 for 8 more, 8 a call; 32 for 8 samples of one unit;
 * four samples 38 for 4 units, 3 more in a loop, 22 for 2, 11 a call, 14 with a loop, 15 for each further group.
 * Requantization as in conv_2d_mve.c. */
#include "edgekit/fully_connected_tiny_mve.h"

#define UNUSED __attribute__((unused))
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
#define NEXT(registers) "vldmia r3!, {" registers "}\n"
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define SCALE(q, m, s) "vqrdmulh.s32 " q ", " q ", " m "\n vqrdmlash.s32 " q ", " s ", r11\n"
#define ENTER(saved) "push {" saved ", lr}\n vpush {d8-d15}\n mov r7, r2\n ldm r0, {r3, r5, r9, r11}\n"
#define LEAVE "vpop {d8-d15}\n pop {r4-r11, pc}\n"
#define CODE(name, code)                                                                                          \
  __attribute__((naked)) void ek_fully_connected_tiny_mve_##name(const ek_fully_connected_tiny_mve_t *p UNUSED,   \
                                                                 const int8_t *x UNUSED, int8_t *y UNUSED) {      \
    __asm volatile(code ::: "memory");                                                                            \
  }

#define NARROWED "vqmovnb.s32 q5, q5\n vqmovnt.s32 q5, q6\n vqmovnb.s16 q5, q5\n"
/* Of 8 units the even ones' sums are in r0 r2 r4 r6, which the stack takes to q5. */
#define EIGHT                                                                                                     \
  "ldm r3!, " SUMS NEXT("d0-d13") DOT("r0", "q0", "q7") DOT("r2", "q1", "q7") DOT("r4", "q2", "q7")               \
  DOT("r6", "q3", "q7") DOT("r8", "q4", "q7") DOT("r10", "q5", "q7") DOT("r12", "q6", "q7") NEXT("d0-d9")         \
  DOT("lr", "q0", "q7") "push " SUMS "vldmia sp!, {d10-d13}\n" SCALE("q5", "q1", "q3") SCALE("q6", "q2", "q4") NARROWED
#define FOUR                                                                                                      \
  "ldm r3!, {r0, r2, r4, r6}\n" NEXT("d0-d11") DOT("r0", "q0", "q7") DOT("r2", "q1", "q7") DOT("r4", "q2", "q7")  \
  DOT("r6", "q3", "q7") "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n" SCALE("q0", "q4", "q5")         \
  "vqmovnb.s32 q0, q0\n vqmovnb.s16 q0, q0\n"
#define ONE ENTER("r4-r11") "vldrb.8 q0, [r3], #16\n vldrb.u8 q7, [r1, q0]\n"
#define ALL_EIGHTS "add r7, r9\n .Lblock%=:\n" EIGHT "vstrb.16 q5, [r7], #8\n subs r5, #1\n bne .Lblock%=\n" LEAVE
CODE(one_from_8, ONE EIGHT "vstrb.16 q5, [r7]\n" ALL_EIGHTS)
CODE(one_from_4, ONE FOUR "vstrb.32 q0, [r7]\n" ALL_EIGHTS)

/* Eight samples and one unit: places of four in q0-q3, the filter in q4, even samples' sums in r0 r2 r4 r6. */
#define X(x, places, sum) "vldrb.u8 " x ", [r1, " places "]\n" DOT(sum, "q4", x)
CODE(eights_1,
  ENTER("r4-r11") NEXT("d0-d9") NEXT("d14-d15") ".Lblock%=:\n ldm r3, " SUMS
  X("q5", "q0", "r0") X("q6", "q1", "r8") X("q5", "q2", "r2") X("q6", "q3", "r10") "add r1, r9\n"
  X("q5", "q0", "r4") X("q6", "q1", "r12") X("q5", "q2", "r6") X("q6", "q3", "lr") "add r1, r9\n"
  "push " SUMS "vldmia sp!, {d10-d13}\n ldr r0, [r3, #32]\n" SCALE("q5", "r0", "q7") SCALE("q6", "r0", "q7") NARROWED
  "vstrb.16 q5, [r7], #8\n subs r5, #1\n bne .Lblock%=\n" LEAVE)

/* Two samples and four units; samples 2 and 3 are pushed last, and so come to q4 and q5. */
#define TWO(x, z)                                                                                                 \
  DOT("r0", "q4", x) DOT("r2", "q5", x) DOT("r4", "q6", x) DOT("r6", "q7", x)                                     \
  DOT("r8", "q4", z) DOT("r10", "q5", z) DOT("r12", "q6", z) DOT("lr", "q7", z) "push " SUMS
#define FOUR_BY_FOUR                                                                                              \
  NEXT("d8-d15") "ldm r3, " SUMS TWO("q0", "q1") "ldm r3!, " SUMS TWO("q2", "q3") "vldmia sp!, {d8-d15}\n"        \
  NEXT("d0-d5") SCALE("q4", "q0", "q1") SCALE("q5", "q0", "q1") SCALE("q6", "q0", "q1") SCALE("q7", "q0", "q1")   \
  "vqmovnb.s32 q4, q4\n vqmovnt.s32 q4, q5\n vqmovnb.s32 q6, q6\n vqmovnt.s32 q6, q7\n"                           \
  "vqmovnb.s16 q4, q4\n vqmovnt.s16 q4, q6\n vstrb.8 q4, [r7, q2]\n"
#define SAMPLES \
  NEXT("d8-d15") "vldrb.u8 q0, [r1, q4]\n vldrb.u8 q1, [r1, q5]\n vldrb.u8 q2, [r1, q6]\n vldrb.u8 q3, [r1, q7]\n"
#define AGAIN "vldmia sp, {d0-d7}\n"
CODE(four_4, ENTER("r4-r11") SAMPLES FOUR_BY_FOUR LEAVE)
#define FOURS(last)                                                                                               \
  ENTER("r0, r4-r11") ".Lgroup%=:\n" SAMPLES "vpush {d0-d7}\n .Lblock%=:\n" AGAIN FOUR_BY_FOUR                   \
  "subs r5, #1\n bne .Lblock%=\n" last "subs r9, #1\n beq .Ldone%=\n"                                          \
  "add sp, #64\n ldr r0, [sp, #64]\n ldrd r3, r5, [r0]\n ldrd r2, r4, [r0, #16]\n add r1, r2\n add r7, r4\n"    \
  "b .Lgroup%=\n .Ldone%=:\n vpop {d0-d15}\n pop {r0, r4-r11, pc}\n" /* the samples, and what was saved */
CODE(fours, FOURS())
/* Two more units: lanes are both of samples 0 and 1, and of 2 and 3. */
CODE(fours_and_2, FOURS(
  AGAIN NEXT("d8-d11") "ldm r3!, " SUMS DOT("r0", "q4", "q0") DOT("r2", "q5", "q0") DOT("r4", "q4", "q1") DOT("r6", "q5", "q1")
  DOT("r8", "q4", "q2") DOT("r10", "q5", "q2") DOT("r12", "q4", "q3") DOT("lr", "q5", "q3")
  "push " SUMS "vldmia sp!, {d8-d11}\n" NEXT("d0-d5") SCALE("q4", "q0", "q1") SCALE("q5", "q0", "q1")
  "vqmovnb.s32 q4, q4\n vqmovnt.s32 q4, q5\n vqmovnb.s16 q4, q4\n vstrb.16 q4, [r7, q2]\n"))
