/* What `ek_conv_2d` computes for 1x1 kernels that take every second pixel of 8 channels, on Helium.
 *
 * Vectors: in the input a pixel that counts and its neighbour that does not are 16 bytes. Runs of such vectors are copied
 * to scratch by VLDM and VSTM, up to 8 at a time; a run's last load ends with the pixel that counts, so that nothing beyond
 * the input is read. Then one store puts 4 bytes into four neighbours at once: three times -128 and 1, whose weights make the
 * bias, so that VMLADAV begins every sum and is all of it.
 *
 * Blocking: chunks of up to 256 pixels; of a chunk 4 channels after 4. Their filters stay while they meet all pixels, four
 * at a time; the sums go to scratch. From there 4 channels of four pixels are requantized together, from the last pixels
 * on, as in pointwise_groups_mve.c. Both is written out for 16 units of four pixels and entered where as many are left as
 * there are, so that any number costs what it needs. Up to 32 output channels the places of two units lie within 256 bytes
 * from one register, which then moves once for both. One pixel at the end has no lanes beside it; two or three are stored by
 * a mask, as it is.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, filters in q0-q3, pixels in q4-q7; r1 stream, r9 its end, r3 vectors, r7 their
 * end, r5 sums. Then r0 outputs, r2 their step, r4 output zero point, r6 end of the sums, r8 mask, r10 where to go after it,
 * r12 its outputs, sums in q0-q3, places in q4 and q7, multipliers in q5 and q6. On the stack, upwards: these, r0 first, and
 * where to jump to; what follows products, vectors, where products begin; parameters, input, chunks left, what copies.
 *
 * Budget: four pixels and 4 channels 34, up to 32 output channels 33.5; 4 channels 7, 4 for each 16 units, 14 for a pixel
 * left, 3 for two or three. A run 4, from 9 pixels on 6, between rows or pictures 4; biases 5 for 16 pixels; a chunk 30, a
 * call 25. */
#include "edgekit/pointwise_strided_mve.h"

#define UNUSED __attribute__((unused))
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define FOUR(x) x x x x
#define TWO(x, z)                                                                                 \
  "vmladav.s8 r0, q0, " x "\n vmladav.s8 r2, q1, " x "\n vmladav.s8 r4, q2, " x "\n vmladav.s8 r6, q3, " x "\n" \
  "vmladav.s8 r8, q0, " z "\n vmladav.s8 r10, q1, " z "\n vmladav.s8 r12, q2, " z "\n vmladav.s8 lr, q3, " z "\n" \
  "stmdb r5!, " SUMS
#define PRODUCTS "vldmia r3!, {d8-d15}\n" TWO("q4", "q5") TWO("q6", "q7")
/* Sums of 4 channels: the third and the fourth of four pixels, the first and the second. */
#define REQUANTIZED                                                                               \
  "vldmia r5!, {d0-d7}\n vqrdmulh.s32 q0, q0, q5\n vqrdmulh.s32 q1, q1, q5\n vqrdmulh.s32 q2, q2, q5\n" \
  "vqrdmulh.s32 q3, q3, q5\n vqrdmlash.s32 q0, q6, r4\n vqrdmlash.s32 q1, q6, r4\n"               \
  "vqrdmlash.s32 q2, q6, r4\n vqrdmlash.s32 q3, q6, r4\n vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n" \
  "vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n"
#define ONE REQUANTIZED "vstrb.8 q0, [r0, q4]\n sub.w r0, r0, r2\n"
#define PAIR REQUANTIZED "vstrb.8 q0, [r0, q7]\n" ONE
#define STORED_BY_MASK "vmsr p0, r8\n vpst\n vstrbt.8 q0, [r12, q4]\n bx.n r10\n nop.n\n"
/* Turns of 16 units until all sums are taken; then the next 4 channels. */
#define TURNS(name, units)                                                                        \
  ".L" name ":\n" units "cmp.w r5, r6\n bne.w .L" name "\n cmp.w r1, r9\n bne.w .Lblock\n b.w .Lend\n"

/* r12: the function that copies a chunk, from r1, which it moves, to r6: r8 runs, r9 times, r4 pitch, r5 gap. */
__attribute__((naked, noinline, used)) static void core(void) {
  __asm volatile(
      "push {r4-r11, lr}\n vpush {d8-d15}\n"
      "ldm r0!, {r4, r5, r6, r7}\n adr.w lr, .Lones\n add r5, lr\n add r6, r3\n add r7, lr\n"
      "push {r0, r1, r4, r12}\n push {r5, r6, r7}\n mov r7, r6\n"
      "ldm r0!, {r4, r5, r6, r8, r9, r10, r11}\n add r4, r2\n add r9, lr\n add r10, r2\n add r11, lr\n push {r4-r11}\n"
      ".Lchunk:\n"
      "ldm r0!, {r4, r5, r8, r9, r10}\n mov r6, r7\n blx r12\n str r1, [sp, #48]\n"
      "adr.w r4, .Lbegin\n vldmia r4, {d0-d3}\n vadd.i32 q1, q1, r7\n dls lr, r10\n"
      "1:\n" FOUR("vstrw.32 q0, [q1, #64]!\n") "le lr, 1b\n"
      "ldm r0, {r1, r8, r9}\n add r9, r1\n mov r5, r7\n add r7, r8\n add r11, sp, #36\n"
      ".Lblock:\n"
      "vldmia r1!, {d0-d7}\n ldm r11, {r3, pc}\n"
      ".Lproducts:\n" FOUR(FOUR(PRODUCTS)) ".Lturned:\n cmp r3, r7\n bne.w .Lproducts\n ldr.w pc, [r11, #-4]\n"
      ".Llast:\n"
      "vldrw.u32 q4, [r3]\n vmladav.s8 r0, q0, q4\n vmladav.s8 r2, q1, q4\n vmladav.s8 r4, q2, q4\n"
      "vmladav.s8 r6, q3, q4\n vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n"
      ".Lconstants:\n"
      "vldmia r1!, {d8-d15}\n ldm sp, {r0, r2, r4, r6, r8, r10, r12, pc}\n"
      ".Lsome:\n" REQUANTIZED STORED_BY_MASK
      ".Lone:\n vqrdmulh.s32 q0, q0, q5\n vqrdmlash.s32 q0, q6, r4\n vqmovnb.s16 q0, q0\n" STORED_BY_MASK
      TURNS("ones", FOUR(FOUR(ONE))) TURNS("pairs", FOUR(PAIR) FOUR(PAIR))
      ".Lend:\n"
      "ldr r4, [sp, #52]\n subs r4, #1\n bne 2f\n add sp, #60\n vpop {d8-d15}\n pop {r4-r11, pc}\n"
      "2:\n str r4, [sp, #52]\n ldr r0, [sp, #44]\n ldr r4, [r0, #60]\n ldr r5, [sp]\n ldr r6, [sp, #24]\n"
      "add r5, r4\n add r6, r4\n str r5, [sp]\n str r6, [sp, #24]\n ldr r1, [sp, #48]\n ldr r12, [sp, #56]\n"
      "ldr r7, [sp, #12]\n add r0, #28\n b.w .Lchunk\n"
      ".balign 4\n.Lbegin: .word 0x01808080, 0x01808080, 0x01808080, 0x01808080, -56, -40, -24, -8\n"
      /* What the parameters' bytes to jump to are made of. */
      ".if .Lturned - .Lproducts - 16 * 76\n.error\n.endif\n.if .Lones - .Lproducts - 16 * 76 - 142\n.error\n.endif\n"
      ".if .Lones - .Llast - 132\n.error\n.endif\n.if .Lones - .Lconstants - 104\n.error\n.endif\n"
      ".if .Lones - .Lsome - 96\n.error\n.endif\n.if .Lones - .Lone - 28\n.error\n.endif\n"
      ".if .Lpairs - .Lones - 16 * 60 - 20\n.error\n.endif\n.if .Lend - .Lpairs - 8 * 116 - 20\n.error\n.endif\n" ::: "memory");
}

#define LOAD(base, last) "vldmia " base ", {d0-" last "}\n"
#define KEEP(last) "vstmia r6!, {d0-" last "}\n"
#define EIGHT LOAD("r1!", "d15") KEEP("d15")
#define RUNS(name, run)                                                                           \
  __attribute__((naked)) void ek_pointwise_strided_mve_##name(const ek_pointwise_strided_mve_t *p UNUSED, \
                                                              const int8_t *x UNUSED,             \
                                                              int8_t *y UNUSED,                   \
                                                              uint8_t *scratch UNUSED) {          \
    __asm volatile(                                                                               \
        "adr.w r12, .Lcopy%=\n add r12, #1\n b.w %c0\n"                                          \
        ".balign 4\n.Lcopy%=:\n mov r2, lr\n"                                                     \
        "2:\n dls lr, r8\n 1:\n" run "add r1, r4\n le lr, 1b\n"                                   \
        "add r1, r5\n subs r9, #1\n bne 2b\n bx r2\n" ::"i"(core)                                \
        : "memory");                                                                              \
  }

RUNS(2, LOAD("r1", "d2") KEEP("d3"))
RUNS(3, LOAD("r1", "d4") KEEP("d5"))
RUNS(4, LOAD("r1", "d6") KEEP("d7"))
RUNS(5, LOAD("r1", "d8") KEEP("d9"))
RUNS(6, LOAD("r1", "d10") KEEP("d11"))
RUNS(7, LOAD("r1", "d12") KEEP("d13"))
RUNS(8, LOAD("r1", "d14") KEEP("d15"))
RUNS(9, EIGHT "vldmia r1, {d0}\n" KEEP("d1"))
RUNS(11, EIGHT LOAD("r1", "d4") KEEP("d5"))
RUNS(13, EIGHT LOAD("r1", "d8") KEEP("d9"))
RUNS(16, EIGHT LOAD("r1", "d14") KEEP("d15"))
