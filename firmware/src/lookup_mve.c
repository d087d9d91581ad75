/* What `ek_lookup` computes, on Helium: 16 values index the table by a gather, in a tail-predicated loop. A vector is read before it
 * is written: y may be x.
 *
 * Registers: r0 table, r1 x, r2 y, q0 values, q1 outputs. Budget: 3 instructions for 16 values, 5 a call. By 48, with VLDM and VSTM, it
 * would be 8 instead of 9, but 20 cycles instead of 18; and a core loads the bytes of a gather one by one. */
#include "edgekit/lookup_mve.h"

#include "edgekit/assembly_mve.h"

__attribute__((naked)) void ek_lookup_mve(const ek_lookup_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED) {
  __asm volatile(
      "mov r12, lr\n ldrd r3, r0, [r0]\n wlstp.8 lr, r3, 2f\n"
      "1:\n vldrb.u8 q0, [r1], #16\n vldrb.u8 q1, [r0, q0]\n vstrb.8 q1, [r2], #16\n letp lr, 1b\n"
      "2:\n bx r12\n" ::: "memory");
}
