/* What `ek_conv_2d` computes for 3x3 windows of three channels into four, on Helium, of rows of 12 pixels or, in steps of two,
 * 13, with one row and one column of padding on each side.
 *
 * Nothing is copied: the up to 27 inputs of a window are two gathers, only of what is inside the picture. All sums go to
 * scratch, then four pixels at a time are requantized and stored.
 *
 * Blocking: two pixels of four outputs, first a row's two outermost ones with weights of their own, then five pairs, or
 * two and a pixel. Each begins with the half of the filters that the one before ended with.
 *
 * Registers: sums of a pixel in r0 r2 r4 r6, of the other in r8 r10 r12 lr; r3 and r5 what their gathers count from, r1 stream,
 * r7 sums in scratch, r9 begins of a pair's sums, r11 steps of the stream. Of a pair q0 to q3 weights, q4 and q5 inputs, q6 and
 * q7 offsets.
 *
 * Budget: the outermost two 28, a pair 24; a row 164 of 12 pixels, 103 of 13; requantization 20 for four pixels. */
#include "edgekit/conv_2d_quads_mve.h"

#include "edgekit/assembly_mve.h"

#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define STREAM(d) "vldmia r1!, {" d "}\n"
#define FOUR(a, b, c, d, u, v, w, z, x) M(a, u, x) M(b, v, x) M(c, w, x) M(d, z, x)
#define OUTER(a, b, c, d) STREAM("d0-d9") "vldrb.u8 q7, [r3, q0]\n" FOUR(a, b, c, d, "q1", "q2", "q3", "q4", "q7")
#define HALF(offsets)                                                                            \
  "vldrb.u8 q4, [r3, " offsets "]\n vldrb.u8 q5, [r5, " offsets "]\n"                            \
  FOUR("r0", "r2", "r4", "r6", "q0", "q1", "q2", "q3", "q4") FOUR("r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q5")
#define FIRST_HALF HALF("q6")
#define SECOND_HALF HALF("q7")
#define PAIR(one, between, other) "ldm r9, " SUMS one between STREAM("d0-d7") other "stm r7!, " SUMS
#define ONE(offsets) "vldrb.u8 q4, [r3, " offsets "]\n" FOUR("r0", "r2", "r4", "r6", "q0", "q1", "q2", "q3", "q4")
#define PIXEL "ldm r9, {r0, r2, r4, r6}\n" ONE("q6") STREAM("d0-d7") ONE("q7") "stm r7!, {r0, r2, r4, r6}\n"
#define ON(step) "adds r3, #" step "\n adds r5, #" step "\n"
#define BACK "subs r1, #128\n"
#define FORTH(step) PAIR(FIRST_HALF, , SECOND_HALF) ON(step) PAIR(SECOND_HALF, BACK, FIRST_HALF) ON(step)
#define SCALED                                                                                   \
  "vld40.32 {q0, q1, q2, q3}, [r3]\n vld41.32 {q0, q1, q2, q3}, [r3]\n"                          \
  "vld42.32 {q0, q1, q2, q3}, [r3]\n vld43.32 {q0, q1, q2, q3}, [r3]!\n"                         \
  "vqrdmulh.s32 q0, q0, r0\n vqrdmulh.s32 q1, q1, r2\n vqrdmulh.s32 q2, q2, r4\n vqrdmulh.s32 q3, q3, r6\n" \
  "vqrdmlash.s32 q0, q4, r8\n vqrdmlash.s32 q1, q5, r8\n vqrdmlash.s32 q2, q6, r8\n vqrdmlash.s32 q3, q7, r8\n" \
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q2\n vqmovnb.s32 q1, q1\n vqmovnt.s32 q1, q3\n"          \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q1\n"
#define ALL "2:\n" SCALED "vstrb.8 q0, [r5], #16\n le lr, 2b\n"
#define REST SCALED "vctp.8 r10\n vpst\n vstrbt.8 q0, [r5]\n"

/* Bytes of a row of pixels and to the next row of windows, of the last pixel's sums, from a pixel to the next. Multipliers of
 * the four channels, the zero point, outputs beyond sixteens, sixteens. */
#define KERNEL(name, above, down, last, pixel, pixels, rest)                                     \
  __attribute__((naked, noinline)) static void picture_##name(const int32_t *stream UNUSED, const int8_t *x UNUSED, \
                                                              int8_t *y UNUSED, uint8_t *scratch UNUSED, \
                                                              const int32_t *steps UNUSED) {     \
    __asm volatile(                                                                              \
        "push {r2-r11, lr}\n vpush {d8-d15}\n"                                                   \
        "ldr r11, [sp, #108]\n mov r7, r3\n sub r3, r1, #" above "\n mov r1, r0\n"               \
        ".Lrow%=:\n ldm r1!, " SUMS                                                              \
        OUTER("r0", "r2", "r4", "r6") OUTER("r0", "r2", "r4", "r6")                              \
        OUTER("r8", "r10", "r12", "lr") OUTER("r8", "r10", "r12", "lr")                          \
        "add r9, r7, #" last "\n stm r9, {r8, r10, r12, lr}\n stm r7!, {r0, r2, r4, r6}\n"       \
        STREAM("d12-d15") "mov r9, r1\n adds r1, #32\n adds r5, r3, #" pixel "\n" STREAM("d0-d7") pixels \
        "adds r7, #16\n adds r3, #" down "\n ldr r0, [r11], #4\n cbz r0, 1f\n add r1, r0\n b.w .Lrow%=\n" \
        "1:\n ldm r11!, {r0, r2, r4, r6, r8, r10, lr}\n vldmia r11, {d8-d15}\n ldrd r5, r3, [sp, #64]\n" \
        ALL rest "vpop {d8-d15}\n pop {r2-r11, pc}\n" ::: "memory");                             \
  }                                                                                              \
  void ek_conv_2d_quads_mve_##name(const ek_conv_2d_quads_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) { \
    for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, y += p->out_size) {                \
      picture_##name(p->stream, x, y, scratch, p->steps);                                        \
    }                                                                                            \
  }

KERNEL(by_1, "36", "12", "176", "3", FORTH("6") FORTH("6") PAIR(FIRST_HALF, , SECOND_HALF), )
KERNEL(by_2, "39", "54", "96", "6", FORTH("12") PIXEL, REST)
