/* What `ek_conv_2d` computes for 1x1 kernels of 16, 24 or 32 channels and any stride, on Helium; a fully connected layer is
 * one of `batches` pixels.
 *
 * Blocking: two pixels at a time, 4 output channels of both, then the rest of 1 to 3. Weights and constants are one stream
 * in the order of use. Pixels lie one after another, or where a table says, which costs less than what ends short lines. Of
 * an odd number the last two are computed again.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, those of the first pixel first, which is what VMLADAVA takes and LDM loads with
 * the biases; pixels of 16 channels in q6 and q7, others in q4 q5 and q6 q7; weights, sums and constants in the others. A pixel
 * of 24 channels is three double words; the fourth keeps what it had, and its weights are 0. r1 input, r3 stream, r11
 * output zero point, r7 and r5 outputs of both pixels, r9 end of the input, or where the table has got to. Stack: the table's
 * end, out_c, start of the stream, y_back, x_back.
 *
 * Budget: 24 instructions (34 of 24 and 32 channels) for 8 outputs, 19 (24) for the 4 of a rest of 2 channels; 2 between
 * blocks, 7 a pair (10 by the table; 24 channels: 1 more), 23 a call. Requantization as in conv_2d_mve.c. */
#include "edgekit/pointwise_pairs_mve.h"

#define UNUSED __attribute__((unused))
#define BIAS(sums) "ldm r3!, {" sums "}\n"
#define NEXT(registers) "vldmia r3!, {" registers "}\n"
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
/* One channel of both pixels. */
#define BOTH_1(a, b, w) DOT(a, w, "q6") DOT(b, w, "q7")
#define BOTH_2(a, b, w, v) DOT(a, w, "q4") DOT(a, v, "q5") DOT(b, w, "q6") DOT(b, v, "q7")
#define SCALE(q, m, s) "vqrdmulh.s32 " q ", " q ", " m "\n vqrdmlash.s32 " q ", " s ", r11\n"
#define NARROW(q) "vqmovnb.s32 " q ", " q "\n vqmovnb.s16 " q ", " q "\n"
#define TWO_LANES(q, low, high) "vmov " q "[2], " q "[0], " low ", " high "\n"
#define OTHER_LANES(q, low, high) "vmov " q "[3], " q "[1], " low ", " high "\n"

#define FOUR_LANES                                                                                        \
  TWO_LANES("q0", "r0", "r4") OTHER_LANES("q0", "r2", "r6") TWO_LANES("q1", "r8", "r12") OTHER_LANES("q1", "r10", "lr") 
#define FOUR_1                                                                                                   \
  BIAS("r0, r2, r4, r6, r8, r10, r12, lr") NEXT("d0-d11") BOTH_1("r0", "r8", "q0") BOTH_1("r2", "r10", "q1")     \
  BOTH_1("r4", "r12", "q2") BOTH_1("r6", "lr", "q3") FOUR_LANES FOUR_SCALED("q4", "q5")
#define FOUR_2                                                                                                   \
  BIAS("r0, r2, r4, r6, r8, r10, r12, lr") NEXT("d0-d7") BOTH_2("r0", "r8", "q0", "q1")                          \
  BOTH_2("r2", "r10", "q2", "q3") NEXT("d0-d7") BOTH_2("r4", "r12", "q0", "q1") BOTH_2("r6", "lr", "q2", "q3")   \
  FOUR_LANES NEXT("d4-d7") FOUR_SCALED("q2", "q3")
#define FOUR_SCALED(m, s) \
  SCALE("q0", m, s) SCALE("q1", m, s) NARROW("q0") NARROW("q1") "vstrb.32 q0, [r7], #4\n vstrb.32 q1, [r5], #4\n"
/* Sums of a rest are of the first pixel, then of the second. */
#define REST1_1 BIAS("r0, r2") NEXT("d0-d5") BOTH_1("r0", "r2", "q0") REST1("q1", "q2")
#define REST1_2 BIAS("r0, r2") NEXT("d0-d7") BOTH_2("r0", "r2", "q0", "q1") REST1("q2", "q3")
#define REST1(m, s)                                                                    \
  TWO_LANES("q0", "r0", "r2") SCALE("q0", m, s) NARROW("q0") "vmov r0, r2, q0[2], q0[0]\n" \
  "strb r0, [r7], #1\n strb r2, [r5], #1\n"
#define REST2_1 BIAS("r0, r2, r4, r6") NEXT("d0-d11") BOTH_1("r0", "r4", "q0") BOTH_1("r2", "r6", "q1") REST2
#define REST2_2 \
  BIAS("r0, r2, r4, r6") NEXT("d0-d7") BOTH_2("r0", "r4", "q0", "q1") BOTH_2("r2", "r6", "q2", "q3") NEXT("d4-d11") REST2
/* q0 has the first channel, q1 the second, which become bytes side by side. */
#define REST2                                                                                                    \
  TWO_LANES("q0", "r0", "r4") TWO_LANES("q1", "r2", "r6") SCALE("q0", "q2", "q4") SCALE("q1", "q3", "q5")        \
  "vqmovnb.s32 q1, q1\n" NARROW("q0") "vqmovnt.s16 q0, q1\n vmov r0, r2, q0[2], q0[0]\n"                         \
  "strh r0, [r7], #2\n strh r2, [r5], #2\n"
#define REST3_1                                                                                                  \
  BIAS("r0, r2, r4, r6, r8, r10") NEXT("d0-d9") BOTH_1("r0", "r6", "q0") BOTH_1("r2", "r8", "q1")                \
  BOTH_1("r4", "r10", "q2") REST3("q3", "q4")
#define REST3_2                                                                                                  \
  BIAS("r0, r2, r4, r6, r8, r10") NEXT("d0-d7") BOTH_2("r0", "r6", "q0", "q1") BOTH_2("r2", "r8", "q2", "q3")    \
  NEXT("d0-d7") BOTH_2("r4", "r10", "q0", "q1") REST3("q2", "q3")
#define REST3(m, s)                                                                                                    \
  TWO_LANES("q0", "r0", "r4") OTHER_LANES("q0", "r2", "r4") TWO_LANES("q1", "r6", "r10") OTHER_LANES("q1", "r8", "r10") \
  SCALE("q0", m, s) SCALE("q1", m, s) NARROW("q0") NARROW("q1")                                                       \
  "movs r0, #3\n vctp.32 r0\n vpstt\n vstrbt.32 q0, [r7], #3\n vstrbt.32 q1, [r5], #3\n"

#define OFFSET(at, label) ".byte (" label "%= - .Lkinds" at "%=) / 2\n"
#define KIND(at, more)                                                                                                \
  "ldr r0, [r3], #4\n tbb [pc, r0]\n.Lkinds" at "%=:\n" OFFSET(at, ".Lnext") OFFSET(at, ".Lone") OFFSET(at, ".Ltwo") \
  OFFSET(at, ".Lthree") OFFSET(at, more) ".byte 0\n"
/* `start` makes r9 and the end out of the fields, `load` takes two pixels, `end` compares, `again` makes the last two the next. */
#define PAIRS(name, n, start, load, end, again)                                                                      \
  __attribute__((naked)) void name(const ek_pointwise_pairs_mve_t *p UNUSED, const int8_t *x UNUSED,                 \
                                   int8_t *y UNUSED) {                                                               \
    __asm volatile(                                                                                                  \
        "push {r4-r11, lr}\n vpush {d8-d15}\n mov r7, r2\n ldm r0, {r2-r4, r6, r8, r10, r11}\n add r5, r7, r4\n" start       \
        "push {r3, r4, r6, r8, r10}\n mov r3, r6\n"                                                                  \
        ".balign 4\n.Lpair%=:\n" load ".Lfour%=:\n" FOUR_##n KIND("0", ".Lmore") ".Lmore%=:\n" FOUR_##n               \
        KIND("1", ".Lagain") ".Lagain%=:\n b .Lfour%=\n"                                                             \
        ".Lone%=:\n" REST1_##n "b .Lnext%=\n"                                                                        \
        ".Lthree%=:\n" REST3_##n "b .Lnext%=\n"                                                                      \
        ".Ltwo%=:\n" REST2_##n                                                                                       \
        ".Lnext%=:\n mov r7, r5\n ldrd r4, r3, [sp, #4]\n add r5, r4\n" end "bne .Lpair%=\n"                       \
        "ldrd r4, r6, [sp, #12]\n cbz r4, .Lend%=\n sub r7, r4\n sub r5, r4\n movs r0, #0\n str r0, [sp, #12]\n"    \
        again "b .Lpair%=\n"                                                                                         \
        ".Lend%=:\n add sp, #20\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                                 \
  }

#define DENSE(channels, n, load) \
  PAIRS(ek_pointwise_pairs_mve_##channels, n, "add r9, r1, r3\n", load, "cmp r1, r9\n", "sub r1, r6\n add r9, r6\n")
DENSE(16, 1, "vldmia r1!, {d12-d15}\n")
DENSE(24, 2, "vldmia r1!, {d8-d10}\n vldmia r1!, {d12-d14}\n")
DENSE(32, 2, "vldmia r1!, {d8-d15}\n")

#define PLACES(channels, n, first, second)                                                                          \
  PAIRS(ek_pointwise_pairs_mve_places_##channels, n, "mov r9, r2\n add r3, r2\n",                                    \
        "ldrd r4, r6, [r9], #8\n add r4, r1\n add r6, r1\n vldmia r4, {" first "}\n vldmia r6, {" second "}\n",      \
        "ldr r2, [sp]\n cmp r9, r2\n", "adds r2, #8\n str r2, [sp]\n")
PLACES(16, 1, "d12-d13", "d14-d15")
PLACES(24, 2, "d8-d10", "d12-d14")
PLACES(32, 2, "d8-d11", "d12-d15")
