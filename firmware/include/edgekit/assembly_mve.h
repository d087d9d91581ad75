/* What the assembly of Helium kernels shares. */
#ifndef EDGEKIT_ASSEMBLY_MVE_H
#define EDGEKIT_ASSEMBLY_MVE_H

#define UNUSED __attribute__((unused)) /* arguments that only the assembly reads */

/* Eight sums: the registers that VMLADAVA takes and LDM loads. To q0 and q1 as they are; even ones to q0, odd ones to q1, the
 * first register to the lower lane. */
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define TO_LANES "push " SUMS "vpop {d0-d3}\n"
#define TO_VECTORS \
  "vmov q0[2], q0[0], r0, r8\n vmov q0[3], q0[1], r4, r12\n vmov q1[2], q1[0], r2, r10\n vmov q1[3], q1[1], r6, lr\n"
/* Both roundings of them, to halfwords in q0: q2, q3 multipliers, q4, q5 dividers. */
#define SCALE(zero)                                                       \
  "vqrdmulh.s32 q0, q0, q2\n vqrdmulh.s32 q1, q1, q3\n"                   \
  "vqrdmlash.s32 q0, q4, " zero "\n vqrdmlash.s32 q1, q5, " zero "\n"     \
  "vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n"
#define SATURATE "vqmovnb.s16 q0, q0\n"

#endif
