/* What `ek_conv_2d` computes for 1x1 kernels of one input channel, output channels by eights or tens, on Helium: by
 * tables of pairs of outputs.
 *
 * Blocking: lanes are 8 pixels of halfwords. A gather by a vector of places brings their bytes, wherever they are; they
 * index tables of two channels by gathers, whose pairs are scattered to their places. All pixels pass for 8 channels
 * (`tens`: for 10), then for the next ones. What is left of 8 pixels are lanes that do not count.
 *
 * Registers: q1 pixels, q0 and q2 outputs, q3-q7 places of pairs; r6 r8 r9 r10 r11 their tables, r0 places in the input,
 * r1 input, r12 output, which a pass begins at r7 and r2; r3 pixels, r4 passes, r5 bytes of a step.
 *
 * Budget: 12 instructions for 8 pixels and 8 channels, 14 for 10; 10 or 11 a pass, 5 a call, and its return. */
#include "edgekit/pointwise_table_pairs_mve.h"

#include "edgekit/assembly_mve.h"

#define PASS                                                                                                        \
  "push {r4-r11, lr}\n vpush {d8-d15}\n ldm r0!, {r3-r7}\n vldmia r0, {d6-d15}\n"                                    \
  "1:\n mov r0, r7\n mov r12, r2\n add r8, r6, #512\n add r9, r6, #1024\n add r10, r6, #1536\n"
#define OF(q, table) "vldrh.u16 " q ", [" table ", q1, uxtw #1]\n"
#define TO(q, places) "vstrh.16 " q ", [r12, " places ", uxtw #1]\n"
#define FOUR                                                                                                        \
  "dlstp.16 lr, r3\n 2:\n vldrh.u16 q0, [r0], #16\n vldrb.u16 q1, [r1, q0]\n" OF("q2", "r6") OF("q0", "r8")           \
  TO("q2", "q3") OF("q2", "r9") TO("q0", "q4") OF("q0", "r10") TO("q2", "q5") TO("q0", "q6")
#define END(table, channels)                                                                                        \
  "add r12, r5\n letp lr, 2b\n add r6, #" table "\n adds r2, #" channels "\n subs r4, #1\n bne 1b\n vpop {d8-d15}\n" \
  "pop {r4-r11, pc}\n"
#define KERNEL(name, text)                                                                                          \
  __attribute__((naked)) void ek_pointwise_table_pairs_mve##name(const ek_pointwise_table_pairs_mve_t *p UNUSED,    \
                                                                 const int8_t *x UNUSED, int8_t *y UNUSED) {        \
    __asm volatile(text ::: "memory");                                                                              \
  }

KERNEL(, PASS FOUR END("2048", "8"))
KERNEL(_tens, PASS "add r11, r6, #2048\n" FOUR OF("q2", "r11") TO("q2", "q7") END("2560", "10"))
