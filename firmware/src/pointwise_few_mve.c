/* What `ek_conv_2d` computes for 1x1 kernels of 16, 24, 32 or 64 channels into 1, 3 or 4 and any stride, on Helium.
 *
 * Blocking: filters stay in registers while groups of pixels pass, 8 for one channel or for 16 into 3, else 2 (as where
 * there are fewer than 8), so that vectors are full of outputs. Pixels lie one after another, or where a table says.
 * Where some are left, the last group overlaps with the one before it.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with the biases, or with
 * places of pixels, which the sums then overwrite; filters in the highest of q0-q7, constants below, then pixels; sums
 * in q0 and q1. r1 input, r3 stream (or the bias), r5 output zero point, r7 output, r9 end of the input (or where the
 * table has got to, and r11 its end). Stack: y_back, x_back. A pixel of 24 channels is three double words; the fourth
 * keeps what it had, and its weights are 0.
 *
 * Budget, of a group: one channel 25 instructions of 16 inputs, 39 of 24, 35 of 32 (by the table 41, 49, 49; 64 inputs
 * 67); three channels 65 of 16 by eights (by the table 81), else 23, 33 of 24, 32 of 32, four 26 of 16 (by the table 4,
 * 3, 4 and 4 more); 22 a call. Requantization as in conv_2d_mve.c. */
#include "edgekit/pointwise_few_mve.h"

#define UNUSED __attribute__((unused))
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
#define FIRST(acc, w, x) "vmladav.s8 " acc ", " w ", " x "\n"
#define LANES(q, a, b, c, d) "vmov " q "[2], " q "[0], " a ", " c "\n vmov " q "[3], " q "[1], " b ", " d "\n"
#define SCALE(q, m, s) "vqrdmulh.s32 " q ", " q ", " m "\n vqrdmlash.s32 " q ", " s ", r5\n"
#define NARROW "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n"
#define EVERY(do) do("r0") do("r2") do("r4") do("r6") do("r8") do("r10") do("r12") do("lr")

/* Eight pixels of one channel: even ones to q0, odd ones to q1. */
#define EIGHT_LANES LANES("q0", "r0", "r4", "r8", "r12") LANES("q1", "r2", "r6", "r10", "lr")
#define EIGHT_SCALED(m, s) SCALE("q0", m, s) SCALE("q1", m, s) NARROW "vstrb.16 q0, [r7], #8\n"
#define BIASES "ldm r3, {r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define FOUR_16(a, b, c, d) "vldmia r1!, {d0-d7}\n" DOT(a, "q0", "q7") DOT(b, "q1", "q7") DOT(c, "q2", "q7") DOT(d, "q3", "q7")
#define ONE_24(a) "vldmia r1!, {d0-d2}\n" DOT(a, "q0", "q6") DOT(a, "q1", "q7")
#define TWO_32(a, b) "vldmia r1!, {d0-d7}\n" DOT(a, "q0", "q6") DOT(a, "q1", "q7") DOT(b, "q2", "q6") DOT(b, "q3", "q7")
#define PIXELS_16x1 \
  BIASES FOUR_16("r0", "r2", "r4", "r6") FOUR_16("r8", "r10", "r12", "lr") EIGHT_LANES EIGHT_SCALED("q5", "q6")
#define PIXELS_24x1 BIASES EVERY(ONE_24) EIGHT_LANES EIGHT_SCALED("q4", "q5")
#define PIXELS_32x1 \
  BIASES TWO_32("r0", "r2") TWO_32("r4", "r6") TWO_32("r8", "r10") TWO_32("r12", "lr") EIGHT_LANES EIGHT_SCALED("q4", "q5")
/* The same by the table. */
#define EIGHT_PLACES "ldmia r9!, {r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define EIGHT_BIASED "vadd.i32 q0, q0, r3\n vadd.i32 q1, q1, r3\n"
#define AT_16(a) "add " a ", r1\n vldrb.8 q0, [" a "]\n" FIRST(a, "q0", "q7")
#define AT_24(a) "add " a ", r1\n vldmia " a ", {d0-d2}\n" FIRST(a, "q0", "q6") DOT(a, "q1", "q7")
#define AT_32(a) "add " a ", r1\n vldmia " a ", {d0-d3}\n" FIRST(a, "q0", "q6") DOT(a, "q1", "q7")
#define AT_64(a) \
  "add " a ", r1\n vldmia " a ", {d0-d7}\n" FIRST(a, "q0", "q4") DOT(a, "q1", "q5") DOT(a, "q2", "q6") DOT(a, "q3", "q7")
#define PLACES_16x1 EIGHT_PLACES EVERY(AT_16) EIGHT_LANES EIGHT_BIASED EIGHT_SCALED("q5", "q6")
#define PLACES_24x1 EIGHT_PLACES EVERY(AT_24) EIGHT_LANES EIGHT_BIASED EIGHT_SCALED("q4", "q5")
#define PLACES_32x1 EIGHT_PLACES EVERY(AT_32) EIGHT_LANES EIGHT_BIASED EIGHT_SCALED("q4", "q5")
#define PLACES_64x1 \
  EIGHT_PLACES EVERY(AT_64) EIGHT_LANES "ldr r0, [r3, #-4]\n vldmia r3, {d4-d7}\n" \
  "vadd.i32 q0, q0, r0\n vadd.i32 q1, q1, r0\n" EIGHT_SCALED("q2", "q3")

/* Two pixels of three channels, q0 and q1, whose last lanes have the third channel once more. */
#define THREE_LANES LANES("q0", "r0", "r2", "r4", "r4") LANES("q1", "r6", "r8", "r10", "r10")
#define THREE_SCALED SCALE("q0", "q2", "q3") SCALE("q1", "q2", "q3") NARROW "vstrb.16 q0, [r7, q4]\n adds r7, #6\n"
#define THREE_16                                                                                                    \
  "ldm r3, {r0, r2, r4, r6, r8, r10}\n" DOT("r0", "q0", "q5") DOT("r2", "q0", "q6") DOT("r4", "q0", "q7")           \
  DOT("r6", "q1", "q5") DOT("r8", "q1", "q6") DOT("r10", "q1", "q7") THREE_LANES THREE_SCALED
/* Filters in q2-q7, of which constants take three for a while. */
#define THREE_OF(a, b, c)                                                                                             \
  DOT(a, "q0", "q2") DOT(b, "q0", "q4") DOT(c, "q0", "q6") DOT(a, "q1", "q3") DOT(b, "q1", "q5") DOT(c, "q1", "q7")
#define THREE_32(biases, first, second)                                                                               \
  biases first THREE_OF("r0", "r2", "r4") second THREE_OF("r6", "r8", "r10") THREE_LANES                              \
  "vldmia r3!, {d4-d9}\n" THREE_SCALED "vldmia r3!, {d4-d9}\n subs r3, #120\n"
#define SIX "ldmia r3!, {r0, r2, r4, r6, r8, r10}\n"
#define PIXELS_16x3 "vldmia r1!, {d0-d3}\n" THREE_16
#define PIXELS_24x3 THREE_32(SIX, "vldmia r1!, {d0-d2}\n", "vldmia r1!, {d0-d2}\n")
#define PIXELS_32x3 THREE_32(SIX, "vldmia r1!, {d0-d3}\n", "vldmia r1!, {d0-d3}\n")
#define TWO_PLACES(a, b) "ldrd " a ", " b ", [r9], #8\n add " a ", r1\n add " b ", r1\n"
#define PLACES_16x3 TWO_PLACES("r0", "r2") "vldrb.8 q0, [r0]\n vldrb.8 q1, [r2]\n" THREE_16
#define PLACES_24x3 THREE_32(TWO_PLACES("r12", "lr") SIX, "vldmia r12, {d0-d2}\n", "vldmia lr, {d0-d2}\n")
#define PLACES_32x3 THREE_32(TWO_PLACES("r12", "lr") SIX, "vldmia r12, {d0-d3}\n", "vldmia lr, {d0-d3}\n")

/* Two pixels of four channels. */
#define FOUR                                                                                                        \
  BIASES DOT("r0", "q0", "q4") DOT("r2", "q0", "q5") DOT("r4", "q0", "q6") DOT("r6", "q0", "q7")                    \
  DOT("r8", "q1", "q4") DOT("r10", "q1", "q5") DOT("r12", "q1", "q6") DOT("lr", "q1", "q7")                         \
  LANES("q0", "r0", "r2", "r4", "r6") LANES("q1", "r8", "r10", "r12", "lr")                                         \
  SCALE("q0", "q2", "q3") SCALE("q1", "q2", "q3") "vqmovnb.s32 q0, q0\n vqmovnb.s16 q0, q0\n"                       \
  "vqmovnb.s32 q1, q1\n vqmovnb.s16 q1, q1\n vstrb.32 q0, [r7], #4\n vstrb.32 q1, [r7], #4\n"
#define PIXELS_16x4 "vldmia r1!, {d0-d3}\n" FOUR
#define PLACES_16x4 TWO_PLACES("r0", "r2") "vldrb.8 q0, [r0]\n vldrb.8 q1, [r2]\n" FOUR

/* Eight pixels of three channels: sums of 8 outputs three times, even ones before odd ones, which pass through the stack
 * to q4 q5, q2 q3, q0 q1. Meanwhile constants take the filters' place: of channels 0 2 1 0 and 1 0 2 1, then 2 1 0 2 and
 * so on, which lanes of even and odd outputs have by turns. */
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define PIXEL(x, s0, s1, s2) DOT(s0, x, "q5") DOT(s1, x, "q6") DOT(s2, x, "q7")
#define NEXT_TWO "vldmia r3!, {d12-d15}\n"
#define HIGH(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define ROUNDED(q, s) "vqrdmlash.s32 " q ", " s ", r5\n"
#define EIGHT_OF(e, o) \
  "vqmovnb.s32 " e ", " e "\n vqmovnt.s32 " e ", " o "\n vqmovnb.s16 " e ", " e "\n vstrb.16 " e ", [r7], #8\n"
/* Loads of pixels 0 1 2, of 3 4 (5), of 5 6 7 as soon as pixel 2 is done, of 6 7 where they are not yet loaded. */
#define EIGHTS(loads_0, loads_3, loads_5, loads_6)                                                                              \
  loads_0 "ldm r3!, " SUMS PIXEL("q0", "r0", "r8", "r2") PIXEL("q1", "r10", "r4", "r12") DOT("r6", "q2", "q5")           \
  DOT("lr", "q2", "q6") "push " SUMS loads_3 "ldm r3!, " SUMS DOT("r0", "q2", "q7") PIXEL("q3", "r8", "r2", "r10")       \
  PIXEL("q4", "r4", "r12", "r6") loads_5 DOT("lr", "q0", "q5") "push " SUMS loads_6 "ldm r3!, " SUMS DOT("r0", "q0", "q6")        \
  DOT("r8", "q0", "q7") PIXEL("q1", "r2", "r10", "r4") PIXEL("q2", "r12", "r6", "lr") "push " SUMS                      \
  "vldmia sp!, {d0-d11}\n" NEXT_TWO HIGH("q4", "q6") HIGH("q3", "q6") HIGH("q5", "q7") HIGH("q0", "q7")              \
  NEXT_TWO HIGH("q2", "q6") HIGH("q1", "q6") ROUNDED("q4", "q7") ROUNDED("q3", "q7")                                 \
  NEXT_TWO ROUNDED("q5", "q6") ROUNDED("q0", "q6") ROUNDED("q2", "q7") ROUNDED("q1", "q7")                           \
  EIGHT_OF("q4", "q5") EIGHT_OF("q2", "q3") EIGHT_OF("q0", "q1") "vldmia r3!, {d10-d15}\n subs r3, #240\n"
#define PIXELS_eights_16x3                                                                                          \
  EIGHTS("vldmia r1!, {d0-d5}\n", "vldmia r1!, {d6-d9}\n", "vldmia r1!, {d0-d5}\n", "")
#define AT(q, a) "add " a ", r1\n vldrb.8 " q ", [" a "]\n"
#define THREE_AT(p, q, s) "ldm r9!, {r0, r2, r4}\n" AT(p, "r0") AT(q, "r2") AT(s, "r4")
#define PLACES_eights_16x3                                                                                          \
  EIGHTS(THREE_AT("q0", "q1", "q2"), THREE_AT("q3", "q4", "q0"), "", "ldrd r0, r2, [r9], #8\n" AT("q1", "r0") AT("q2", "r2"))

/* `group` groups until `ends`; `start` makes the end out of the fields, `again` takes it behind the last group. */
#define FEW(name, held, group, start, ends, again)                                                               \
  __attribute__((naked)) void name(const ek_pointwise_few_mve_t *p UNUSED, const int8_t *x UNUSED,               \
                                   int8_t *y UNUSED) {                                                           \
    __asm volatile(                                                                                              \
        "push {r4-r11, lr}\n vpush {d8-d15}\n mov r7, r2\n ldm r0, {r3-r6, r8, r9}\n" start held "push {r6, r8}\n" \
        ".balign 4\n.Lgroup%=:\n" group ends "bne .Lgroup%=\n"                                                   \
        "ldrd r4, r6, [sp]\n cbz r4, .Lend%=\n subs r7, r4\n movs r0, #0\n str r0, [sp]\n" again "b .Lgroup%=\n" \
        ".Lend%=:\n add sp, #8\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                              \
  }
/* What stays in registers begins `at` bytes of the stream; biases stay in memory, or in r3. */
#define HELD(at, registers) "add r2, r3, #" at "\n vldmia r2, {" registers "}\n"
#define DENSE(shape, bytes, held) \
  FEW(ek_pointwise_few_mve_##shape, held, PIXELS_##shape, "add r9, r1, r4\n", "cmp r1, r9\n", \
      "subs r1, r6\n add r9, #" bytes "\n sub r9, r6\n")
#define PLACES(shape, bytes, held) \
  FEW(ek_pointwise_few_mve_places_##shape, held, PLACES_##shape, "add r11, r9, r4\n", "cmp r9, r11\n", \
      "add r11, #" bytes "\n")
#define BIAS_IN_R3 "ldr r3, [r3]\n"
DENSE(16x1, "128", HELD("32", "d10-d15"))
DENSE(24x1, "192", HELD("32", "d8-d15"))
DENSE(32x1, "256", HELD("32", "d8-d15"))
DENSE(16x3, "32", HELD("24", "d4-d15"))
DENSE(eights_16x3, "128", HELD("192", "d10-d15"))
DENSE(24x3, "48", HELD("72", "d4-d15"))
DENSE(32x3, "64", HELD("72", "d4-d15"))
DENSE(16x4, "32", HELD("32", "d4-d15"))
PLACES(16x1, "32", HELD("32", "d10-d15") BIAS_IN_R3)
PLACES(24x1, "32", HELD("32", "d8-d15") BIAS_IN_R3)
PLACES(32x1, "32", HELD("32", "d8-d15") BIAS_IN_R3)
PLACES(64x1, "32", HELD("64", "d8-d15") "adds r3, #32\n")
PLACES(16x3, "8", HELD("24", "d4-d15"))
PLACES(eights_16x3, "32", HELD("192", "d10-d15"))
PLACES(24x3, "8", HELD("72", "d4-d15"))
PLACES(32x3, "8", HELD("72", "d4-d15"))
PLACES(16x4, "8", HELD("32", "d4-d15"))
