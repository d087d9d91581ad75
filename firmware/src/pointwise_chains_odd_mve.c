/* What `ek_conv_2d` computes for 1x1 kernels of 8 channels next to each other, a multiple of 8 pixels and one more into 8
 * channels, on Helium.
 *
 * Vectors and blocking of sums: as in pointwise_chains_mve.c, nothing repeated by a loop. The first pixel is apart: its 8
 * sums need only the filters (w, 0), of which six come with the distances of the places of outputs, two with the filters of
 * the first two channels.
 *
 * Registers: as in chains_mve.h; r3 end of the sums in scratch, the first of which are the first pixel's. Its vector is q7, its
 * sums are those of channels 0 2 4 6, then of 1 3 5 7, in q0 and q1, their multipliers in q4 and q5, q6 and q7.
 *
 * Budget: 20 for two channels of 8 pixels, 14 for their outputs; 22 for the first pixel, filters of two channels included; 3
 * for those of the others, 4 for constants, 2 to 4 for places, the function 4; less two loads of 8 pixels. */
#include "edgekit/pointwise_chains_odd_mve.h"

#include "edgekit/chains_mve.h"

#define PIXELS(biases) biases EK_EIGHT("q0", "q2") EK_PUSHED EK_EIGHT("q1", "q3") EK_PUSHED
#define FIRST(places)                                                                             \
  "vldmia r0!, {d0-d15}\n" places "vldmia r1!, {d14}\n" EK_BEGUN                                     \
  EK_DOT("r0", "q0", "q7") EK_DOT("r2", "q1", "q7") EK_DOT("r4", "q2", "q7") EK_DOT("r6", "q3", "q7") \
  EK_DOT("r8", "q4", "q7") EK_DOT("r10", "q5", "q7") "vldmia r9!, {d0-d11}\n"                     \
  EK_DOT("r12", "q4", "q7") EK_DOT("lr", "q5", "q7") EK_PUSHED
#define FIRST_STORED                                                                              \
  EK_CONSTANTS "vldmdb r3!, {d0-d3}\n vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q6\n"        \
  "vqrdmlash.s32 q0, q5, r5\n vqrdmlash.s32 q1, q7, r5\n vmovnt.i32 q0, q1\n vqmovnb.s16 q0, q0\n vstrb.16 q0, [r7]\n"

/* The last two channels' sums were stored back to front. */
#define OUTPUTS(stored, back) EK_CONSTANTS stored EK_CONSTANTS back EK_CONSTANTS stored EK_CONSTANTS back

#define ODD(name, inner, begun, places, stored, back)                                             \
  __attribute__((naked)) void ek_pointwise_chains_odd_mve_##name(                                 \
      const ek_pointwise_chains_odd_mve_t *p EK_UNUSED, const int8_t *x EK_UNUSED, int8_t *y EK_UNUSED, \
      uint8_t *scratch EK_UNUSED) {                                                               \
    __asm volatile("push {r4-r11, lr}\n vpush {d8-d15}\n" FIRST(begun) EK_ALL(PIXELS, inner) places          \
                   OUTPUTS(stored, back) FIRST_STORED "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory"); \
  }

ODD(25, 1, "mov r7, r2\n", EK_PLACE("r0", "r7", "#128"), EK_TWO("r7") EK_STORED("r0", "q4"),
    EK_STORED("r0", "q4") EK_TWO_BACK("r7"))
ODD(49, 4, "mov r7, r2\n", EK_PLACES_32("#128") EK_PLACE("r2", "r0", "#128"), EK_TO_32(EK_TWO) EK_TWO("r2"),
    EK_TWO_BACK("r2") EK_FROM_32(EK_TWO_BACK))
/* Eight places at once, by way of the stack. */
ODD(121, 13, "vadd.i32 q6, q6, r2\n vadd.i32 q7, q7, r2\n vpush {d12-d15}\n", "pop {r0, r2, r4, r6, r7, r8, r10, r12}\n",
    EK_TO_96(EK_TWO) EK_TWO("r10") EK_STORED("r12", "q4"), EK_STORED("r12", "q4") EK_TWO_BACK("r10") EK_FROM_96(EK_TWO_BACK))
