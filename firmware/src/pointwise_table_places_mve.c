/* What `ek_conv_2d` computes for 1x1 kernels of one input channel into up to three, pixels apart, on Helium: by tables.
 *
 * Blocking: lanes are 16 pixels. A gather by a vector of places brings their bytes, which index a channel's table by
 * another; outputs are scattered to their places, of one channel stored as they come. What is left of 16 pixels are lanes
 * that do not count.
 *
 * Registers: q0 places, then outputs, q1 pixels, q2 outputs, q3-q5 places in the output; r1 input, r2 output, r3 pixels,
 * r4 r0 r12 tables, r5 places of pixels, r6 bytes of a step.
 *
 * Budget, of 16 pixels: 5 instructions of one channel, 8 and 10 of two and three; 3, 7 and 8 a call, and its return. */
#include "edgekit/pointwise_table_places_mve.h"

#include "edgekit/assembly_mve.h"

#define KERNEL(name, text)                                                                                          \
  __attribute__((naked)) void ek_pointwise_table_places_mve_##name(const ek_pointwise_table_places_mve_t *p UNUSED, \
                                                                   const int8_t *x UNUSED, int8_t *y UNUSED) {      \
    __asm volatile("push {r4-r6, lr}\n ldm r0!, {r3-r6}\n" text "pop {r4-r6, pc}\n" ::: "memory");                    \
  }
#define LOOP(rest) "dlstp.8 lr, r3\n 1:\n vldrb.u8 q0, [r5], #16\n vldrb.u8 q1, [r1, q0]\n" rest "letp lr, 1b\n"
#define OF(q, table) "vldrb.u8 " q ", [" table ", q1]\n"
#define TO(q, places) "vstrb.8 " q ", [r2, " places "]\n"
#define BEGIN "vpush {d8-d11}\n vldmia r0, {d6-d11}\n add r0, r4, #256\n"
#define END "vpop {d8-d11}\n"

KERNEL(1, LOOP(OF("q0", "r4") "vstrb.8 q0, [r2], #16\n"))
KERNEL(2, BEGIN LOOP(OF("q0", "r4") OF("q2", "r0") TO("q0", "q3") TO("q2", "q4") "add r2, r6\n") END)
KERNEL(3, BEGIN "add r12, r4, #512\n" LOOP(OF("q0", "r4") OF("q2", "r0") TO("q0", "q3") OF("q0", "r12") TO("q2", "q4")
                                           TO("q0", "q5") "add r2, r6\n") END)
