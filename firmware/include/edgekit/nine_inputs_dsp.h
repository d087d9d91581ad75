/* What the assembly of kernels shares that keep nine inputs, in pairs and one, in r2 to r6: r1 the stream, r0 the outputs. */
#ifndef EDGEKIT_NINE_INPUTS_DSP_H
#define EDGEKIT_NINE_INPUTS_DSP_H

#include "edgekit/assembly_dsp.h"

#define FINISH(D, MULTIPLIER, DIVIDER, ZERO) REQUANTIZE(D, MULTIPLIER, DIVIDER, ZERO) "  strb " D ", [r0], #1\n"
/* 84 bytes */
#define TWO_CHANNELS                                                                                           \
  "  ldmia.w r1!, {r7, r8, r9, r10, r11, r12, lr}\n"                                                           \
  TAP("r7", "r2", "r8") TAP("r7", "r3", "r9") "  smlabb r7, r4, r10, r7\n" TAP("r7", "r5", "r11") TAP("r7", "r6", "r12") \
  "  ldmia.w r1!, {r8, r9, r10, r11, r12}\n" FINISH("r7", "lr", "r8", "r9")                                    \
  TAP("r10", "r2", "r11") TAP("r10", "r3", "r12")                                                              \
  "  ldmia.w r1!, {r7, r8, r9, r11, r12, lr}\n"                                                                \
  "  smlabb r10, r4, r7, r10\n" TAP("r10", "r5", "r8") TAP("r10", "r6", "r9") FINISH("r10", "r11", "r12", "lr")

#endif
