/* What `ek_depthwise_conv_2d` computes for windows of up to 16 taps, on Helium. For small pictures.
 *
 * Blocking: all channels of a sample, or 4 of them, are copied to scratch as they are, between zero points; then 4 outputs of
 * a pixel at a time, whose filters stay in registers while all pixels pass. A window is one gather of 16 bytes: the
 * offsets of a pixel's taps are the same for all channels and rows, and of one pixel after the other in flash. A picture so
 * small that offsets reach all of it has no padding but one pixel, to which taps outside point.
 *
 * Registers of the loop: r0 r2 r4 r6 sums, from the biases on; r1 r3 r5 r10 places of the 4 channels in scratch, r7 output, r8
 * offsets, r9 constants, r11 bytes to the next pixel, r12 output zero point, lr pixels; q0 window, then sums, q1 offsets, q2
 * q3 multipliers, q4-q7 filters.
 *
 * Budget: 18 instructions for 4 outputs, 9 a row of them, 19 a block; copying 3 for 16 bytes of all channels, 4 for 4 pixels
 * of 4, 7 a row, 15 a group; 3 for 32 zero points. Instructions, that is: a core loads the bytes of a gather one by one.
 * Outputs fit 16 bits before saturation. Requantization as in conv_2d_mve.c, where VQRDMLASH is VQRDMULH and the addition of
 * the zero point; a clamp follows when all is done, 5 for 16 outputs. */
#include "edgekit/depthwise_conv_2d_windows_mve.h"

#include <stddef.h>

#define UNUSED __attribute__((unused))
#define TAPS(place, sum, filter) "vldrb.u8 q0, [" place ", q1]\n vmladava.s8 " sum ", q0, " filter "\n"

/* Fields of the parameters that the assembly reads. */
#define AT(field, bytes) _Static_assert(offsetof(ek_depthwise_conv_2d_windows_mve_t, field) == (bytes), #field)
AT(rows, 8);
AT(blocks, 16);
AT(group_blocks, 24);
AT(copied, 28);
AT(filled, 52);
AT(out_c, 60);
AT(in_zero, 68);
AT(next_x, 76);
AT(clamped, 84);
AT(low, 88);

/* Stack: 0 offsets, 4 columns, 8 rows left, 12 bytes between rows, 16 parameters, 20 input, 24 output, 28 scratch, 32 groups
 * left, 36 blocks left, 40 samples left. */
__attribute__((naked)) void ek_depthwise_conv_2d_windows_mve(const ek_depthwise_conv_2d_windows_mve_t *p UNUSED,
                                                             const int8_t *x UNUSED, int8_t *y UNUSED,
                                                             uint8_t *scratch UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "vpush {d8-d15}\n"
      "sub sp, #12\n"
      "push {r0-r3}\n"
      "ldm r0, {r4-r7}\n"
      "push {r4-r7}\n"
      /* zero points */
      "add r1, r0, #52\n"
      "ldm r1, {r1, r2, r11, r12}\n"
      "ldrd r4, r5, [r0, #68]\n str r5, [sp, #40]\n"
      "vdup.8 q0, r4\n add r1, r3\n"
      "dls lr, r2\n"
      "1:\n vstrb.8 q0, [r1], #16\n vstrb.8 q0, [r1], #16\n le lr, 1b\n"
      ".Lsample%=:\n"
      "ldr r0, [sp, #16]\n ldrd r9, r4, [r0, #16]\n str r4, [sp, #32]\n"
      ".Lgroup%=:\n"
      "ldrd r0, r1, [sp, #16]\n ldr r3, [sp, #28]\n"
      "add r0, #24\n ldm r0, {r0, r2, r4, r5, r6, r7, r8}\n"
      "str r0, [sp, #36]\n add r3, r8\n"
      "cbnz r7, .Lfour%=\n"
      /* rows of all channels: r2 rows, r4 bytes, r5 and r6 from row to row */
      "1:\n mov r7, r1\n mov r8, r3\n wlstp.8 lr, r4, 3f\n"
      "2:\n vldrb.u8 q0, [r7], #16\n vstrb.8 q0, [r8], #16\n letp lr, 2b\n"
      "3:\n add r1, r5\n add r3, r6\n subs r2, #1\n bne 1b\n b .Lblock%=\n"
      /* of 4 channels: r4 pixels */
      ".Lfour%=:\n"
      "movs r0, #0\n vidup.u32 q1, r0, #1\n lsr r0, r7, #2\n vmul.i32 q1, q1, r0\n"
      "1:\n mov r0, r1\n mov r8, r3\n wlstp.32 lr, r4, 3f\n"
      "2:\n vldrw.u32 q0, [r0, q1]\n add r0, r7\n vstrw.32 q0, [r8], #16\n letp lr, 2b\n"
      "3:\n add r1, r5\n add r3, r6\n subs r2, #1\n bne 1b\n"
      ".Lblock%=:\n"
      "ldr r0, [sp, #16]\n ldr r0, [r0, #8]\n str r0, [sp, #8]\n"
      "ldrd r2, r4, [sp, #24]\n"
      "vldrw.32 q2, [r9, #16]\n vldrw.32 q3, [r9, #32]\n"
      "add r0, r9, #48\n ldm r0!, {r1, r3, r5, r7, r10}\n vldmia r0, {d8-d15}\n"
      "add r1, r4\n add r3, r4\n add r5, r4\n add r7, r2\n add r10, r4\n"
      ".Lrow%=:\n"
      "ldrd r8, lr, [sp]\n"
      ".balign 4\n"
      ".Lpixel%=:\n"
      "ldm r9, {r0, r2, r4, r6}\n"
      "vldrb.u8 q1, [r8], #16\n"
      TAPS("r1", "r0", "q4") TAPS("r3", "r2", "q5") TAPS("r5", "r4", "q6") TAPS("r10", "r6", "q7")
      "vmov q0[2], q0[0], r0, r4\n vmov q0[3], q0[1], r2, r6\n"
      "vqrdmulh.s32 q0, q0, q2\n vqrdmlash.s32 q0, q3, r12\n"
      "vqmovnb.s16 q0, q0\n"
      "vstrb.32 q0, [r7]\n add r7, r11\n"
      "le lr, .Lpixel%=\n"
      "ldrd r0, r2, [sp, #8]\n subs r0, #1\n str r0, [sp, #8]\n"
      "add.w r1, r1, r2\n add.w r3, r3, r2\n add.w r5, r5, r2\n add.w r10, r10, r2\n"
      "bne .Lrow%=\n"
      "ldr r0, [sp, #36]\n add r9, #132\n subs r0, #1\n str r0, [sp, #36]\n bne .Lblock%=\n"
      "ldrd r0, r1, [sp, #16]\n ldr r2, [sp, #32]\n adds r1, #4\n str r1, [sp, #20]\n"
      "subs r2, #1\n str r2, [sp, #32]\n bne .Lgroup%=\n"
      "ldrd r3, r4, [r0, #76]\n ldr r2, [sp, #24]\n add r1, r3\n add r2, r4\n strd r1, r2, [sp, #20]\n"
      "ldr r3, [sp, #40]\n subs r3, #1\n str r3, [sp, #40]\n bne .Lsample%=\n"
      "ldr r1, [r0, #84]\n cbz r1, .Ldone%=\n"
      "ldrd r3, r4, [r0, #88]\n vdup.8 q1, r3\n vdup.8 q2, r4\n sub r2, r1\n"
      "dlstp.8 lr, r1\n"
      "1:\n vldrb.u8 q0, [r2]\n vmax.s8 q0, q0, q1\n vmin.s8 q0, q0, q2\n vstrb.8 q0, [r2], #16\n letp lr, 1b\n"
      ".Ldone%=:\n"
      "add sp, #44\n"
      "vpop {d8-d15}\n"
      "pop {r4-r11, pc}\n" ::: "memory");
}
