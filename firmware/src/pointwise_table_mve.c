/* What `ek_conv_2d` computes for 1x1 kernels of one input channel, on Helium: a function of one byte, by a table a channel.
 *
 * Blocking: lanes are 16 pixels. They index up to four channels' tables by gathers, whose outputs are scattered to their
 * places; all pixels pass for four channels, then for the next ones. Of one channel outputs are stored as they come, of
 * rows that are words 48 at a time. What is left of 16 pixels are lanes that do not count. Of 32 and 64 channels all
 * outputs of a pixel lie side by side in the table, and are copied. Pixels that are apart are brought together in scratch
 * before, row by row.
 *
 * Registers: q0 pixels, q1-q3 outputs, q4-q7 places of four channels; r7 r8 r9 r12 their tables, r0 input, r10 output; r1 and
 * r2 where a pass begins in either, r3 pixels, r4 passes of four, r5 channels of the last pass, r6 bytes of a step.
 *
 * Budget, of 16 pixels: 3 instructions and 2 for each channel of a pass; 4 where there is but one, or 6 for 48 of them. Of
 * a pixel of 32 or 64 channels 5. 10 a pass, 13 a call. To bring pixels together 4 for 16 of them, 7 a row. Instructions, that is: a core loads the bytes of a gather one by one. */
#include "edgekit/pointwise_table_mve.h"

#include <arm_mve.h>

#include "edgekit/assembly_mve.h"

#define LANES 16
#define LOAD "vldrb.u8 q0, [r0], #16\n"
#define OF(q, table) "vldrb.u8 " q ", [" table ", q0]\n"
#define TO(q, places) "vstrb.8 " q ", [r10, " places "]\n"
#define ONE LOAD OF("q1", "r7") TO("q1", "q4")
#define TWO LOAD OF("q1", "r7") OF("q2", "r8") TO("q1", "q4") TO("q2", "q5")
#define THREE LOAD OF("q1", "r7") OF("q2", "r8") OF("q3", "r9") TO("q1", "q4") TO("q2", "q5") TO("q3", "q6")
#define FOUR                                                                                             \
  LOAD OF("q1", "r7") OF("q2", "r8") OF("q3", "r9") TO("q1", "q4") OF("q1", "r12") TO("q2", "q5") TO("q3", "q6") \
  TO("q1", "q7")
#define PASS(channels) "dlstp.8 lr, r3\n 1:\n" channels "add r10, r6\n letp lr, 1b\n"
#define BEGIN "mov r0, r1\n mov r10, r2\n add r8, r7, #256\n add r9, r7, #512\n"

__attribute__((naked)) void ek_pointwise_table_mve(const ek_pointwise_table_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                   int8_t *y UNUSED) {
  __asm volatile(
      "push {r4-r10, lr}\n vpush {d8-d15}\n"
      "ldm r0!, {r3, r4, r5, r6, r7}\n vldrb.u8 q4, [r0]\n"
      "movs r0, #1\n vadd.i8 q5, q4, r0\n vadd.i8 q6, q5, r0\n vadd.i8 q7, q6, r0\n"
      "cbz r4, .Lrest%=\n"
      ".Lfour%=:\n" BEGIN "add r12, r7, #768\n" PASS(FOUR)
      "add r7, #1024\n adds r2, #4\n subs r4, #1\n bne .Lfour%=\n"
      ".Lrest%=:\n subs r5, #1\n bmi .Lend%=\n" BEGIN "beq .Lone%=\n cmp r5, #1\n beq .Ltwo%=\n"
      PASS(THREE) "b .Lend%=\n"
      ".Ltwo%=:\n" PASS(TWO) "b .Lend%=\n"
      ".Lone%=:\n" PASS(ONE)
      ".Lend%=:\n vpop {d8-d15}\n pop {r4-r10, pc}\n" ::: "memory");
}

#define OUTPUTS(y, x) "vldrb.u8 " y ", [r0, " x "]\n"
#define BY_16 "dlstp.8 lr, r3\n 1:\n vldrb.u8 q0, [r1], #16\n" OUTPUTS("q1", "q0") "vstrb.8 q1, [r2], #16\n letp lr, 1b\n"

__attribute__((naked)) void ek_pointwise_table_mve_one(const ek_pointwise_table_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                       int8_t *y UNUSED) {
  __asm volatile(
      "ldr r3, [r0]\n ldr r0, [r0, #16]\n mov r12, lr\n" BY_16 "bx r12\n" ::: "memory");
}

__attribute__((naked)) void ek_pointwise_table_mve_many(const ek_pointwise_table_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                        int8_t *y UNUSED) {
  __asm volatile(
      "mov r12, lr\n ldrd lr, r3, [r0, #4]\n ldr r0, [r0, #16]\n"
      "1:\n vldmia r1!, {d2-d7}\n" OUTPUTS("q0", "q1") OUTPUTS("q1", "q2") OUTPUTS("q2", "q3") "vstmia r2!, {d0-d5}\n le lr, 1b\n"
      "cbz r3, .Lend%=\n" BY_16 ".Lend%=:\n bx r12\n" ::: "memory");
}

#define COPY(shift, vectors)                                                                             \
  "1:\n ldrb r3, [r1], #1\n add r3, r0, r3, lsl #" shift "\n vldmia r3, {" vectors "}\n vstmia r2!, {" vectors "}\n" \
  "le lr, 1b\n bx r12\n"

__attribute__((naked)) void ek_pointwise_table_mve_wide(const ek_pointwise_table_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                        int8_t *y UNUSED) {
  __asm volatile(
      "ldr r12, [r0, #12]\n cmp r12, #1024\n ldr r3, [r0]\n ldr r0, [r0, #16]\n mov r12, lr\n dls lr, r3\n"
      "bge .Lsixtyfour%=\n" COPY("5", "d0-d3") ".Lsixtyfour%=:\n" COPY("6", "d0-d7") ::: "memory");
}

void ek_pointwise_table_mve_apart(const ek_pointwise_table_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const uint8x16_t places = vmulq_n_u8(vidupq_n_u8(0, 1), (uint8_t)p->apart);
  const int8_t *from;
  uint8_t *row = scratch, *to;
  int32_t batches = p->batches, rows;
  __asm volatile(
      "1:\n mov %[rows], %[height]\n"
      "2:\n mov %[from], %[x]\n mov %[to], %[row]\n dlstp.8 lr, %[columns]\n"
      "3:\n vldrb.u8 q0, [%[from], %q[places]]\n add %[from], %[step]\n vstrb.8 q0, [%[to]], #16\n letp lr, 3b\n"
      "add %[x], %[down]\n add %[row], %[columns]\n subs %[rows], #1\n bne 2b\n"
      "add %[x], %[picture]\n subs %[batches], #1\n bne 1b\n"
      : [x] "+r"(x), [row] "+r"(row), [batches] "+r"(batches), [rows] "=&r"(rows), [from] "=&r"(from), [to] "=&r"(to)
      : [places] "w"(places), [height] "r"(p->rows), [columns] "r"(p->columns), [down] "r"(p->row),
        [picture] "r"(p->picture), [step] "r"(LANES * p->apart)
      : "lr", "q0", "cc", "memory");
  const int8_t *pixels = (const int8_t *)scratch;
  if (p->step == LANES) {
    ek_pointwise_table_mve_one(p, pixels, y);
  } else if (p->step > LANES * LANES) {
    ek_pointwise_table_mve_wide(p, pixels, y);
  } else {
    ek_pointwise_table_mve(p, pixels, y);
  }
}
