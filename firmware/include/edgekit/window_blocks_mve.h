/* Windows times filters: the inner loops of conv_2d_mve.c, which has their registers and budgets. */
#ifndef EDGEKIT_WINDOW_BLOCKS_MVE_H
#define EDGEKIT_WINDOW_BLOCKS_MVE_H

#include "edgekit/assembly_mve.h"
#include "edgekit/conv_2d_mve.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Windows beside each other. */
typedef struct {
  const int8_t *x;
  int8_t *y;
  int32_t x_step, rows;
} rows_t;

/* Four vectors of filters: what each is multiplied by, and the sum it goes to. They are of one channel in a chunk, of 4, 2
 * or 4/3 channels in a rest of 16, 32 or 48 bytes. */
#define FOUR(a, v, b, w, c, x, d, y)                                                                     \
  "vldmia r1!, {d0-d7}\n vmladava.s8 " a ", q0, " v "\n vmladava.s8 " b ", q1, " w "\n vmladava.s8 " c \
  ", q2, " x "\n vmladava.s8 " d ", q3, " y "\n"
#define DOT4(acc) FOUR(acc, "q4", acc, "q5", acc, "q6", acc, "q7")
#define ONES(a, b, c, d) FOUR(a, "q4", b, "q4", c, "q4", d, "q4")
#define TWOS(a, b) FOUR(a, "q4", a, "q5", b, "q4", b, "q5")
#define THREES(a, b, c, d)                                                                         \
  FOUR(a, "q4", a, "q5", a, "q6", b, "q4") FOUR(b, "q5", b, "q6", c, "q4", c, "q5") FOUR(c, "q6", d, "q4", d, "q5", d, "q6")
#define HALF1 ONES("r0", "r2", "r4", "r6")
#define HALF2 TWOS("r0", "r2") TWOS("r4", "r6")
#define HALF3 THREES("r0", "r2", "r4", "r6")
#define HALF4 DOT4("r0") DOT4("r2") DOT4("r4") DOT4("r6")
#define ALL4 CHANNELS(DOT4)
#define ALL1 HALF1 ONES("r8", "r10", "r12", "lr")
#define ALL2 HALF2 TWOS("r8", "r10") TWOS("r12", "lr")
#define ALL3 HALF3 THREES("r8", "r10", "r12", "lr")
/* The same, each load beside a product: more instructions, which the core executes two at a time. */
#define PAIR(acc, w, x) "vldrb.8 " w ", [r1], #16\n vmladava.s8 " acc ", " w ", " x "\n"
#define PAIRS1(acc) PAIR(acc, "q0", "q4")
#define PAIRS2(acc) PAIRS1(acc) PAIR(acc, "q1", "q5")
#define PAIRS3(acc) PAIRS2(acc) PAIR(acc, "q2", "q6")
#define PAIRS4(acc) PAIRS3(acc) PAIR(acc, "q3", "q7")
#define CHANNELS(dot) dot("r0") dot("r2") dot("r4") dot("r6") dot("r8") dot("r10") dot("r12") dot("lr")
/* What is done with a chunk, and with the rest of 16, 32 or 48 bytes: r5 chunks, r3 window, r1 weights. `paired` windows lie
 * at multiples of 4. */
#define WINDOW(q) "vldrb.8 " q ", [r3], #16\n"
#define WINDOW1 WINDOW("q4")
#define WINDOW2 WINDOW1 WINDOW("q5")
#define WINDOW3 WINDOW2 WINDOW("q6")
#define WINDOW4 WINDOW3 WINDOW("q7")
#define CODE(kind, rest, window2, window3, window4, all1, all2, all3, all4)             \
  ".balign 4\n.Lchunk" kind "%=:\n" window4 all4                                  \
  "subs r5, #1\n bne .Lchunk" kind "%=\n ldr pc, [sp, #" rest "]\n"                \
  ".balign 4\n.Lrest1" kind "%=:\n" WINDOW1 all1 "ldr pc, [sp, #16]\n"            \
  ".balign 4\n.Lrest2" kind "%=:\n" window2 all2 "ldr pc, [sp, #16]\n"            \
  ".balign 4\n.Lrest3" kind "%=:\n" window3 all3 "ldr pc, [sp, #16]\n"
/* 32 bytes: by the rest, then of a chunk. */
#define OFFSET(label) ".word " label "%= - .Lcodes%= + 1\n"
#define OFFSETS(kind) \
  ".word 0\n" OFFSET(".Lrest1" kind) OFFSET(".Lrest2" kind) OFFSET(".Lrest3" kind) OFFSET(".Lchunk" kind) ".space 12\n"
#define CLAMP "vldrw.32 q2, [sp, #32]\n vldrw.32 q3, [sp, #48]\n vmax.s16 q0, q0, q2\n vmin.s16 q0, q0, q3\n"
#define REQUANTIZED TO_VECTORS "vldmia r9!, {d4-d11}\n ldr r2, [sp, #20]\n" SCALE("r2")

/* `rows` windows times all filters. Stack: 0 p, 4 code for the rest, 8 x, 12 chunks, 16 code of the requantization,
 * 20 output zero point, 24 x step, 28 rows left, 32 low in all lanes, 48 high, 64 code of a block; where the
 * last one is a half, 68 code of the others, 72 of the rest of a half, 76 of a half. */
__attribute__((naked, noinline)) static void blocks(const ek_conv_2d_mve_t *p UNUSED, const rows_t *job UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "sub sp, #80\n"
      "str r0, [sp]\n"
      "ldrd r2, r3, [r0, #68]\n vdup.16 q0, r2\n vstrw.32 q0, [sp, #32]\n"
      "vdup.16 q0, r3\n vstrw.32 q0, [sp, #48]\n"
      "ldm r1, {r3, r7, r10, r11}\n"
      "ldrd r4, r1, [r0, #76]\n"
      "strd r3, r4, [sp, #8]\n"
      "ldr r9, [r0, #64]\n strd r9, r10, [sp, #20]\n str r11, [sp, #28]\n"
      "ldrd r3, r5, [r0, #84]\n" /* steps, paired */
      "adr.w r2, .Lplain%=\n cmp r3, #1\n it eq\n adreq.w r2, .Lclamped%=\n it gt\n adrgt.w r2, .Lshifted%=\n orr r2, #1\n"
      "str r2, [sp, #16]\n"
      "adr.w r6, .Lcodes%=\n add r8, r6, r5, lsl #5\n"
      "ldr r3, [r8, r1, lsl #2]\n add r3, r6\n cmp r1, #0\n it eq\n moveq r3, r2\n str r3, [sp, #4]\n"
      "ldr r5, [r8, #16]\n add r5, r6\n cmp r4, #0\n it eq\n moveq r5, r3\n"
      "ldr r3, [r0, #92]\n cbz r3, .Lwhole%=\n"
      "str r5, [sp, #68]\n add r8, r6, #64\n"
      "ldr r3, [r8, r1, lsl #2]\n add r3, r6\n cmp r1, #0\n it eq\n moveq r3, r2\n"
      "ldr r5, [r8, #16]\n add r5, r6\n cmp r4, #0\n it eq\n moveq r5, r3\n strd r3, r5, [sp, #72]\n"
      "adr.w r5, .Lchoose%=\n orr r5, #1\n"
      ".Lwhole%=:\n"
      "str r5, [sp, #64]\n"
      "b .Lrow%=\n"
      ".balign 4\n"
      ".Lchoose%=:\n"
      "cmp r11, #4\n it le\n ldrle pc, [sp, #76]\n ldr pc, [sp, #68]\n"
      ".Lrow%=:\n"
      "ldr r0, [sp]\n"
      "ldrd r1, r9, [r0, #104]\n"
      "ldr r11, [r0, #24]\n"
      ".Lblock%=:\n"
      "ldrd r3, r5, [sp, #8]\n"
      "ldmia r9!, " SUMS
      "ldr pc, [sp, #64]\n"
      CODE("", "4", WINDOW2, WINDOW3, WINDOW4, ALL1, ALL2, ALL3, ALL4)
      CODE("Half", "72", WINDOW2, WINDOW3, WINDOW4, HALF1, HALF2, HALF3, HALF4)
      CODE("Pairs", "4", "vldmia r3, {d8-d11}\n", "vldmia r3, {d8-d13}\n", "vldmia r3!, {d8-d15}\n", CHANNELS(PAIRS1),
           CHANNELS(PAIRS2), CHANNELS(PAIRS3), CHANNELS(PAIRS4))
      ".balign 4\n"
      ".Lshifted%=:\n"
      TO_VECTORS
      "vldmia r9!, {d4-d15}\n" /* q2 q3 left, q4 q5 multiplier, q6 q7 right */
      "vshl.s32 q0, q0, q2\n vshl.s32 q1, q1, q3\n"
      "vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q5\n"
      /* VRSHL rounds ties up: one less where the value is negative and there is a shift. */
      "vand q4, q0, q6\n vshr.s32 q4, q4, #31\n vqadd.s32 q0, q0, q4\n vrshl.s32 q0, q0, q6\n"
      "vand q5, q1, q7\n vshr.s32 q5, q5, #31\n vqadd.s32 q1, q1, q5\n vrshl.s32 q1, q1, q7\n"
      "ldr r2, [sp, #20]\n"
      "vadd.i32 q0, q0, r2\n vadd.i32 q1, q1, r2\n"
      "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n"
      "b .Lclamp%=\n"
      ".balign 4\n"
      ".Lclamped%=:\n"
      REQUANTIZED
      ".Lclamp%=:\n"
      CLAMP
      "b .Lstore%=\n"
      ".balign 4\n"
      ".Lplain%=:\n"
      REQUANTIZED
      SATURATE
      ".Lstore%=:\n"
      "subs r11, #8\n"
      "blt .Llast%=\n"
      "vstrb.16 q0, [r7], #8\n"
      "bne .Lblock%=\n"
      "b .Lnext%=\n"
      ".Llast%=:\n"
      "add r11, #8\n"
      "vctp.16 r11\n"
      "vpst\n vstrbt.16 q0, [r7]\n"
      "add r7, r11\n"
      ".Lnext%=:\n"
      "ldr r0, [sp, #8]\n ldrd r1, r2, [sp, #24]\n"
      "add r0, r1\n str r0, [sp, #8]\n"
      "subs r2, #1\n str r2, [sp, #28]\n"
      "bne .Lrow%=\n"
      "add sp, #80\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n"
      ".balign 4\n"
      ".Lcodes%=:\n" OFFSETS("") OFFSETS("Pairs") OFFSETS("Half") ::: "memory");
}

#define AT(q, at) "vldrb.8 " q ", [r3, #" at "]\n"
#define PASS(loop, size, windows, all, end)                                                               \
  loop ":\n ldr r3, [sp, #20]\n ldrd r7, r0, [sp, #12]\n vctp.16 r0\n"                                    \
  "1:\n ldm r9, " SUMS windows all "sub r1, #" size "\n" TO_VECTORS "vldmia r5, {d4-d11}\n" SCALE("r11")   \
  end "ldm sp, {r0, r2, r4}\n add r3, r0\n add r7, r4\n cmp r3, r2\n bne 1b\n"                          \
  "add r1, #" size "\n add r9, #96\n add r5, #96\n"                                                     \
  "ldrd r0, r2, [sp, #12]\n add r0, #8\n subs r2, #8\n strd r0, r2, [sp, #12]\n"                         \
  "bgt " loop "\n b .Lend%=\n"
#define PASSES(kind, end)                                                              \
  "cmp r2, #2\n beq .Ltwo" kind "%=\n bgt .Lthree" kind "%=\n"                        \
  PASS(".Lone" kind "%=", "128", AT("q4", "0"), ALL1, end)                             \
  PASS(".Ltwo" kind "%=", "256", AT("q4", "0") AT("q5", "16"), ALL2, end)              \
  PASS(".Lthree" kind "%=", "384", AT("q4", "0") AT("q5", "16") AT("q6", "32"), ALL3, end)
#define STORE_SOME "vpst\n vstrbt.16 q0, [r7]\n"

/* The same for windows of up to 48 bytes without general shifts, one block of filters after the other: r5 constants, r11
 * output zero point. Stack: 0 x step, 4 end of the windows, 8 out_c, 12 y, 16 channels left, 20 x, 32 low, 48 high. */
__attribute__((naked, noinline)) static void passes(const ek_conv_2d_mve_t *p UNUSED, const rows_t *job UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "sub sp, #64\n"
      "ldrd r2, r3, [r0, #68]\n vdup.16 q0, r2\n vstrw.32 q0, [sp, #32]\n"
      "vdup.16 q0, r3\n vstrw.32 q0, [sp, #48]\n"
      "ldm r1, {r3, r4, r5, r6}\n"
      "mla r6, r5, r6, r3\n ldr r7, [r0, #24]\n"
      "strd r5, r6, [sp]\n strd r7, r4, [sp, #8]\n strd r7, r3, [sp, #16]\n"
      "ldrd r1, r9, [r0, #104]\n add r5, r9, #32\n ldr r11, [r0, #64]\n"
      "ldrd r2, r3, [r0, #80]\n"
      "cmp r3, #0\n bne .LpassesClamped%=\n tst r7, #7\n bne .LpassesSome%=\n"
      PASSES("", SATURATE "vstrb.16 q0, [r7]\n")
      ".LpassesSome%=:\n" PASSES("Some", SATURATE STORE_SOME)
      ".LpassesClamped%=:\n" PASSES("Clamped", CLAMP STORE_SOME)
      ".Lend%=:\n"
      "add sp, #64\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n" ::: "memory");
}

static inline void rows(const ek_conv_2d_mve_t *p, const rows_t *job) {
  if (p->passes) {
    passes(p, job);
  } else {
    blocks(p, job);
  }
}

#ifdef __cplusplus
}
#endif
#endif
