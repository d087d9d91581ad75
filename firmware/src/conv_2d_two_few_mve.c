/* What `ek_conv_2d` computes for 3x3 windows of 2 channels into few, on Helium.
 *
 * Blocking: an input is in scratch with its padding (`rows_mve.h`); from there every window's first 16 bytes are gathered once,
 * and of 8 pixels both last taps as words. Then channel by channel, 8 pixels a round: the channel's numbers stay in registers,
 * VMLADAVA takes 16 taps of a pixel, VMLA one tap of 4 pixels. Where pixels are not a multiple of 8, some are computed twice.
 *
 * Registers of a round: sums in r0 r2 r4 r6 r8 r10 r12 lr, in q1 q2 by PUSH and VPOP; q0 weights, r1 and r9 the last two;
 * windows and last taps in q1 to q6; r11 multiplier, q7 second multiplier, r5 output zero point; r3 vectors, r7 outputs. On the
 * stack: 8 biases; from byte 32 on where the vectors end, weights, outputs, vectors, channels left, parameters.
 *
 * Budget: 29 a round, 15 a channel, 24 to gather 8 windows. */
#include "edgekit/conv_2d_two_few_mve.h"

#include <arm_mve.h>

#include "edgekit/assembly_mve.h"

#define WINDOW(q, r) "vldrb.u8 " q ", [" r ", q7]\n"
#define M(a, x) "vmladava.s8 " a ", q0, " x "\n"

/* An input's outputs. */
__attribute__((naked, noinline)) static void outputs(const ek_conv_2d_two_few_mve_t *p UNUSED, uint8_t *scratch UNUSED,
                                                     int8_t *y UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n sub sp, #4\n vpush {d8-d15}\n sub sp, #64\n"
      "ldm r0!, {r4, r5, r6, r7, r8}\n str r0, [sp, #52]\n"
      "vldrb.u8 q7, [r5]\n add r7, r1\n strd r2, r7, [sp, #40]\n add r9, r1, r8\n add r10, r9, #1\n dls lr, r6\n"
      /* windows of 8 pixels, whose addresses go to registers, then their last taps and where their outputs are */
      "1:\n vldrh.u32 q0, [r4]\n vldrh.u32 q1, [r4, #8]\n vadd.i32 q0, q0, r1\n vadd.i32 q1, q1, r1\n"
      "vstmia sp, {d0-d3}\n ldm sp, {r0, r2, r3, r5, r6, r8, r11, r12}\n"
      WINDOW("q0", "r0") WINDOW("q1", "r2") WINDOW("q2", "r3") WINDOW("q3", "r5") WINDOW("q4", "r6") WINDOW("q5", "r8")
      "vstmia r7!, {d0-d11}\n" WINDOW("q0", "r11") WINDOW("q1", "r12")
      "vldrh.u32 q6, [r4], #8\n vldrb.s32 q2, [r9, q6]\n vldrb.s32 q4, [r10, q6]\n"
      "vldrh.u32 q6, [r4], #8\n vldrb.s32 q3, [r9, q6]\n vldrb.s32 q5, [r10, q6]\n"
      "vldrh.u16 q6, [r4], #16\n vstmia r7!, {d0-d13}\n le lr, 1b\n"
      "ldr r0, [sp, #52]\n ldm r0, {r3, r4, r5}\n strd r7, r4, [sp, #32]\n str r3, [sp, #48]\n"
      ".Lchannel%=:\n ldr r1, [sp, #36]\n ldm r1!, " SUMS "stm sp, " SUMS
      "vldmia r1!, {d0-d1}\n ldm r1!, {r2, r9, r11, r12}\n str r1, [sp, #36]\n mov r1, r2\n vdup.32 q7, r12\n"
      "ldrd r7, r3, [sp, #40]\n add r0, r7, #1\n str r0, [sp, #40]\n"
      ".Lround%=:\n ldm sp, " SUMS "vldmia r3!, {d2-d13}\n"
      M("r0", "q1") M("r2", "q2") M("r4", "q3") M("r6", "q4") M("r8", "q5") M("r10", "q6") "vldmia r3!, {d2-d13}\n"
      M("r12", "q1") M("lr", "q2") "push " SUMS "vpop {d2-d5}\n"
      "vmla.s32 q1, q3, r1\n vmla.s32 q2, q4, r1\n vmla.s32 q1, q5, r9\n vmla.s32 q2, q6, r9\n"
      "vqrdmulh.s32 q1, q1, r11\n vqrdmulh.s32 q2, q2, r11\n vldrw.u32 q3, [r3], #16\n"
      "vqrdmlash.s32 q1, q7, r5\n vqrdmlash.s32 q2, q7, r5\n"
      "vqmovnb.s32 q1, q1\n vqmovnt.s32 q1, q2\n vqmovnb.s16 q1, q1\n vstrb.16 q1, [r7, q3]\n"
      "ldr r0, [sp, #32]\n cmp r3, r0\n bne .Lround%=\n"
      "ldr r0, [sp, #48]\n subs r0, #1\n str r0, [sp, #48]\n bne .Lchannel%=\n"
      "add sp, #64\n vpop {d8-d15}\n add sp, #4\n pop {r4-r11, pc}\n" ::: "memory");
}

void ek_conv_2d_two_few_mve(const ek_conv_2d_two_few_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t *band = p->bands;
  for (int32_t n = p->batches; n > 0; --n, x += p->in_size, y += p->out_size, band = p->others) {
    ek_rows_mve(&p->rows, band, x, scratch);
    outputs(p, scratch, y);
  }
}
