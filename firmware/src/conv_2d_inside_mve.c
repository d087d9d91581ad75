/* What `ek_conv_2d` computes for small pictures, on Helium: of every window only the taps inside the picture.
 *
 * Windows: nothing is copied. Pixels whose windows have the same taps inside share a block of the stream for each 8 outputs,
 * with the offsets of these taps' inputs, 16 of them loaded at once, wherever they lie, and their weights. Pixels are words
 * in the order of the outputs, which say what is to be added to the two pointers; of all pictures, if they are few.
 *
 * Blocking: 8 outputs of a pixel at a time. A window of up to 4 vectors of 16 inputs stays in registers for all blocks of 8
 * outputs; longer ones are several units of up to 4 vectors, and so are the last outputs where they are less than 8 and all
 * where they are clamped.
 *
 * Registers: sums of outputs 0 2 4 6 1 3 5 7 in r0 r2 r4 r6 r8 r10 r12 lr, which is what VMLADAVA takes, LDM loads with the
 * begins, and PUSH and VPOP bring to the lanes that they are narrowed from; the window in the last vector registers, offsets
 * and weights in the others; r1 blocks of the stream, r3 window, r7 output, r11 words of the stream, r5 output zero point or
 * bytes to the next unit, r9 what is next.
 *
 * Budget: 27, 38, 50 and 63 instructions for 8 outputs of a window of 1 to 4 vectors, 6 of them to get there; 27, 37, 46 and
 * 58 once it is loaded. A unit takes 15, 25, 37 and 49, its end 17, 21 for less than 8 outputs, 24 with a clamp. A call takes
 * 14, a picture 12 where each has the same words; `_one` 28 in all. Requantization as in conv_2d_mve.c. */
#include "edgekit/conv_2d_inside_mve.h"

#define UNUSED __attribute__((unused))

#define M1(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define M2(a, v, w) M1(a, v, "q6") M1(a, w, "q7")
#define M3(a, u, v, w) M1(a, u, "q5") M1(a, v, "q6") M1(a, w, "q7")
#define NEXT(d) "vldmia r1!, {" d "}\n"
#define GATHER(q, offsets) "vldrb.u8 " q ", [r3, " offsets "]\n"

/* Offsets with the first weights, as many as there are registers; then the products. */
#define WINDOW1 NEXT("d0-d13") GATHER("q7", "q0")
#define WINDOW2 NEXT("d0-d11") GATHER("q6", "q0") GATHER("q7", "q1")
#define WINDOW3 NEXT("d0-d5") GATHER("q5", "q0") GATHER("q6", "q1") GATHER("q7", "q2")
#define WINDOW4 NEXT("d0-d7") GATHER("q4", "q0") GATHER("q5", "q1") GATHER("q6", "q2") GATHER("q7", "q3")
#define SIX1                                                                                     \
  M1("r0", "q1", "q7") M1("r2", "q2", "q7") M1("r4", "q3", "q7") M1("r6", "q4", "q7")            \
  M1("r8", "q5", "q7") M1("r10", "q6", "q7")
#define TWO1 M1("r12", "q0", "q7") M1("lr", "q1", "q7")
#define EIGHT2                                                                                   \
  M2("r0", "q2", "q3") M2("r2", "q4", "q5")                                                      \
  NEXT("d0-d11") M2("r4", "q0", "q1") M2("r6", "q2", "q3") M2("r8", "q4", "q5")                  \
  NEXT("d0-d11") M2("r10", "q0", "q1") M2("r12", "q2", "q3") M2("lr", "q4", "q5")
#define EIGHT3(last)                                                                             \
  NEXT("d0-d9") M3("r0", "q0", "q1", "q2") M1("r2", "q3", "q5") M1("r2", "q4", "q6")             \
  NEXT("d0-d9") M1("r2", "q0", "q7") M3("r4", "q1", "q2", "q3") M1("r6", "q4", "q5")             \
  NEXT("d0-d9") M1("r6", "q0", "q6") M1("r6", "q1", "q7") M3("r8", "q2", "q3", "q4")             \
  NEXT("d0-d9") M3("r10", "q0", "q1", "q2") M1("r12", "q3", "q5") M1("r12", "q4", "q6")          \
  NEXT(last) M1("r12", "q0", "q7") M3("lr", "q1", "q2", "q3")
#define ONE4(a) NEXT("d0-d7") M1(a, "q0", "q4") M1(a, "q1", "q5") M1(a, "q2", "q6") M1(a, "q3", "q7")
#define EIGHT4 ONE4("r0") ONE4("r2") ONE4("r4") ONE4("r6") ONE4("r8") ONE4("r10") ONE4("r12") ONE4("lr")

/* Even outputs to q0, odd ones to q1, which become even and odd halfwords of q0. */
#define SUMS "push {r0, r2, r4, r6, r8, r10, r12, lr}\n vpop {d0-d3}\n"
#define SCALE(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define ROUND(q, m) "vqrdmlash.s32 " q ", " m ", r5\n"
#define NARROW "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n"
#define SCALED SUMS SCALE("q0", "q2") SCALE("q1", "q3") ROUND("q0", "q4") ROUND("q1", "q5") NARROW
#define STORE "vqmovnb.s16 q0, q0\n vstrb.16 q0, [r7], #8\n"
#define STORE_SOME "vpst\n vstrbt.16 q0, [r7]\n add r7, r4\n"
#define PIXEL "b .Lpixel%=\n"
#define UNIT "b .Lunit%=\n"
/* Half the bytes to a label from behind the TBH before, all further down. */
#define TO(label) ".hword (.L" label "%= - 1b) / 2\n"

__attribute__((naked)) void ek_conv_2d_inside_mve(const ek_conv_2d_inside_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                  int8_t *y UNUSED) {
  __asm volatile(
      "push {r2, r4-r11, lr}\n vpush {d8-d15}\n"
      "ldr r11, [r0]\n mov r3, r1\n mov r7, r2\n"
      ".Lpicture%=:\n mov r1, r11\n"
      ".Lpixel%=:\n"
      "ldr r5, [r11], #4\n sxtah r1, r1, r5\n add r3, r3, r5, asr #16\n"
      "ldm r1!, {r0, r2, r4, r5, r6, r8, r9, r10, r12, lr}\n"
      "tbh [pc, r9, lsl #1]\n"
      "1:\n" TO("unit1") TO("unit2") TO("unit3") TO("unit4") TO("first1") TO("first2") TO("first3") TO("first4")
      TO("again1") TO("again2") TO("again3") TO("again4") TO("end") TO("next")
      ".Lunit%=:\n"
      "ldrd r5, r9, [r1], #8\n"
      "tbh [pc, r9, lsl #1]\n"
      "1:\n" TO("unit1") TO("unit2") TO("unit3") TO("unit4") TO("eight") TO("some") TO("clamped")
      ".Lunit1%=:\n add r3, r5\n" WINDOW1 SIX1 NEXT("d0-d3") TWO1 UNIT
      ".Lunit2%=:\n add r3, r5\n" WINDOW2 EIGHT2 UNIT
      ".Lunit3%=:\n add r3, r5\n" WINDOW3 EIGHT3("d0-d7") UNIT
      ".Lunit4%=:\n add r3, r5\n" WINDOW4 EIGHT4 UNIT
      ".Leight%=:\n" NEXT("d4-d11") SCALED STORE PIXEL
      ".Lsome%=:\n" NEXT("d4-d11") SCALED "ldr r4, [r1], #4\n vctp.16 r4\n vqmovnb.s16 q0, q0\n" STORE_SOME PIXEL
      ".Lclamped%=:\n" NEXT("d4-d11") SCALED
      "ldm r1!, {r0, r2, r4}\n vdup.16 q2, r0\n vdup.16 q3, r2\n vctp.16 r4\n vmax.s16 q0, q0, q2\n vmin.s16 q0, q0, q3\n"
      STORE_SOME PIXEL
      ".Lagain1%=:\n" NEXT("d2-d13") "b 2f\n"
      ".Lfirst1%=:\n" WINDOW1 "2:\n" SIX1 NEXT("d0-d11") TWO1 SCALED STORE PIXEL
      ".Lagain2%=:\n" NEXT("d4-d11") "b 2f\n"
      ".Lfirst2%=:\n" WINDOW2 "2:\n" EIGHT2 NEXT("d4-d11") SCALED STORE PIXEL
      /* Constants where no part of the window lies. */
      ".Lfirst3%=:\n" WINDOW3 ".Lagain3%=:\n" EIGHT3("d0-d9")
      SUMS SCALE("q0", "q4") NEXT("d4-d9") SCALE("q1", "q2") ROUND("q0", "q3") ROUND("q1", "q4") NARROW STORE PIXEL
      ".Lfirst4%=:\n" WINDOW4 ".Lagain4%=:\n" EIGHT4
      SUMS NEXT("d4-d7") SCALE("q0", "q2") SCALE("q1", "q3") NEXT("d4-d7") ROUND("q0", "q2") ROUND("q1", "q3") NARROW STORE PIXEL
      ".Lnext%=:\n ldr r5, [sp, #64]\n add r5, r0\n cmp r5, r7\n beq .Lend%=\n sub r11, r2\n b .Lpicture%=\n"
      ".Lend%=:\n vpop {d8-d15}\n pop {r2, r4-r11, pc}\n" ::: "memory");
}

/* r1 window, r3 stream. */
__attribute__((naked)) void ek_conv_2d_inside_mve_one(const ek_conv_2d_inside_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                      int8_t *y UNUSED) {
  __asm volatile(
      "push {r4-r10, lr}\n vpush {d8-d15}\n ldr r3, [r0]\n mov r7, r2\n"
      "ldm r3!, {r0, r2, r4, r5, r6, r8, r10, r12, lr}\n"
      "vldmia r3!, {d0-d13}\n vldrb.u8 q7, [r1, q0]\n" SIX1 "vldmia r3, {d0-d11}\n" TWO1 SCALED
      "vqmovnb.s16 q0, q0\n vstrb.16 q0, [r7]\n vpop {d8-d15}\n pop {r4-r10, pc}\n" ::: "memory");
}
