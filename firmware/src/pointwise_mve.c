/* What `ek_conv_2d` computes for 1x1 kernels of 16 to 64 channels, any stride, on Helium; a fully connected layer is one
 * of `batches` pixels.
 *
 * Blocking: pixel by pixel, 8 output channels at a time, after 1 to 7 that make the rest. Weights and constants are one
 * stream in the order of use, so that one register walks through all. The last vector of a pixel ends where the pixel
 * does: it takes some inputs twice, with weights of 0, and nothing beyond the input is read.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes and LDM loads with the biases; the pixel in the
 * last of q4-q7, weights and constants in the others; r1 stream, r9 its end, r3 pixel, r7 output, r5 output zero point,
 * r11 pixels left. Stack above the saved vectors: p, lines left of the image, the first output, code of the first channels.
 *
 * Budget: 25 instructions for 8 outputs of 16 inputs, 35 of 32, 50 of 48, 58 of 64; 15 for 2 of 32, 19 for 4; 6 a pixel and
 * its loads (1, or up to 7), 14 a line, 25 a call. Requantization as in conv_2d_mve.c, no clamp but saturation. */
#include "edgekit/pointwise_mve.h"

#define UNUSED __attribute__((unused))

#define BIAS(sums) "ldm r1!, {" sums "}\n"
#define NEXT(registers) "vldmia r1!, {" registers "}\n"
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
/* One, two or four filters of a pixel of 1 to 4 vectors. */
#define ONE_1(a) NEXT("d0-d1") DOT(a, "q0", "q7")
#define TWO_1(a, b) NEXT("d0-d3") DOT(a, "q0", "q7") DOT(b, "q1", "q7")
#define FOUR_1(a, b, c, d) NEXT("d0-d7") DOT(a, "q0", "q7") DOT(b, "q1", "q7") DOT(c, "q2", "q7") DOT(d, "q3", "q7")
#define ONE_2(a) NEXT("d0-d3") DOT(a, "q0", "q6") DOT(a, "q1", "q7")
#define TWO_2(a, b) NEXT("d0-d7") DOT(a, "q0", "q6") DOT(a, "q1", "q7") DOT(b, "q2", "q6") DOT(b, "q3", "q7")
#define FOUR_2(a, b, c, d) TWO_2(a, b) TWO_2(c, d)
#define ONE_3(a) NEXT("d0-d5") DOT(a, "q0", "q5") DOT(a, "q1", "q6") DOT(a, "q2", "q7")
#define TWO_3(a, b) ONE_3(a) ONE_3(b)
#define FOUR_3(a, b, c, d) TWO_3(a, b) TWO_3(c, d)
#define ONE_4(a) NEXT("d0-d7") DOT(a, "q0", "q4") DOT(a, "q1", "q5") DOT(a, "q2", "q6") DOT(a, "q3", "q7")
#define TWO_4(a, b) ONE_4(a) ONE_4(b)
#define FOUR_4(a, b, c, d) TWO_4(a, b) TWO_4(c, d)

/* Even channels to one vector, odd ones to the other; the first register goes to the lower lane. */
#define TO_VECTORS(even, odd)                                                               \
  "vmov " even "[2], " even "[0], r0, r8\n vmov " even "[3], " even "[1], r4, r12\n"       \
  "vmov " odd "[2], " odd "[0], r2, r10\n vmov " odd "[3], " odd "[1], r6, lr\n"
#define SCALE(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define ROUND(q, m) "vqrdmlash.s32 " q ", " m ", r5\n"
#define NARROW(even, odd) \
  "vqmovnb.s32 " even ", " even "\n vqmovnt.s32 " even ", " odd "\n vqmovnb.s16 " even ", " even "\n"
/* 8 outputs as the bytes of `out`'s halfwords. Of 16 inputs seven filters are loaded at once, the eighth with the constants;
 * of up to 32 the constants at once. */
#define ALL "r0, r2, r4, r6, r8, r10, r12, lr"
#define EIGHT_1                                                                                              \
  BIAS(ALL) NEXT("d0-d13") DOT("r0", "q0", "q7") DOT("r2", "q1", "q7") DOT("r4", "q2", "q7") DOT("r6", "q3", "q7") \
  DOT("r8", "q4", "q7") DOT("r10", "q5", "q7") DOT("r12", "q6", "q7") NEXT("d0-d9") DOT("lr", "q0", "q7")         \
  TO_VECTORS("q5", "q6") SCALE("q5", "q1") SCALE("q6", "q2") ROUND("q5", "q3") ROUND("q6", "q4") NARROW("q5", "q6")
#define EIGHT(four) BIAS(ALL) four("r0", "r2", "r4", "r6") four("r8", "r10", "r12", "lr") TO_VECTORS("q0", "q1")
#define EIGHT_2                                                                                                   \
  EIGHT(FOUR_2) NEXT("d4-d11") SCALE("q0", "q2") SCALE("q1", "q3") ROUND("q0", "q4") ROUND("q1", "q5") NARROW("q0", "q1")
#define EIGHT_3 EIGHT(FOUR_3) EIGHT_SCALED
#define EIGHT_4 EIGHT(FOUR_4) EIGHT_SCALED
#define EIGHT_SCALED                                                                                    \
  NEXT("d4-d7") SCALE("q0", "q2") SCALE("q1", "q3") NEXT("d4-d7") ROUND("q0", "q2") ROUND("q1", "q3") \
  NARROW("q0", "q1")
#define OUT_1 "q5"
#define OUT_2 "q0"
#define OUT_3 "q0"
#define OUT_4 "q0"
/* Up to 4 outputs as the bytes of q0's words. */
#define REST NEXT("d4-d7") SCALE("q0", "q2") ROUND("q0", "q3") "vqmovnb.s32 q0, q0\n vqmovnb.s16 q0, q0\n"
#define STORE_SOME(n) "vpst\n vstrbt.32 q0, [r7], #" n "\n"
#define ENDED "cmp r1, r9\n beq .Lnext%=\n b .Lblock%=\n"

#define OFFSET(label) ".word " label "%= - .Lcodes%= + 1\n"
#define POINTWISE(name, n, load)                                                                                     \
  __attribute__((naked)) void name(const ek_pointwise_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED) {   \
    __asm volatile(                                                                                                  \
        "push {r0-r11, lr}\n vpush {d8-d15}\n mov r3, r1\n mov r7, r2\n"                                             \
        "ldrd r4, r6, [r0, #20]\n vctp.16 r6\n ldr r6, [r0, #28]\n"                                                  \
        "adr.w r2, .Lcodes%=\n ldr r4, [r2, r4, lsl #2]\n add r4, r2\n str r4, [sp, #76]\n str r6, [sp, #68]\n"      \
        "ldm r0, {r0, r1, r5, r9, r11}\n add r9, r1\n"                                                               \
        ".Lpixel%=:\n" load "ldr pc, [sp, #76]\n"                                                                    \
        ".balign 4\n.Lone%=:\n" BIAS("r0") ONE_##n("r0") "vmov.32 q0[0], r0\n" REST STORE_SOME("1") ENDED            \
        ".balign 4\n.Ltwo%=:\n" BIAS("r0, r2") TWO_##n("r0", "r2") "vmov.32 q0[0], r0\n vmov.32 q0[1], r2\n"         \
        REST STORE_SOME("2") ENDED                                                                                   \
        ".balign 4\n.Lthree%=:\n" BIAS("r0, r2, r4") TWO_##n("r0", "r2") ONE_##n("r4")                               \
        "vmov q0[2], q0[0], r0, r4\n vmov.32 q0[1], r2\n" REST STORE_SOME("3") ENDED                                 \
        ".balign 4\n.Lfour%=:\n" BIAS("r0, r2, r4, r6") FOUR_##n("r0", "r2", "r4", "r6")                             \
        "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n" REST "vstrb.32 q0, [r7], #4\n" ENDED               \
        ".balign 4\n.Lmost%=:\n" EIGHT_##n "vpst\n vstrbt.16 " OUT_##n ", [r7]\n"                                    \
        "ldr r0, [sp, #64]\n ldr r0, [r0, #24]\n add r7, r0\n cmp r1, r9\n beq .Lnext%=\n"                           \
        ".balign 4\n.Lblock%=:\n" EIGHT_##n "vstrb.16 " OUT_##n ", [r7], #8\n cmp r1, r9\n bne .Lblock%=\n"          \
        ".Lnext%=:\n ldr r0, [sp, #64]\n ldrd r0, r1, [r0]\n add r3, r0\n subs r11, #1\n bne .Lpixel%=\n"            \
        "ldr r0, [sp, #64]\n ldrd r2, r4, [sp, #68]\n ldr r6, [r0, #40]\n add r4, r6\n cmp r7, r4\n beq .Lend%=\n"   \
        "ldrd r6, r8, [r0, #32]\n ldr r11, [r0, #16]\n add r3, r6\n subs r2, #1\n"                                   \
        "itt eq\n addeq r3, r8\n ldreq r2, [r0, #28]\n str r2, [sp, #68]\n b .Lpixel%=\n"                            \
        ".Lend%=:\n vpop {d8-d15}\n pop {r0-r11, pc}\n"                                                              \
        ".balign 4\n.Lcodes%=:\n" OFFSET(".Lblock") OFFSET(".Lone") OFFSET(".Ltwo") OFFSET(".Lthree")                \
        OFFSET(".Lfour") OFFSET(".Lmost") ::: "memory");                                                             \
  }

/* r0 takes the place of the last vector. */
#define LAST "ldr r0, [sp, #64]\n ldr r0, [r0, #44]\n add r0, r3\n vldrb.8 q7, [r0]\n"
POINTWISE(ek_pointwise_mve_16, 1, "vldrb.8 q7, [r3]\n")
POINTWISE(ek_pointwise_mve_24, 2, "vldrb.8 q6, [r3]\n vldrb.8 q7, [r3, #8]\n")
POINTWISE(ek_pointwise_mve_32, 2, "vldmia r3, {d12-d15}\n")
POINTWISE(ek_pointwise_mve_64, 4, "vldmia r3, {d8-d15}\n")
POINTWISE(ek_pointwise_mve_2, 2, LAST "vldrb.8 q6, [r3]\n")
POINTWISE(ek_pointwise_mve_3, 3, LAST "vldrb.8 q5, [r3]\n vldrb.8 q6, [r3, #16]\n")
POINTWISE(ek_pointwise_mve_4, 4, LAST "vldrb.8 q4, [r3]\n vldrb.8 q5, [r3, #16]\n vldrb.8 q6, [r3, #32]\n")
