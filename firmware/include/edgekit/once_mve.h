/* The end of a requantization by one VQRDMULH (forms/mve/_once.py): the low halves of outputs with bits of fraction, which
 * VMOVNT may put beside each other, to int8, rounded and saturated. (GNU as 2.40 encodes VQSHRNB as this, too.) */
#ifndef EDGEKIT_ONCE_MVE_H
#define EDGEKIT_ONCE_MVE_H

#define EK_ONCE_2(q) "vqrshrnb.s16 " q ", " q ", #2\n"
#define EK_ONCE_3(q) "vqrshrnb.s16 " q ", " q ", #3\n"
#define EK_ONCE_TOP_3(q, from) "vqrshrnt.s16 " q ", " from ", #3\n"

#endif
