/* Pieces of assembly that Helium forms share. */
#ifndef EDGEKIT_ARCH_MVE_H
#define EDGEKIT_ARCH_MVE_H

/* Four sums, which VMLADAV leaves in even registers, in the order of lanes. */
#define EK_MVE_SUMS_TO(q) "vmov " q "[2], " q "[0], r0, r4\n vmov " q "[3], " q "[1], r2, r6\n"

/* q1 to even halfwords, q0 to odd ones, of q1, saturated. */
#define EK_MVE_NARROW "vqmovnb.s32 q1, q1\n vqmovnt.s32 q1, q0\n"

/* Halfwords of q1 to int8, saturated. */
#define EK_MVE_SATURATE "vqmovnb.s16 q1, q1\n"

/* VRSHL rounds ties up: one less where the value is negative, if `tie` is -1, turns them from zero. */
#define EK_MVE_TIES(q, tie) "vpt.s32 lt, " q ", zr\n vqaddt.s32 " q ", " q ", " tie "\n"

#endif
