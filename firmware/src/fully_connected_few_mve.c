/* What `ek_fully_connected` computes for few outputs in all, on Helium: one sample into 1 to 4 units or of up to
 * 16 inputs into 5 to 8 or 16, two to four into 1 or 2, four of 16 inputs into 3; also a 1x1 convolution of so many pixels. Such a layer takes
 * 20 to 60 instructions, so each function is one shape without a loop or a choice, and the biases come with the
 * parameters: the function's one LDM of them begins its sums.
 *
 * Blocking: all sums at once (16 units: 8 and 8), which moves of two or a PUSH and a VLDM bring to lanes. Four samples:
 * lanes are the samples of a unit. Of fewer than 16 inputs a gather makes a vector, with weights of 0 beyond the inputs;
 * of two or three samples some are taken, and stored, twice. Of 17 to 32 inputs the second vector ends where the sample
 * does: it takes some inputs twice, with weights of 0. Of 65 to 128 those after the first 64 are vectors that end where
 * the sample does, the same way. Input 33 of four samples is gathered as words, of one sample multiplied as a scalar.
 *
 * Registers: sums in even core registers, which is what VMLADAVA takes; r1 input, r2 output (or r7, where r2 has a sum).
 * Vectors as each function says; what is loaded at once takes registers whose values are used up.
 *
 * Budget, with the return: one sample of 16 inputs into 1, 2, 3, 4, 16 units 11, 15, 16, 17, 44, of fewer 11, 15, 17, 18, 45, into 8 28,
 * of 17 to 32 14, 20, 23, 26, of 33 15, 22, 25, 27; 64 into 2 24, up to 80, 96, 112, 128 29, 30, 33, 36; into 1 20 to 23.
 * Four samples of 16 inputs 18, 26, 37; of fewer 21, 30; of 17 to 32 into 1 28, into 2 42, of 33 31, 45. Requantization as
 * in conv_2d_mve.c, of a single output by QADD, SMMULR and SMMLAR, as in fully_connected_mve.c. */
#include "edgekit/fully_connected_few_mve.h"

#define UNUSED __attribute__((unused))
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
#define LOAD(registers) "vldmia r4!, {" registers "}\n" /* of the stream, where r4 has it */
#define SCALE(q, m, s, zero) "vqrdmulh.s32 " q ", " q ", " m "\n vqrdmlash.s32 " q ", " s ", " zero "\n"
#define TO_BYTES(q) "vqmovnb.s32 " q ", " q "\n vqmovnb.s16 " q ", " q "\n"
#define SUMS_8 "{r0, r2, r4, r6, r8, r10, r12, lr}"
#define SAVED(registers, code) "push {" registers ", lr}\n vpush {d8-d15}\n" code "vpop {d8-d15}\n pop {" registers ", pc}\n"
#define CODE(name, code)                                                                                          \
  __attribute__((naked)) void ek_fully_connected_few_mve_##name(const ek_fully_connected_few_mve_t *p UNUSED,     \
                                                                const int8_t *x UNUSED, int8_t *y UNUSED) {       \
    __asm volatile(code ::: "memory");                                                                            \
  }

/* Four samples into 2 units: filters in q4-q7, a sample in q0 and q1; unit 0 in the even halfwords, unit 1 in the odd
 * ones. */
#define X_AT(q, at) "vldrb.8 " q ", [r1, #" at "]\n"
#define SAMPLE(a, b, first, second) \
  X_AT("q0", first) X_AT("q1", second) DOT(a, "q0", "q4") DOT(a, "q1", "q5") DOT(b, "q0", "q6") DOT(b, "q1", "q7")
#define FOUR_SUMS(width, fields, last)                                                                                   \
  "mov r7, r2\n ldm r0, {" fields "}\n vldmia r3!, {d8-d15}\n" SAMPLE("r0", "r8", "0", last) \
  SAMPLE("r2", "r10", width, width "+" last)                                                                             \
  SAMPLE("r4", "r12", "2*" width, "2*" width "+" last) SAMPLE("r6", "lr", "3*" width, "3*" width "+" last)               \
  "push " SUMS_8 "\n vldmia sp!, {d0-d3}\n"
#define TWO_STORED "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n vstrb.16 q0, [r7]\n"
#define FOUR_2(width)                                                                                                \
  CODE(four_##width##x2, SAVED("r4-r11",                                                                             \
    FOUR_SUMS(#width, "r0, r2-r6, r8, r10, r12, lr", #width "-16") "vldmia r3, {d4-d11}\n"                            \
    SCALE("q0", "q2", "q4", "r5") SCALE("q1", "q3", "q5", "r5") TWO_STORED))
FOUR_2(20)
FOUR_2(24)
FOUR_2(28)
FOUR_2(30)
FOUR_2(32)
CODE(four_33x2, SAVED("r4-r11",
  FOUR_SUMS("33", "r0, r2-r6, r8-r12, lr", "16") "vldmia r3, {d4-d13}\n"
  "vldrb.s32 q7, [r1, q6]\n vmla.s32 q0, q7, r9\n vmla.s32 q1, q7, r11\n"
  SCALE("q0", "q2", "q4", "r5") SCALE("q1", "q3", "q5", "r5") TWO_STORED))

/* Four samples into one unit: its filter in q2 and q3, the stream at r4. */
#define SINGLE(a, first, second) X_AT("q0", first) X_AT("q1", second) DOT(a, "q0", "q2") DOT(a, "q1", "q3")
#define FOUR_LANES(a, b, c, d) "vmov q0[2], q0[0], " a ", " c "\n vmov q0[3], q0[1], " b ", " d "\n"
#define FOUR_STORED TO_BYTES("q0") "vstrb.32 q0, [r2]\n"
#define FOUR_1(width)                                                                                                \
  CODE(four_##width##x1,                                                                                             \
    "push {r4-r6, lr}\n ldm r0, {r0, r3, r4, r6, r12, lr}\n" LOAD("d4-d7") SINGLE("r0", "0", #width "-16")            \
    SINGLE("r6", #width, "2*" #width "-16") SINGLE("r12", "2*" #width, "3*" #width "-16")                             \
    SINGLE("lr", "3*" #width, "4*" #width "-16") FOUR_LANES("r0", "r6", "r12", "lr") LOAD("d2-d5")                    \
    SCALE("q0", "q1", "q2", "r3") FOUR_STORED "pop {r4-r6, pc}\n")
FOUR_1(20)
FOUR_1(24)
FOUR_1(28)
FOUR_1(30)
FOUR_1(32)
CODE(four_33x1,
  "push {r4-r6, lr}\n ldm r0, {r0, r3-r6, r12, lr}\n" LOAD("d4-d7") SINGLE("r0", "0", "16") SINGLE("r6", "33", "49")
  SINGLE("r12", "66", "82") SINGLE("lr", "99", "115") FOUR_LANES("r0", "r6", "r12", "lr")
  LOAD("d2-d3") "vldrb.s32 q2, [r1, q1]\n vmla.s32 q0, q2, r5\n" LOAD("d2-d5")
  SCALE("q0", "q1", "q2", "r3") FOUR_STORED "pop {r4-r6, pc}\n")

/* Four samples of 16 inputs into 1 or 2 units, two samples at a time in q0 and q1; multipliers of 2 in r9 and r11. */
#define TWO_X "vldmia r1!, {d0-d3}\n"
CODE(four_16x1,
  "push {r4-r6, lr}\n ldm r0, {r0, r3, r4, r6, r12, lr}\n" LOAD("d6-d7") TWO_X DOT("r0", "q0", "q3") DOT("r6", "q1", "q3")
  TWO_X DOT("r12", "q0", "q3") DOT("lr", "q1", "q3") FOUR_LANES("r0", "r6", "r12", "lr") LOAD("d2-d5")
  SCALE("q0", "q1", "q2", "r3") FOUR_STORED "pop {r4-r6, pc}\n")
CODE(four_16x2,
  "push {r4-r11, lr}\n mov r7, r2\n ldm r0, {r0, r2-r6, r8-r12, lr}\n vldmia r3!, {d4-d7}\n"
  TWO_X DOT("r0", "q0", "q2") DOT("r8", "q0", "q3") DOT("r2", "q1", "q2") DOT("r10", "q1", "q3")
  TWO_X DOT("r4", "q0", "q2") DOT("r12", "q0", "q3") DOT("r6", "q1", "q2") DOT("lr", "q1", "q3")
  "push " SUMS_8 "\n vldmia sp!, {d0-d3}\n vldmia r3, {d4-d7}\n"
  SCALE("q0", "r9", "q2", "r5") SCALE("q1", "r11", "q3", "r5") TWO_STORED "pop {r4-r11, pc}\n")

/* Up to four samples of up to 16 inputs into one unit, the filter in q0, places of two samples in q1 and q2, r5 from there
 * to the last two; into 2 units, places of all in q0-q3, filters in q4 and q5. */
#define GATHERED(x, places) "vldrb.u8 " x ", [r1, " places "]\n"
CODE(four_1x1,
  "push {r4-r6, lr}\n ldm r0, {r0, r3-r6, r12, lr}\n" LOAD("d0-d5") GATHERED("q3", "q1") DOT("r0", "q0", "q3")
  GATHERED("q3", "q2") DOT("r6", "q0", "q3") "add r1, r5\n" GATHERED("q3", "q1") DOT("r12", "q0", "q3")
  GATHERED("q3", "q2") DOT("lr", "q0", "q3") FOUR_LANES("r0", "r6", "r12", "lr") LOAD("d2-d7")
  SCALE("q0", "q1", "q2", "r3") TO_BYTES("q0") "vstrb.32 q0, [r2, q3]\n pop {r4-r6, pc}\n")
#define GATHERED_2(a, b, places) GATHERED("q6", places) DOT(a, "q4", "q6") DOT(b, "q5", "q6")
CODE(four_1x2, SAVED("r4-r11",
  "mov r7, r2\n ldm r0, {r0, r2-r6, r8, r10, r12, lr}\n vldmia r3!, {d0-d11}\n"
  GATHERED_2("r0", "r8", "q0") GATHERED_2("r2", "r10", "q1") GATHERED_2("r4", "r12", "q2") GATHERED_2("r6", "lr", "q3")
  "push " SUMS_8 "\n vldmia sp!, {d0-d3}\n vldmia r3, {d4-d13}\n" SCALE("q0", "q2", "q4", "r5") SCALE("q1", "q3", "q5", "r5")
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n vstrb.16 q0, [r7, q6]\n"))

/* Four samples of 16 inputs, q0-q3, into 3 units, filters in q4-q6; multipliers in r0 r5 r7. The sums of unit 1 of
 * samples 2 and 3 and of unit 2 are pushed first. Places of units 0 and 1 in q6, of unit 2 in q7. */
#define SUMS_6 "{r4, r6, r8, r10, r12, lr}\n"
#define FOUR_X(a, b, c, d, w) DOT(a, "q0", w) DOT(b, "q1", w) DOT(c, "q2", w) DOT(d, "q3", w)
CODE(four_16x3, SAVED("r4-r11",
  "vldmia r1, {d0-d7}\n ldm r0, {r0, r1, r3-r8, r10, r12, lr}\n vldmia r3!, {d8-d13}\n"
  DOT("r4", "q2", "q5") DOT("r6", "q3", "q5") FOUR_X("r8", "r10", "r12", "lr", "q6") "push " SUMS_6 "ldm r3!, " SUMS_6
  FOUR_X("r4", "r6", "r8", "r10", "q4") DOT("r12", "q0", "q5") DOT("lr", "q1", "q5") "push " SUMS_6
  "vldmia sp!, {d0-d5}\n vldmia r3, {d6-d15}\n"
  SCALE("q0", "r0", "q3", "r1") SCALE("q1", "r5", "q4", "r1") SCALE("q2", "r7", "q5", "r1")
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n vstrb.16 q0, [r2, q6]\n" TO_BYTES("q2") "vstrb.32 q2, [r2, q7]\n"))

/* 16 units of up to 16 inputs, q7: units 1, 5, 9, 13 and 3, 7, 11, 15 first, then the even ones, so that narrowing has them in
 * order. No output leaves 16 bits, whatever the input, so that the lower halves of words are what narrowing would make
 * of them. */
#define TO_16(name, input) CODE(one_##name##x16, SAVED("r4-r11",                                                             \
  "mov r7, r2\n ldm r0, {r0, r2-r6, r8, r10, r12, lr}\n" input "vldmia r3!, {d0-d13}\n"                                      \
  DOT("r0", "q0", "q7") DOT("r2", "q1", "q7") DOT("r4", "q2", "q7") DOT("r6", "q3", "q7") DOT("r8", "q4", "q7")              \
  DOT("r10", "q5", "q7") DOT("r12", "q6", "q7") "vldmia r3!, {d0-d13}\n" DOT("lr", "q0", "q7") "push " SUMS_8 "\n"           \
  "ldm r3!, " SUMS_8 "\n" DOT("r0", "q1", "q7") DOT("r2", "q2", "q7") DOT("r4", "q3", "q7") DOT("r6", "q4", "q7")            \
  DOT("r8", "q5", "q7") DOT("r10", "q6", "q7") "vldmia r3!, {d0-d11}\n" DOT("r12", "q4", "q7") DOT("lr", "q5", "q7")         \
  "push " SUMS_8 "\n vldmia sp!, {d8-d15}\n"                                                                                 \
  "vqrdmulh.s32 q4, q4, q0\n vqrdmulh.s32 q5, q5, q1\n vqrdmulh.s32 q6, q6, q2\n vqrdmulh.s32 q7, q7, q3\n vldmia r3, {d0-d7}\n"\
  "vqrdmlash.s32 q4, q0, r5\n vqrdmlash.s32 q5, q1, r5\n vqrdmlash.s32 q6, q2, r5\n vqrdmlash.s32 q7, q3, r5\n"              \
  "vqmovnt.s32 q4, q5\n vqmovnt.s32 q6, q7\n"                                                                                \
  "vqmovnb.s16 q4, q4\n vqmovnt.s16 q4, q6\n vstrb.8 q4, [r7]\n"))
TO_16(1, "vldrb.8 q0, [r3], #16\n" GATHERED("q7", "q0"))
TO_16(16, "vldrb.8 q7, [r1]\n")

/* 1 to 4 units of one sample: 16 inputs in q3, or 17 to 32 in q2 and q3. Lanes of 2 and 3 units are 0 1 0 1 and 0 1 2 2,
 * stored at such offsets. */
#define ONE(name, fields, code) CODE(one_##name, "push {r4-r6, lr}\n ldm r0, {" fields "}\n" code "pop {r4-r6, pc}\n")
#define ALONE "qadd r0, r0, r0\n smmulr r0, r0, r6\n smmlar r0, r0, r12, r3\n ssat r0, #8, r0\n strb r0, [r2]\n"
#define STORED_AT(lanes) lanes LOAD("d2-d7") SCALE("q0", "q1", "q2", "r3") TO_BYTES("q0") "vstrb.32 q0, [r2, q3]\n"
#define LANES_2 FOUR_LANES("r0", "r6", "r0", "r6")
#define LANES_3 FOUR_LANES("r0", "r6", "r12", "r12")
#define LANES_4 FOUR_LANES("r0", "r6", "r12", "lr")
#define X_16 "vldrb.8 q3, [r1]\n"
#define X_2 "vldrb.8 q2, [r1]\n add r1, r5\n vldrb.8 q3, [r1]\n"
#define UNIT_2(a) LOAD("d0-d3") DOT(a, "q0", "q2") DOT(a, "q1", "q3")
ONE(16x1, "r0, r3-r6, r12", X_16 LOAD("d0-d1") DOT("r0", "q0", "q3") ALONE)
ONE(16x2, "r0, r3-r6", X_16 LOAD("d0-d3") DOT("r0", "q0", "q3") DOT("r6", "q1", "q3") STORED_AT(LANES_2))
ONE(16x3, "r0, r3-r6, r12",
    X_16 LOAD("d0-d5") DOT("r0", "q0", "q3") DOT("r6", "q1", "q3") DOT("r12", "q2", "q3") STORED_AT(LANES_3))
ONE(16x4, "r0, r3-r6, r12, lr",
    X_16 LOAD("d0-d5") DOT("r0", "q0", "q3") DOT("r6", "q1", "q3") DOT("r12", "q2", "q3") LOAD("d0-d5") DOT("lr", "q0", "q3")
    LANES_4 SCALE("q0", "q1", "q2", "r3") FOUR_STORED)
/* 8 units of up to 16 inputs, gathered into q7, and 5 to 7: even ones' sums are in r0 r2 r4 r6, which the stack takes to q5. */
#define TO_8(name, fields, store)                                                                                      \
  CODE(one_1x##name, SAVED("r4-r11",                                                                                   \
    "mov r7, r2\n ldm r0, {r0, r2-r6, " fields "}\n vldrb.8 q0, [r3], #16\n" GATHERED("q7", "q0")                      \
    "vldmia r3!, {d0-d13}\n" DOT("r0", "q0", "q7") DOT("r2", "q1", "q7") DOT("r4", "q2", "q7") DOT("r6", "q3", "q7")    \
    DOT("r8", "q4", "q7") DOT("r10", "q5", "q7") DOT("r12", "q6", "q7") "vldmia r3, {d0-d9}\n" DOT("lr", "q0", "q7")    \
    "push " SUMS_8 "\n vldmia sp!, {d10-d13}\n" SCALE("q5", "q1", "q3", "r5") SCALE("q6", "q2", "q4", "r5")             \
    "vqmovnb.s32 q5, q5\n vqmovnt.s32 q5, q6\n vqmovnb.s16 q5, q5\n" store))
TO_8(8, "r8, r10, r12, lr", "vstrb.16 q5, [r7]\n")
TO_8(7, "r8-r10, r12, lr", "vctp.16 r9\n vpst\n vstrbt.16 q5, [r7]\n")

/* Up to 15 inputs, gathered into q3 from places in q0. */
#define X_1 GATHERED("q3", "q0")
ONE(1x1, "r0, r3-r6, r12", LOAD("d0-d3") X_1 DOT("r0", "q1", "q3") ALONE)
ONE(1x2, "r0, r3-r6", LOAD("d0-d5") X_1 DOT("r0", "q1", "q3") DOT("r6", "q2", "q3") STORED_AT(LANES_2))
ONE(1x3, "r0, r3-r6, r12",
    LOAD("d0-d5") X_1 DOT("r0", "q1", "q3") DOT("r6", "q2", "q3") LOAD("d0-d1") DOT("r12", "q0", "q3") STORED_AT(LANES_3))
ONE(1x4, "r0, r3-r6, r12, lr",
    LOAD("d0-d5") X_1 DOT("r0", "q1", "q3") DOT("r6", "q2", "q3") LOAD("d0-d3") DOT("r12", "q0", "q3") DOT("lr", "q1", "q3")
    LANES_4 LOAD("d2-d5") SCALE("q0", "q1", "q2", "r3") FOUR_STORED)
ONE(2x1, "r0, r3-r6, r12", X_2 UNIT_2("r0") ALONE)
ONE(2x2, "r0, r3-r6", X_2 UNIT_2("r0") UNIT_2("r6") STORED_AT(LANES_2))
ONE(2x3, "r0, r3-r6, r12", X_2 UNIT_2("r0") UNIT_2("r6") UNIT_2("r12") STORED_AT(LANES_3))
ONE(2x4, "r0, r3-r6, r12, lr",
    X_2 UNIT_2("r0") UNIT_2("r6") UNIT_2("r12") UNIT_2("lr") LANES_4 LOAD("d2-d5") SCALE("q0", "q1", "q2", "r3") FOUR_STORED)
/* 33 inputs, the last one in r1. */
#define X_33 "vldrb.8 q2, [r1], #16\n vldrb.8 q3, [r1], #16\n"
#define LAST_33(lanes) \
  "ldrsb r1, [r1]\n" lanes LOAD("d2-d7") "vmla.s32 q0, q1, r1\n" SCALE("q0", "q2", "q3", "r3") TO_BYTES("q0")
#define AT_33 "vldrb.8 q1, [r4]\n vstrb.32 q0, [r2, q1]\n"
ONE(33x1, "r0, r3-r6, r12", X_33 UNIT_2("r0") "ldrsb r1, [r1]\n mla r0, r1, r5, r0\n" ALONE)
ONE(33x2, "r0, r3-r6", X_33 UNIT_2("r0") UNIT_2("r6") LAST_33(LANES_2) AT_33)
ONE(33x3, "r0, r3-r6, r12", X_33 UNIT_2("r0") UNIT_2("r6") UNIT_2("r12") LAST_33(LANES_3) AT_33)
ONE(33x4, "r0, r3-r6, r12, lr",
    X_33 UNIT_2("r0") UNIT_2("r6") UNIT_2("r12") UNIT_2("lr") LAST_33(LANES_4) "vstrb.32 q0, [r2]\n")

/* 2 units of one sample, 64 inputs and `rest` vectors; weights unit by unit of a vector. While the last two vectors of
 * the 64 are multiplied, q4 and q5 get the weights of the last one of the rest. Lanes are 0 0 1 1, stored at offsets 0 0
 * 1 1. */
#define PAIR(v, w, x) DOT("r0", v, x) DOT("r12", w, x)
#define STORED_2(m, s, to)                                                                                             \
  "vmov q0[2], q0[0], r0, r12\n vmov q0[3], q0[1], r0, r12\n" SCALE("q0", m, s, "r3") TO_BYTES("q0") "vstrb.32 q0, [r2, " to "]\n"
#define LONG_2(name, rest) \
  CODE(one_##name##x2, SAVED("r4-r5", \
    "ldm r0, {r0, r3-r5, r12}\n vldmia r1, {d8-d15}\n" LOAD("d0-d7") PAIR("q0", "q1", "q4") PAIR("q2", "q3", "q5") \
    LOAD("d0-d11") PAIR("q0", "q1", "q6") PAIR("q2", "q3", "q7") rest))
#define LATER "add r1, r5\n vldmia r1, "
#define PLACES "vldrb.8 q1, [r4]\n"
LONG_2(64, PLACES STORED_2("q4", "q5", "q1"))
LONG_2(80, LATER "{d0-d1}\n" PAIR("q4", "q5", "q0") LOAD("d2-d7") STORED_2("q2", "q3", "q1"))
LONG_2(96, LATER "{d0-d3}\n" PAIR("q4", "q5", "q1") LOAD("d4-d13") PAIR("q2", "q3", "q0") STORED_2("q4", "q5", "q6"))
LONG_2(112, LATER "{d0-d5}\n" PAIR("q4", "q5", "q2") LOAD("d4-d15") PAIR("q2", "q3", "q0") PAIR("q4", "q5", "q1")
       PLACES STORED_2("q6", "q7", "q1"))
LONG_2(128, LATER "{d0-d7}\n" PAIR("q4", "q5", "q3") LOAD("d8-d15") PAIR("q4", "q5", "q0") PAIR("q6", "q7", "q1")
       LOAD("d6-d15") PAIR("q3", "q4", "q2") STORED_2("q5", "q6", "q7"))

/* One unit of one sample, the same way: multiplier in r6, twice the second one in r12. */
#define LONG_1(name, count, products)                                                                                  \
  CODE(one_##name##x1, SAVED("r4-r6",                                                                                  \
    "ldm r0, {r0, r3-r6, r12}\n vldmia r1, {d8-d15}\n" LOAD("d0-d7") DOT("r0", "q0", "q4") DOT("r0", "q1", "q5")        \
    DOT("r0", "q2", "q6") DOT("r0", "q3", "q7") "add r1, r5\n vldmia r1, {d8-d" count "}\n" products                    \
    ALONE))
#define PRODUCTS_1 LOAD("d0-d1") DOT("r0", "q0", "q4")
#define PRODUCTS_2 LOAD("d0-d3") DOT("r0", "q0", "q4") DOT("r0", "q1", "q5")
#define PRODUCTS_3 LOAD("d0-d5") DOT("r0", "q0", "q4") DOT("r0", "q1", "q5") DOT("r0", "q2", "q6")
#define PRODUCTS_4 LOAD("d0-d7") DOT("r0", "q0", "q4") DOT("r0", "q1", "q5") DOT("r0", "q2", "q6") DOT("r0", "q3", "q7")
LONG_1(80, "9", PRODUCTS_1)
LONG_1(96, "11", PRODUCTS_2)
LONG_1(112, "13", PRODUCTS_3)
LONG_1(128, "15", PRODUCTS_4)
