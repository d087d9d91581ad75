/* The end of a requantization by one VQRDMULH (forms/mve/_once.py): the low halves of outputs with two bits of fraction, which
 * VMOVNT may put beside each other, to int8, rounded (the line begins half an
 * output earlier: assemblers before 2.41 make VQSHRNB VQRSHRNB) and saturated. */
#ifndef EDGEKIT_ONCE_MVE_H
#define EDGEKIT_ONCE_MVE_H

#define EK_ONCE(q) "vqrshrnb.s16 " q ", " q ", #2\n"

#endif
