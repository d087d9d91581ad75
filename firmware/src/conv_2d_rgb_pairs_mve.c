/* What `ek_conv_2d` computes for 3x3 windows of 3 channels into a multiple of 8, rows of an even number of pixels, on Helium,
 * by lines (`lines_mve.h`) of columns of 9 bytes: more instructions than `conv_2d_rgb_mve.c`, half its cycles.
 *
 * Blocking: 8 outputs over all pixels of the lines, of which two pixels and four outputs at a time: a vector of weights meets
 * two windows, so that its load is hidden between products. Sums become vectors lane by lane, between products as well, and
 * the even outputs are requantized while the odd ones begin.
 *
 * A window is 27 bytes, two vectors; what they read beyond meets weights of 0. Of a block, from r9
 * on: of the outputs 0 2 4 6 the first vectors of weights, the second ones; of 1 3 5 7; biases, multipliers and second
 * multipliers of the even, of the odd ones. Outputs fit into 16 bits before their clamp, so that odd ones are put
 * between even ones without narrowing.
 *
 * Registers: sums in r0 r2 r4 r6 of the first pixel, r8 r10 r12 lr of the second; windows in q4 q5 and q6 q7, until their last
 * products; weights and constants wherever nothing else is. Even outputs in q0 and q1, odd ones in q2 and q4. r3 window, r7
 * output, r1 the second pixel's, r5 output zero point, r11 rounds left and bytes to the next output.
 *
 * Budget of 2 pixels and 8 outputs: windows 4, weights 16, products 32, lanes 8, biases 6, requantization 12, narrowing 4,
 * stores 2, rounds 1: 85 instructions and 95 cycles, of which the multiplier takes 80; 2 and 4 more where other blocks' outputs
 * lie between. Lines as in `lines_mve.h`. */
#include "edgekit/conv_2d_rgb_pairs_mve.h"

#include <arm_mve.h>

#define M(more, a, w, x) "vmladav" more ".s8 " a ", " w ", " x "\n"
#define ADD(q, bias) "vadd.i32 " q ", " q ", " bias "\n"
#define MUL(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define LASH(q, m) "vqrdmlash.s32 " q ", " m ", r5\n"
#define W(q, at) "vldrw.32 " q ", [r9, #" at "]\n"
#define WINDOW(q, at) "vldrb.8 " q ", [r3" at "\n"
#define EVEN_LANES(q, first, third) "vmov " q "[2], " q "[0], " first ", " third "\n"
#define ODD_LANES(q, second, fourth) "vmov " q "[3], " q "[1], " second ", " fourth "\n"
/* `a`, `b`, `c`, `d`: where windows' vectors are from r3 on, the first of which moves it to the next pair. `second`: the second
 * pixel's output, between vectors. */
#define PAIR(a, b, c, d, second, store, next)                                                      \
  W("q0", "0") WINDOW("q4", a) M("", "r0", "q0", "q4") WINDOW("q6", b) M("", "r8", "q0", "q6")     \
  W("q1", "16") M("", "r2", "q1", "q4") WINDOW("q5", c) M("", "r10", "q1", "q6")                   \
  W("q2", "32") M("", "r4", "q2", "q4") WINDOW("q7", d) M("", "r12", "q2", "q6")                   \
  W("q3", "48") M("", "r6", "q3", "q4") W("q0", "64") M("", "lr", "q3", "q6")                      \
  W("q1", "96") M("a", "r0", "q0", "q5") W("q2", "80") M("a", "r4", "q1", "q5") W("q3", "112")     \
  M("a", "r2", "q2", "q5") second M("a", "r6", "q3", "q5")                                         \
  M("a", "r8", "q0", "q7") EVEN_LANES("q0", "r0", "r4") M("a", "r12", "q1", "q7") ODD_LANES("q0", "r2", "r6") \
  M("a", "r10", "q2", "q7") EVEN_LANES("q1", "r8", "r12") M("a", "lr", "q3", "q7") ODD_LANES("q1", "r10", "lr") \
  W("q2", "128") M("", "r0", "q2", "q4") W("q3", "256") M("", "r8", "q2", "q6")                    \
  W("q2", "144") M("", "r2", "q2", "q4") ADD("q0", "q3") M("", "r10", "q2", "q6")                  \
  W("q2", "160") M("", "r4", "q2", "q4") ADD("q1", "q3") M("", "r12", "q2", "q6")                  \
  W("q2", "176") M("", "r6", "q2", "q4") W("q3", "272") M("", "lr", "q2", "q6")                    \
  W("q2", "192") MUL("q0", "q3") W("q4", "224") MUL("q1", "q3") W("q3", "288")                     \
  M("a", "r0", "q2", "q5") W("q6", "208") LASH("q0", "q3") M("a", "r4", "q4", "q5")                \
  LASH("q1", "q3") W("q3", "240") M("a", "r2", "q6", "q5") M("a", "r6", "q3", "q5") W("q5", "304") \
  M("a", "r8", "q2", "q7") EVEN_LANES("q2", "r0", "r4") M("a", "r12", "q4", "q7") ODD_LANES("q2", "r2", "r6") \
  M("a", "r10", "q6", "q7") EVEN_LANES("q4", "r8", "r12") W("q6", "320") M("a", "lr", "q3", "q7")  \
  ADD("q2", "q5") W("q7", "336") MUL("q2", "q6") ODD_LANES("q4", "r10", "lr") LASH("q2", "q7")     \
  ADD("q4", "q5") MUL("q4", "q6") "vmovnt.i32 q0, q2\n" LASH("q4", "q7") "vqmovnb.s16 q0, q0\n"    \
  "vstrb.16 q0, [r7]" store "vmovnt.i32 q1, q4\n vqmovnb.s16 q1, q1\n" next
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
      ".Lblock%=:\n ldr r9, [sp, #136]\n ldrd r7, r3, [sp, #112]\n add r0, r9, #352\n"
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
