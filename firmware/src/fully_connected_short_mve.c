/* What `ek_fully_connected` computes for 16 to 64 inputs and the numbers of units that small networks have, on Helium;
 * also a 1x1 convolution of one pixel. Such a layer takes some 50 instructions, of which entering and leaving, loops and
 * a choice of code would be a third: each function is one shape, from its entry to its end.
 *
 * Blocking: a sample in registers; all its units one after another, 2 before 8. Four bytes are stored of those 2, the
 * upper two of which the next units overwrite. Input 33 is a multiplication of a vector by a scalar. Of 17 to 32 inputs
 * the second vector ends where the sample does: it takes some inputs twice, with weights of 0.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with the biases (up to 4
 * units: r0 r4 r6 r8); the sample in the last of q4-q7, weights, sums and constants in the others; r1 input, r3 stream,
 * r5 what the second vector is after the first, or input 33; r7 output (up to 4 units: r2), r9 samples left, r11 output
 * zero point.
 *
 * Budget: 21 instructions for 8 units of 16 inputs, 31 of 32, 34 of 33; 11 for 2 of 16, 13 of 32, 15 of 33; 20 for 4 of
 * 32, 22 of 33; 17 a call, 1 to 3 a sample for its loads, 4 to take the next (2 up to 4 units). Requantization as in
 * conv_2d_mve.c. */
#include "edgekit/fully_connected_short_mve.h"

#define UNUSED __attribute__((unused))
#define BIAS(sums) "ldm r3!, {" sums "}\n"
#define NEXT(registers) "vldmia r3!, {" registers "}\n"
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
#define SCALE(q, m, s) "vqrdmulh.s32 " q ", " q ", " m "\n vqrdmlash.s32 " q ", " s ", r11\n"
#define TO_BYTES "vqmovnb.s32 q0, q0\n vqmovnb.s16 q0, q0\n"
#define LANES(q, a, b, c, d) "vmov " q "[2], " q "[0], " a ", " c "\n vmov " q "[3], " q "[1], " b ", " d "\n"

/* 8 units: even ones in r0 r2 r4 r6, which the stack takes to `e`, odd ones in the others, to `o`. */
#define ALL BIAS("r0, r2, r4, r6, r8, r10, r12, lr")
#define ALL_LANES(registers) "push {r0, r2, r4, r6, r8, r10, r12, lr}\n vldmia sp!, {" registers "}\n"
#define ALL_STORED(e, o) "vqmovnb.s32 " e ", " e "\n vqmovnt.s32 " e ", " o "\n vqmovnb.s16 " e ", " e "\n vstrb.16 " e ", [r7], #8\n"
#define EIGHT_16                                                                                                   \
  ALL NEXT("d0-d13") DOT("r0", "q0", "q7") DOT("r2", "q1", "q7") DOT("r4", "q2", "q7") DOT("r6", "q3", "q7")       \
  DOT("r8", "q4", "q7") DOT("r10", "q5", "q7") DOT("r12", "q6", "q7") NEXT("d0-d9") DOT("lr", "q0", "q7")          \
  ALL_LANES("d10-d13") SCALE("q5", "q1", "q3") SCALE("q6", "q2", "q4") ALL_STORED("q5", "q6")
#define ONE(a, v, w) DOT(a, v, "q6") DOT(a, w, "q7")
#define THREE(a, b, c) NEXT("d0-d11") ONE(a, "q0", "q1") ONE(b, "q2", "q3") ONE(c, "q4", "q5")
#define EIGHT_SUMS \
  ALL THREE("r0", "r2", "r4") THREE("r6", "r8", "r10") NEXT("d0-d7") ONE("r12", "q0", "q1") ONE("lr", "q2", "q3") ALL_LANES("d0-d3")
#define EIGHT_2 EIGHT_SUMS NEXT("d4-d11") SCALE("q0", "q2", "q4") SCALE("q1", "q3", "q5") ALL_STORED("q0", "q1")
#define EIGHT_2_LAST EIGHT_2
#define MORE(q, w) "vmla.s32 " q ", " w ", r5\n"
#define EIGHT_33 \
  EIGHT_SUMS NEXT("d4-d7") MORE("q0", "q2") MORE("q1", "q3") NEXT("d4-d11") SCALE("q0", "q2", "q4") SCALE("q1", "q3", "q5") \
  ALL_STORED("q0", "q1")
/* The sample's registers are free after the last block. */
#define EIGHT_33_LAST \
  EIGHT_SUMS NEXT("d4-d15") MORE("q0", "q2") MORE("q1", "q3") SCALE("q0", "q4", "q6") SCALE("q1", "q5", "q7") ALL_STORED("q0", "q1")
/* 2 units before others. */
#define TWO_SUMS BIAS("r0, r2") NEXT("d0-d11") ONE("r0", "q0", "q1") ONE("r2", "q2", "q3") "vmov.32 q0[0], r0\n vmov.32 q0[1], r2\n"
#define TWO_STORED TO_BYTES "vstrb.32 q0, [r7], #2\n"
#define TWO_2 TWO_SUMS SCALE("q0", "q4", "q5") TWO_STORED
#define TWO_16 \
  BIAS("r0, r2") NEXT("d0-d7") DOT("r0", "q0", "q7") DOT("r2", "q1", "q7") "vmov.32 q0[0], r0\n vmov.32 q0[1], r2\n" \
  SCALE("q0", "q2", "q3") TWO_STORED
#define TWO_33 TWO_SUMS NEXT("d2-d3") MORE("q0", "q4") SCALE("q0", "q5", "q1") TWO_STORED
/* 4 units alone, whose stream stays: biases at r3, the weights of 3 units at r7, what follows at r10. */
#define FOUR_STAYS "add r7, r3, #16\n add r10, r3, #112\n"
#define FOUR_SUMS(registers)                                                                                   \
  "ldm r3, {r0, r4, r6, r8}\n vldmia r7, {d0-d11}\n" ONE("r0", "q0", "q1") ONE("r4", "q2", "q3") ONE("r6", "q4", "q5") \
  "vldmia r10, {" registers "}\n" ONE("r8", "q0", "q1") LANES("q0", "r0", "r4", "r6", "r8")
#define FOUR_STORED TO_BYTES "vstrb.32 q0, [r2], #4\n"
#define FOUR_2 FOUR_SUMS("d0-d7") SCALE("q0", "q2", "q3") FOUR_STORED
#define FOUR_33 FOUR_SUMS("d0-d9") MORE("q0", "q2") SCALE("q0", "q3", "q4") FOUR_STORED

#define SAMPLE_16 "vldrb.8 q7, [r1], #16\n"
#define SAMPLE_24 "vldmia r1, {d12-d14}\n"
#define SAMPLE_2 "vldrb.8 q6, [r1]\n add r1, r5\n vldrb.8 q7, [r1], #16\n"
#define SAMPLE_33 "vldrb.8 q6, [r1], #16\n vldrb.8 q7, [r1], #16\n ldrsb r5, [r1], #1\n"

#define CODE(name, code)                                                                                              \
  __attribute__((naked)) void ek_fully_connected_short_mve_##name(const ek_fully_connected_short_mve_t *p UNUSED,     \
                                                                  const int8_t *x UNUSED, int8_t *y UNUSED) {         \
    __asm volatile("push {r4-r11, lr}\n vpush {d8-d15}\n" code "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");   \
  }
#define FIELDS "mov r7, r2\n ldm r0, {r3, r5, r9, r11}\n"
/* Of one sample, and sample by sample, with `bytes` of the stream. */
#define SINGLE(name, code) CODE(one_##name, FIELDS code)
#define SAMPLES(name, bytes, code) \
  CODE(name, FIELDS ".Lsample%=:\n" code "subs r9, #1\n beq .Lend%=\n sub r3, #" bytes "\n b .Lsample%=\n.Lend%=:\n")
#define FEW_FIELDS "ldm r0, {r3, r5, r9, r11, r12}\n"
#define FEW(name, before, code) CODE(name, FEW_FIELDS before "dls lr, r9\n.Lsample%=:\n" code "le lr, .Lsample%=\n")

SAMPLES(16x16, "448", SAMPLE_16 EIGHT_16 EIGHT_16)
SINGLE(16x8n, SAMPLE_16 "add r9, r3\n.Lblock%=:\n" EIGHT_16 "cmp r3, r9\n bne .Lblock%=\n")
SINGLE(16x10, SAMPLE_16 TWO_16 EIGHT_16)
SINGLE(24x10, SAMPLE_24 TWO_2 EIGHT_2_LAST)
SINGLE(2x8, SAMPLE_2 EIGHT_2_LAST)
SINGLE(2x10, SAMPLE_2 TWO_2 EIGHT_2_LAST)
FEW(2x4, FOUR_STAYS, SAMPLE_2 FOUR_2)
SAMPLES(2x8, "352", SAMPLE_2 EIGHT_2_LAST)
SAMPLES(2x10, "456", SAMPLE_2 TWO_2 EIGHT_2_LAST)
SAMPLES(2x16, "704", SAMPLE_2 EIGHT_2 EIGHT_2_LAST)
FEW(33x4, FOUR_STAYS, SAMPLE_33 FOUR_33)
SAMPLES(33x8, "384", SAMPLE_33 EIGHT_33_LAST)
SAMPLES(33x10, "504", SAMPLE_33 TWO_33 EIGHT_33_LAST)
SAMPLES(33x16, "768", SAMPLE_33 EIGHT_33 EIGHT_33_LAST)

/* Four samples of 16 inputs in q0-q3, whose sums of 4 units go to vectors by way of the stack: the upper half of it takes
 * samples 2 and 3 (r9). Bytes of a vector are of samples 0, 2, 1, 3 by turns; a vector of the stream has their places. */
#define SAMPLES_4 "vldmia r1, {d0-d7}\n"
#define UNITS_4(a, b, c, d, x) DOT(a, "q4", x) DOT(b, "q5", x) DOT(c, "q6", x) DOT(d, "q7", x)
#define TWO_SAMPLES(x, z) UNITS_4("r0", "r2", "r4", "r6", x) UNITS_4("r8", "r10", "r12", "lr", z)
#define SUMS_8 "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define FOUR_BY_4                                                                                                   \
  SAMPLES_4 "ldm r3, " SUMS_8 "vldmia r5!, {d8-d15}\n" TWO_SAMPLES("q0", "q1") "stm sp, " SUMS_8 "ldm r3!, " SUMS_8 \
  TWO_SAMPLES("q2", "q3") "stm r9, " SUMS_8 "vldmia sp, {d8-d15}\n vldmia r5!, {d0-d5}\n"                           \
  FOUR_OF_4 "adds r7, #4\n"
#define FOUR_OF_4                                                                                                   \
  SCALE("q4", "q0", "q1") SCALE("q5", "q0", "q1") SCALE("q6", "q0", "q1") SCALE("q7", "q0", "q1")                   \
  "vqmovnb.s32 q4, q4\n vqmovnt.s32 q4, q5\n vqmovnb.s32 q6, q6\n vqmovnt.s32 q6, q7\n"                             \
  "vqmovnb.s16 q4, q4\n vqmovnt.s16 q4, q6\n vstrb.8 q4, [r7, q2]\n"
/* The same of the last 2 units: samples 0 and 1 in one vector, 2 and 3 in the other. */
#define FOUR_BY_2                                                                                                   \
  SAMPLES_4 "ldm r3, " SUMS_8 "vldmia r5!, {d8-d15}\n" DOT("r0", "q4", "q0") DOT("r2", "q5", "q0")                  \
  DOT("r4", "q4", "q1") DOT("r6", "q5", "q1") DOT("r8", "q4", "q2") DOT("r10", "q5", "q2") DOT("r12", "q4", "q3")   \
  DOT("lr", "q5", "q3") "stm sp, " SUMS_8 "vldmia sp, {d0-d3}\n vldmia r5, {d4-d5}\n"                               \
  SCALE("q0", "q6", "q7") SCALE("q1", "q6", "q7") "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n"  \
  "vstrb.16 q0, [r7, q2]\n"
#define FOURS(name, code)                                                                         \
  CODE(four_##name, "mov r7, r2\n ldm r0, {r3, r5, r9, r11}\n add r5, r3\n sub sp, #64\n add r9, sp, #32\n" code "add sp, #64\n")
FOURS(16x8, FOUR_BY_4 FOUR_BY_4)
FOURS(16x10, FOUR_BY_4 FOUR_BY_4 FOUR_BY_2)

/* 4 units alone: weights, biases, constants; sums of samples 2 and 3 are pushed last, so that they come first. */
CODE(four_16x4, FIELDS SAMPLES_4 NEXT("d8-d15") "ldm r3, " SUMS_8 TWO_SAMPLES("q0", "q1") "push " SUMS_8 "ldm r3!, " SUMS_8
     TWO_SAMPLES("q2", "q3") "push " SUMS_8 "vldmia sp, {d8-d15}\n" NEXT("d0-d5") FOUR_OF_4 "add sp, #64\n")

/* Four samples into 3 units, whose filters stay in q2-q7 until all 12 sums are on the stack: those of samples 2 and 3, then
 * of 0 and 1. Their order there is that of three vectors. The last one fills odd and even halfwords, so that 16 bytes have
 * places, four of them twice. */
#define SAMPLE_2_LOW "vldrb.8 q0, [r1]\n add r1, r5\n vldrb.8 q1, [r1], #16\n"
#define SAMPLE_33_LOW "vldrb.8 q0, [r1], #16\n vldrb.8 q1, [r1], #16\n ldrsb r12, [r1], #1\n"
#define ONE_LOW(a, v, w) DOT(a, "q0", v) DOT(a, "q1", w)
#define THREE_LOW(a, b, c) ONE_LOW(a, "q2", "q3") ONE_LOW(b, "q4", "q5") ONE_LOW(c, "q6", "q7")
#define LAST_INPUT(a, b, c) "mla " a ", r12, r5, " a "\n mla " b ", r12, r9, " b "\n mla " c ", r12, lr, " c "\n"
#define NONE(a, b, c)
#define SUMS_6 "{r0, r2, r4, r6, r8, r10}\n"
#define PAIR_OF_3(biases, sample, last)                                                                             \
  biases SUMS_6 sample THREE_LOW("r0", "r2", "r4") last("r0", "r2", "r4") sample THREE_LOW("r6", "r8", "r10")       \
  last("r6", "r8", "r10") "push " SUMS_6
#define FOUR_BY_3(words, sample, last)                                                                              \
  NEXT("d4-d15") words PAIR_OF_3("ldm r3, ", sample, last) PAIR_OF_3("ldm r3!, ", sample, last)                     \
  "vldmia sp, {d0-d5}\n" NEXT("d6-d15")                                                                             \
  "vqrdmulh.s32 q0, q0, q3\n vqrdmulh.s32 q1, q1, q4\n vqrdmulh.s32 q2, q2, q5\n"                                   \
  "vqrdmlash.s32 q0, q6, r11\n vqrdmlash.s32 q1, q7, r11\n" NEXT("d6-d9") "vqrdmlash.s32 q2, q3, r11\n"             \
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s32 q3, q2\n vqmovnt.s32 q3, q2\n"                             \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q3\n vstrb.8 q0, [r7, q4]\n add sp, #48\n"
CODE(four_2x3, FIELDS FOUR_BY_3("", SAMPLE_2_LOW, NONE))
CODE(four_33x3, FIELDS FOUR_BY_3("ldm r3!, {r5, r9, lr}\n", SAMPLE_33_LOW, LAST_INPUT))

/* Of 64 inputs, stored with as many lanes as there are units. */
#define ONE_64(a) NEXT("d0-d7") DOT(a, "q0", "q4") DOT(a, "q1", "q5") DOT(a, "q2", "q6") DOT(a, "q3", "q7")
#define SOME_64(n) NEXT("d4-d7") SCALE("q0", "q2", "q3") TO_BYTES "vpst\n vstrbt.32 q0, [r2], #" n "\n"
#define SAMPLE_64 "vldmia r1!, {d8-d15}\n"
#define TWO_64 BIAS("r0, r4") ONE_64("r0") ONE_64("r4") "vmov.32 q0[0], r0\n vmov.32 q0[1], r4\n" SOME_64("2")
#define THREE_64                                                                                                 \
  BIAS("r0, r4, r6") ONE_64("r0") ONE_64("r4") ONE_64("r6") "vmov q0[2], q0[0], r0, r6\n vmov.32 q0[1], r4\n"    \
  SOME_64("3")
FEW(64x2, "vctp.32 r12\n", SAMPLE_64 TWO_64 "sub r3, #168\n")
CODE(one_64x3, FEW_FIELDS "vctp.32 r12\n" SAMPLE_64 THREE_64)
/* Four samples into one unit, whose sums are the lanes of a vector and whose filter stays. */
#define PASSING(a) "vldmia r1!, {d0-d7}\n" DOT(a, "q0", "q4") DOT(a, "q1", "q5") DOT(a, "q2", "q6") DOT(a, "q3", "q7")
CODE(four_64x1, FEW_FIELDS NEXT("d8-d15") BIAS("r0, r4, r6, r8") PASSING("r0") PASSING("r4") PASSING("r6") PASSING("r8")
     LANES("q0", "r0", "r4", "r6", "r8") NEXT("d4-d7") SCALE("q0", "q2", "q3") TO_BYTES "vstrb.32 q0, [r2]\n")
