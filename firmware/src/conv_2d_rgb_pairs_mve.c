/* What `ek_conv_2d` computes for 3x3 windows of 3 channels into a multiple of 8, rows of an even number of pixels, on Helium,
 * by lines (`lines_mve.h`) of columns of 9 bytes: more instructions than `conv_2d_rgb_mve.c`, half its cycles.
 *
 * Blocking: 8 outputs over all pixels of the lines, of which two pixels and four outputs at a time: a vector of weights meets
 * two windows, so that its load is hidden between products. Sums become vectors lane by lane, between products as well, and
 * the even outputs are requantized while the odd ones begin.
 *
 * A window is 27 bytes, two vectors; what they read beyond meets weights of 0. Of a block: biases of the outputs 0 2 4 6, twice;
 * at r9 those of 1 3 5 7, twice; of the even ones the first vectors of weights, the second ones; of the odd ones; multipliers
 * and second multipliers of the even, of the odd ones. Outputs fit into 16 bits before their clamp, so that odd ones are put
 * between even ones without narrowing.
 *
 * Registers: sums in r0 r2 r4 r6 of the first pixel, r8 r10 r12 lr of the second; windows in q4 q5 and q6 q7, until their last
 * products; q0 to q3 weights. Even outputs in q0 and q1, odd ones in q2 and q3. r3 window, r7 output, r1 the second pixel's,
 * r5 output zero point, r11 rounds left and bytes to the next output.
 *
 * Budget of 2 pixels and 8 outputs: biases 2, windows 4, weights 16, products 32, sums 8, requantization 16, stores 2, rounds 1:
 * 81 instructions and about 101 cycles, of which the multiplier takes 80 and the biases 8; 2 more of both where other blocks'
 * outputs lie between. */
#include "edgekit/conv_2d_rgb_pairs_mve.h"

#include <arm_mve.h>

#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define W(q, at) "vldrw.32 " q ", [r9, #" at "]\n"
#define WINDOW(q, at) "vldrb.8 " q ", [r3" at "\n"
#define EVEN_LANES(q, first, third) "vmov " q "[2], " q "[0], " first ", " third "\n"
#define ODD_LANES(q, second, fourth) "vmov " q "[3], " q "[1], " second ", " fourth "\n"
/* The last products of four outputs: with the first window, which needs its vector no more, then with the second one while
 * sums become `a` and `b`. Weights in w0 to w3; a is w0, b is w2. */
#define LAST(w0, w2, w1, w3, at0, at2, at1, at3, a, b, between)                                   \
  W(w0, at0) M("r0", w0, "q5") W(w2, at2) M("r4", w2, "q5") W(w1, at1) M("r2", w1, "q5") W(w3, at3) M("r6", w3, "q5") \
  between M("r8", w0, "q7") EVEN_LANES(a, "r0", "r4") M("r12", w2, "q7") ODD_LANES(a, "r2", "r6")  \
  M("r10", w1, "q7") EVEN_LANES(b, "r8", "r12") M("lr", w3, "q7")
/* `a`, `b`, `c`, `d`: where windows' vectors are from r3 on, the first of which moves it to the next pair. */
#define PAIR(a, b, c, d, second, store, next)                                                      \
  "ldmdb r9, " EK_SUMS W("q0", "32") WINDOW("q4", a) M("r0", "q0", "q4") WINDOW("q6", b)           \
  M("r8", "q0", "q6") W("q1", "48") M("r2", "q1", "q4") WINDOW("q5", c) M("r10", "q1", "q6")       \
  W("q2", "64") M("r4", "q2", "q4") WINDOW("q7", d) M("r12", "q2", "q6")                           \
  W("q3", "80") M("r6", "q3", "q4") M("lr", "q3", "q6")                                            \
  LAST("q0", "q1", "q2", "q3", "96", "128", "112", "144", "q0", "q1", "") ODD_LANES("q1", "r10", "lr") \
  second "ldm r9, " EK_SUMS                                                                       \
  W("q2", "160") M("r0", "q2", "q4") W("q3", "288") M("r8", "q2", "q6")                            \
  W("q2", "176") M("r2", "q2", "q4") "vqrdmulh.s32 q0, q0, q3\n" M("r10", "q2", "q6")              \
  W("q2", "192") "vqrdmulh.s32 q1, q1, q3\n" W("q3", "304") M("r4", "q2", "q4") M("r12", "q2", "q6") \
  W("q2", "208") "vqrdmlash.s32 q0, q3, r5\n" M("r6", "q2", "q4") M("lr", "q2", "q6")              \
  "vqrdmlash.s32 q1, q3, r5\n"                                                                    \
  LAST("q2", "q3", "q4", "q6", "224", "256", "240", "272", "q2", "q3", W("q5", "320"))             \
  W("q4", "336") "vqrdmulh.s32 q2, q2, q5\n" ODD_LANES("q3", "r10", "lr") "vqrdmlash.s32 q2, q4, r5\n" \
  "vmovnt.i32 q0, q2\n vqrdmulh.s32 q3, q3, q5\n vqmovnb.s16 q0, q0\n vqrdmlash.s32 q3, q4, r5\n"  \
  "vstrb.16 q0, [r7]" store "vmovnt.i32 q1, q3\n vqmovnb.s16 q1, q1\n" next
#define STEPS_OF_1 "], #18", ", #-9]", ", #-2]", ", #7]"
#define STEPS_OF_2 "], #36", ", #-18]", ", #-20]", ", #-2]"
#define ONE_BLOCK "", ", #8\n", "vstrb.16 q1, [r7], #8\n"
#define BLOCKS "uxtah r1, r7, r11\n", "\n", "vstrb.16 q1, [r1]\n uxtah r7, r1, r11\n"
#define EXPANDED(...) PAIR(__VA_ARGS__)
#define ROWS(name, steps, blocks, gap)                                                             \
  ".balign 4\n.L" name "0%=:\n" EXPANDED(steps, blocks) ".L" name "1%=:\n" EXPANDED(steps, blocks) \
  "subs r11, #1 << 16\n bhs .L" name "0%=\n"                                                       \
  "ldr r0, [sp, #120]\n add r3, #" gap "\n cmp r3, r0\n bne.w .Lrow%=\n b.w .Lend%=\n"
#define CODES(name) EK_CODE(name "0") EK_CODE(name "0") EK_CODE(name "1") EK_CODE(name "1")

EK_LINES_BAND {
  __asm volatile(
      EK_LINES_MADE("2", "15", "vstrb.8", "45")
      ".Lblock%=:\n ldr r9, [sp, #136]\n ldrd r7, r3, [sp, #112]\n add r0, r9, #384\n add r9, #32\n"
      "add r1, r7, #8\n str r0, [sp, #136]\n str r1, [sp, #112]\n"
      ".Lrow%=:\n ldr r11, [sp, #124]\n ldr pc, [sp, #128]\n"
      ROWS("oneEight", STEPS_OF_1, ONE_BLOCK, "18") ROWS("oneMore", STEPS_OF_1, BLOCKS, "18")
      ROWS("twoEight", STEPS_OF_2, ONE_BLOCK, "9") ROWS("twoMore", STEPS_OF_2, BLOCKS, "9")
      ".Lend%=:\n ldr r0, [sp, #132]\n subs r0, #1\n str r0, [sp, #132]\n bne.w .Lblock%=\n"
      EK_LINES_DONE CODES("oneEight") CODES("oneMore") CODES("twoEight") CODES("twoMore") ::: "memory");
}

void ek_conv_2d_rgb_pairs_mve(const ek_conv_2d_rgb_pairs_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  ek_lines_mve(p, x, y, scratch, band);
}
