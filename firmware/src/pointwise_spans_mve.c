/* What `ek_conv_2d` computes for 1x1 kernels of 16 or 24 channels into one with every second pixel of a row, on Helium.
 *
 * Blocking: spans of 5 to 8 outputs of a row, one function each. Two to four pixels and those between them come with one
 * load. `steps` takes the input from the end of a span to the next.
 *
 * Registers: sums in r0 r2 r4 r6 (even outputs) and r8 r10 r12 lr (odd ones), which begin with the biases and pass
 * through the stack to q0 and q1; the filter in q7, or q6 and q7; r1 input, r3 stream, r5 output zero point, r7 output,
 * r9 steps. Of less than 8 outputs r11 is the multiplier, lr counts spans (and is a sum that a predicate does not
 * store); of 8 r11 counts.
 *
 * Budget, of a span of n outputs: 16 channels n + 18, of 8 28; 24 channels 18 + 2 n + n / 2 rounded up, of 8 38; 9 a
 * call, 10 of 24 channels. Requantization as in conv_2d_mve.c. */
#include "edgekit/pointwise_spans_mve.h"

#define UNUSED __attribute__((unused))
#define DOT(acc, w, x) "vmladava.s8 " acc ", " w ", " x "\n"
#define LOAD(registers) "vldmia r1!, {" registers "}\n"

/* Of 16 channels pixels 0 2 4 6, then from pixel 7 on. */
#define FIRST_16 LOAD("d0-d13") DOT("r0", "q0", "q7") DOT("r8", "q2", "q7") DOT("r2", "q4", "q7") DOT("r10", "q6", "q7")
#define SUMS_16x5 FIRST_16 LOAD("d0-d3") DOT("r4", "q1", "q7")
#define SUMS_16x6 FIRST_16 LOAD("d0-d7") DOT("r4", "q1", "q7") DOT("r12", "q3", "q7")
#define SUMS_16x7 FIRST_16 LOAD("d0-d11") DOT("r4", "q1", "q7") DOT("r12", "q3", "q7") DOT("r6", "q5", "q7")
#define SUMS_16x8 \
  FIRST_16 "adds r1, #16\n" LOAD("d0-d13") DOT("r4", "q0", "q7") DOT("r12", "q2", "q7") DOT("r6", "q4", "q7") DOT("lr", "q6", "q7")

/* Of 24 channels, one and a half vectors, two pixels and what follows each; a half more meets weights of 0. */
#define ONE(a) LOAD("d0-d2") DOT(a, "q0", "q6") DOT(a, "q1", "q7")
#define TWO_OF(registers, a, b) LOAD(registers) DOT(a, "q0", "q6") DOT(a, "q1", "q7") DOT(b, "q3", "q6") DOT(b, "q4", "q7")
#define TWO(a, b) TWO_OF("d0-d11", a, b)
#define LAST_TWO(a, b) TWO_OF("d0-d8", a, b)
#define SUMS_24x5 TWO("r0", "r8") TWO("r2", "r10") ONE("r4")
#define SUMS_24x6 TWO("r0", "r8") TWO("r2", "r10") LAST_TWO("r4", "r12")
#define SUMS_24x7 TWO("r0", "r8") TWO("r2", "r10") TWO("r4", "r12") ONE("r6")
#define SUMS_24x8 TWO("r0", "r8") TWO("r2", "r10") TWO("r4", "r12") LAST_TWO("r6", "lr")

#define FILTER_16 "vldrb.8 q7, [r3, #64]\n"
#define FILTER_24 "vldrb.8 q6, [r3, #64]\n vldrb.8 q7, [r3, #80]\n"
#define TO_LANES "push {r0, r2, r4, r6, r8, r10, r12, lr}\n vldmia sp!, {d0-d3}\n vldrw.s32 q2, [r3, #48]\n"
#define STEP "ldr r0, [r9], #4\n add r1, r0\n"
#define ROUNDED                                                                                                  \
  "vqrdmlash.s32 q0, q2, r5\n vqrdmlash.s32 q1, q2, r5\n vqmovnb.s32 q0, q0\n vqmovnt.s32 q0, q1\n vqmovnb.s16 q0, q0\n"
/* What begins a call, the biases, what ends a span: of fewer than 8 outputs, and of 8. */
#define LOW(n)                                                                                                    \
  "vctp.16 r12\n dls lr, lr\n", "ldm r3, {r0, r2, r4, r6, r8, r10, r12}\n",                                       \
      TO_LANES "vqrdmulh.s32 q0, q0, r11\n vqrdmulh.s32 q1, q1, r11\n" ROUNDED "vpst\n vstrbt.16 q0, [r7], #" #n "\n" STEP \
      "le lr, .Lspan%=\n"
#define ALL                                                                                                      \
  "mov r11, lr\n", "ldm r3, {r0, r2, r4, r6, r8, r10, r12, lr}\n",                                               \
      TO_LANES "vldrw.s32 q3, [r3, #32]\n vqrdmulh.s32 q0, q0, q3\n vqrdmulh.s32 q1, q1, q3\n" ROUNDED           \
      "vstrb.16 q0, [r7], #8\n" STEP "subs r11, #1\n bne .Lspan%=\n"

#define SPANS(channels, n, ...) SPANS_OF(channels, n, __VA_ARGS__)
#define SPANS_OF(channels, n, begin, biases, end)                                                                  \
  __attribute__((naked)) void ek_pointwise_spans_mve_##channels##x##n(const ek_pointwise_spans_mve_t *p UNUSED,    \
                                                                      const int8_t *x UNUSED, int8_t *y UNUSED) {  \
    __asm volatile("push {r4-r11, lr}\n vpush {d8-d15}\n mov r7, r2\n ldm r0, {r3, r5, r9, r11, r12, lr}\n"        \
                   FILTER_##channels begin ".balign 4\n.Lspan%=:\n" biases SUMS_##channels##x##n end               \
                   "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                                             \
  }
SPANS(16, 5, LOW(5))
SPANS(16, 6, LOW(6))
SPANS(16, 7, LOW(7))
SPANS(16, 8, ALL)
SPANS(24, 5, LOW(5))
SPANS(24, 6, LOW(6))
SPANS(24, 7, LOW(7))
SPANS(24, 8, ALL)
