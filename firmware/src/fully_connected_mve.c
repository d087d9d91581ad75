/* What `ek_fully_connected` computes for 64 inputs and more, a multiple of 4, on Helium.
 *
 * Blocking: sample by sample, blocks of 1, 2, 3, 4 or 8 units; 64 inputs at a time, then the rest of up to 4 vectors, of
 * which the last one ends where the sample does (it takes some inputs twice, with weights of 0). Nothing outside the input
 * is read. Weights and constants are one stream in the order of use.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with the biases; inputs in q4-q7,
 * weights in q0-q3; r1 input, r3 stream, r5 chunks, r7 output, r9 vectors of the rest, r11 samples left. Up to 4 units: r8 bytes
 * of the stream, r10 output zero point, r12 what takes the rest's last vector back, lr chunks left. Of more: on the stack.
 *
 * Budget, of n units: 5 n + 2 for 64 inputs, n to 5 n + 4 for the rest, requantization and stores 6 (1 unit), 9, 9, 8 (4) or
 * 13 (8), 4 a block, 4 a sample, 16 a call. One unit is requantized by QADD, SMMULR and SMMLAR, which round as VQRDMULH
 * twice and the addition of the zero point do; others as in conv_2d_mve.c. */
#include "edgekit/fully_connected_mve.h"

#define UNUSED __attribute__((unused))
#define NEXT(registers) "vldmia r3!, {" registers "}\n"
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
#define FOUR(a, v, b, w, c, x, d, y) NEXT("d0-d7") DOT(a, "q0", v) DOT(b, "q1", w) DOT(c, "q2", x) DOT(d, "q3", y)
/* Vectors of one unit, and two of two. */
#define ONE_1(a) NEXT("d0-d1") DOT(a, "q0", "q4")
#define ONE_2(a) NEXT("d0-d3") DOT(a, "q0", "q4") DOT(a, "q1", "q5")
#define ONE_3(a) NEXT("d0-d5") DOT(a, "q0", "q4") DOT(a, "q1", "q5") DOT(a, "q2", "q6")
#define ONE_4(a) FOUR(a, "q4", a, "q5", a, "q6", a, "q7")
#define TWO_2(a, b) FOUR(a, "q4", a, "q5", b, "q4", b, "q5")
/* Units of a block: of UNITS_n_v, n units of v vectors. */
#define UNITS_1_1 ONE_1("r0")
#define UNITS_1_2 ONE_2("r0")
#define UNITS_1_3 ONE_3("r0")
#define UNITS_1_4 ONE_4("r0")
#define UNITS_2_1 NEXT("d0-d3") DOT("r0", "q0", "q4") DOT("r2", "q1", "q4")
#define UNITS_2_2 TWO_2("r0", "r2")
#define UNITS_2_3 UNITS_1_3 ONE_3("r2")
#define UNITS_2_4 UNITS_1_4 ONE_4("r2")
#define UNITS_3_1 NEXT("d0-d5") DOT("r0", "q0", "q4") DOT("r2", "q1", "q4") DOT("r4", "q2", "q4")
#define UNITS_3_2 UNITS_2_2 ONE_2("r4")
#define UNITS_3_3 UNITS_2_3 ONE_3("r4")
#define UNITS_3_4 UNITS_2_4 ONE_4("r4")
#define UNITS_4_1 FOUR("r0", "q4", "r2", "q4", "r4", "q4", "r6", "q4")
#define UNITS_4_2 UNITS_2_2 TWO_2("r4", "r6")
#define UNITS_4_3 UNITS_3_3 ONE_3("r6")
#define UNITS_4_4 UNITS_3_4 ONE_4("r6")
#define UNITS_8_1 UNITS_4_1 FOUR("r8", "q4", "r10", "q4", "r12", "q4", "lr", "q4")
#define UNITS_8_2 UNITS_4_2 TWO_2("r8", "r10") TWO_2("r12", "lr")
#define UNITS_8_3 UNITS_4_3 ONE_3("r8") ONE_3("r10") ONE_3("r12") ONE_3("lr")
#define UNITS_8_4 UNITS_4_4 ONE_4("r8") ONE_4("r10") ONE_4("r12") ONE_4("lr")

#define X(q) "vldrb.8 " q ", [r1], #16\n"
/* The rest of a block of n units; `back` takes r1 to the last vector. */
#define REST(n, back)                                                                                             \
  "tbb [pc, r9]\n.Lrests" #n "%=:\n.byte (.Lrest0_" #n "%= - .Lrests" #n "%=) / 2, (.Lrest1_" #n "%= - .Lrests" #n \
  "%=) / 2, (.Lrest2_" #n "%= - .Lrests" #n "%=) / 2, (.Lrest3_" #n "%= - .Lrests" #n "%=) / 2, (.Lrest4_" #n      \
  "%= - .Lrests" #n "%=) / 2, 0\n"                                                                                \
  ".Lrest1_" #n "%=:\n" back X("q4") UNITS_##n##_1 "b .Lrest0_" #n "%=\n"                                         \
  ".Lrest2_" #n "%=:\n" X("q4") back X("q5") UNITS_##n##_2 "b .Lrest0_" #n "%=\n"                                 \
  ".Lrest3_" #n "%=:\n" X("q4") X("q5") back X("q6") UNITS_##n##_3 "b .Lrest0_" #n "%=\n"                         \
  ".Lrest4_" #n "%=:\n" X("q4") X("q5") X("q6") back X("q7") UNITS_##n##_4                                        \
  ".Lrest0_" #n "%=:\n"

#define FEW(n, biases, back)                                                                                        \
  biases "dls lr, r5\n.Lchunk" #n "%=:\n vldmia r1!, {d8-d15}\n" UNITS_##n##_4 "le lr, .Lchunk" #n "%=\n" REST(n, back)
#define SCALE NEXT("d4-d7") "vqrdmulh.s32 q0, q0, q2\n vqrdmlash.s32 q0, q3, r10\n vqmovnb.s32 q0, q0\n vqmovnb.s16 q0, q0\n"
#define BIAS(sums) "ldm r3!, {" sums "}\n"
#define SOME(n) "vpst\n vstrbt.32 q0, [r7], #" #n "\n"
#define BIASES_1 "ldr r0, [r3], #4\n"
#define BIASES_2 BIAS("r0, r2")
#define BIASES_3 BIAS("r0, r2, r4")
#define BIASES_4 BIAS("r0, r2, r4, r6")
#define END_1                                                                                                    \
  "ldrd r4, r6, [r3], #8\n qadd r0, r0, r0\n smmulr r0, r0, r4\n smmlar r0, r0, r6, r10\n ssat r0, #8, r0\n"     \
  "strb r0, [r7], #1\n"
#define END_2 "vmov.32 q0[0], r0\n vmov.32 q0[1], r2\n" SCALE SOME(2)
#define END_3 "vmov q0[2], q0[0], r0, r4\n vmov.32 q0[1], r2\n" SCALE SOME(3)
#define END_4 "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n" SCALE "vstrb.32 q0, [r7], #4\n"
#define NO_LANES(n)
#define LANES(n) "movs r4, #" #n "\n vctp.32 r4\n"

#define CONNECTED(n, lanes, again)                                                                                            \
  __attribute__((naked)) void ek_fully_connected_mve_##n(const ek_fully_connected_mve_t *p UNUSED,                     \
                                                         const int8_t *x UNUSED, int8_t *y UNUSED) {                   \
    __asm volatile(                                                                                                    \
        "push {r4-r11, lr}\n vpush {d8-d15}\n mov r7, r2\n" lanes(n) "ldm r0, {r3, r5, r8-r12}\n"                      \
        ".Lsample%=:\n" FEW(n, BIASES_##n, "add r1, r12\n") END_##n                                                    \
        again "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                                                 \
  }

/* The next sample: one instruction less where there is one, or where there is none. */
#define FOR_ONE "subs r11, #1\n beq .Lend%=\n sub r3, r8\n b .Lsample%=\n.Lend%=:\n"
#define FOR_SOME "sub r3, r8\n subs r11, #1\n bne .Lsample%=\n"
CONNECTED(1, NO_LANES, FOR_ONE)
CONNECTED(2, LANES, FOR_SOME)
CONNECTED(3, LANES, FOR_ONE)
CONNECTED(4, NO_LANES, FOR_SOME)

/* Four samples of 65 to 127 inputs into one unit, whose sums are the lanes of a vector: no loop, n vectors in the rest. */
#define SAMPLE(acc, n, rest, again)                                                                                    \
  "vldmia r1!, {d8-d15}\n vldmia r3, {d0-d7}\n" DOT(acc, "q0", "q4") DOT(acc, "q1", "q5") DOT(acc, "q2", "q6")          \
  DOT(acc, "q3", "q7") rest "vldmia r5" again ", {" WEIGHTS_##n "}\n" DOTS_##n(acc)
#define WEIGHTS_1 "d0-d1"
#define WEIGHTS_2 "d0-d3"
#define WEIGHTS_3 "d0-d5"
#define WEIGHTS_4 "d0-d7"
#define DOTS_1(acc) DOT(acc, "q0", "q4")
#define DOTS_2(acc) DOTS_1(acc) DOT(acc, "q1", "q5")
#define DOTS_3(acc) DOTS_2(acc) DOT(acc, "q2", "q6")
#define DOTS_4(acc) DOTS_3(acc) DOT(acc, "q3", "q7")
#define BACK "add r1, r12\n"
#define FOUR_SAMPLES(n, rest)                                                                                          \
  __attribute__((naked)) void ek_fully_connected_mve_four_##n(const ek_fully_connected_mve_t *p UNUSED,                \
                                                              const int8_t *x UNUSED, int8_t *y UNUSED) {              \
    __asm volatile(                                                                                                    \
        "push {r4-r11, lr}\n vpush {d8-d15}\n ldm r0, {r3, r5, r7, r9-r12}\n" BIAS("r0, r4, r6, r8") "add r5, r3, #64\n" \
        SAMPLE("r0", n, rest, "") SAMPLE("r4", n, rest, "") SAMPLE("r6", n, rest, "") SAMPLE("r8", n, rest, "!")       \
        "vmov q0[2], q0[0], r0, r6\n vmov q0[3], q0[1], r4, r8\n vldmia r5, {d4-d7}\n"                                 \
        "vqrdmulh.s32 q0, q0, q2\n vqrdmlash.s32 q0, q3, r10\n vqmovnb.s32 q0, q0\n vqmovnb.s16 q0, q0\n"             \
        "vstrb.32 q0, [r2]\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                                       \
  }
FOUR_SAMPLES(1, BACK X("q4"))
FOUR_SAMPLES(2, X("q4") BACK X("q5"))
FOUR_SAMPLES(3, X("q4") X("q5") BACK X("q6"))
FOUR_SAMPLES(4, X("q4") X("q5") X("q6") BACK X("q7"))

#define TO_VECTORS                                                                 \
  "vmov q0[2], q0[0], r0, r8\n vmov q0[3], q0[1], r4, r12\n"                      \
  "vmov q1[2], q1[0], r2, r10\n vmov q1[3], q1[1], r6, lr\n"
#define EIGHT                                                                                                     \
  ".Lblock8%=:\n" BIAS("r0, r2, r4, r6, r8, r10, r12, lr")                                                       \
  ".Lchunk8%=:\n vldmia r1!, {d8-d15}\n" UNITS_8_4 "subs r5, #1\n bne .Lchunk8%=\n"                              \
  REST(8, "ldr r5, [sp, #12]\n add r1, r5\n") TO_VECTORS NEXT("d4-d11") "ldr r2, [sp, #8]\n"                     \
  "vqrdmulh.s32 q0, q0, q2\n vqrdmulh.s32 q1, q1, q3\n vqrdmlash.s32 q0, q4, r2\n vqrdmlash.s32 q1, q5, r2\n"    \
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n vstrb.16 q0, [r7], #8\n"
#define BLOCK(n, lanes) \
  ".Lblock" #n "%=:\n ldrd r10, r12, [sp, #8]\n" lanes(n) FEW(n, BIASES_##n, "add r1, r12\n") END_##n "b .Lnext%=\n"
#define OFFSET(label) ".hword (" label "%= - .Lkinds%=) / 2\n"

/* Stack: 0 x, 4 chunks, 8 output zero point, 12 what takes the rest's last vector back, 16 in_c, 20 bytes of the stream. */
__attribute__((naked)) void ek_fully_connected_mve_blocks(const ek_fully_connected_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                          int8_t *y UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n vpush {d8-d15}\n mov r7, r2\n ldm r0!, {r3, r5, r8-r12}\n ldr r4, [r0]\n"
      "sub sp, #24\n strd r1, r5, [sp]\n strd r10, r12, [sp, #8]\n strd r4, r8, [sp, #16]\n"
      ".Lnext%=:\n ldrd r1, r5, [sp]\n ldr r0, [r3], #4\n tbh [pc, r0, lsl #1]\n"
      ".Lkinds%=:\n" OFFSET(".Lsample") OFFSET(".Lblock1") OFFSET(".Lblock2") OFFSET(".Lblock3") OFFSET(".Lblock4")
      OFFSET(".Lblock8")
      EIGHT "b .Lnext%=\n"
      BLOCK(1, NO_LANES) BLOCK(2, LANES) BLOCK(3, LANES) BLOCK(4, NO_LANES)
      ".Lsample%=:\n"
      "subs r11, #1\n beq .Lend%=\n ldrd r0, r2, [sp, #16]\n add r1, r0\n sub r3, r2\n str r1, [sp]\n b .Lnext%=\n"
      ".Lend%=:\n add sp, #24\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");
}
