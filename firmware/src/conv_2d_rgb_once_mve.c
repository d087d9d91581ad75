/* What `ek_conv_2d` computes for 3x3 windows of 3 channels into an even number, rows of a multiple of 4 pixels, on Helium, by
 * lines (`lines_mve.h`) of columns of 9 bytes and by one multiplication an output (`once_mve.h`): two thirds of the cycles of
 * `conv_2d_rgb_pairs_mve.c`.
 *
 * Blocking: 2 outputs over all pixels of the lines, whose weights stay in registers; 4 pixels a round. A window is 27 bytes,
 * two vectors; what they read beyond meets weights of 0. Products and everything else take turns: the requantization of 4
 * pixels and their store lie among the next ones' products, over the ends of rows. The first round of a block begins in its
 * middle, the last outputs follow behind its last one.
 *
 * Registers: weights of the first output q0 q1, of the second q2 q3; half a window q4; sums of 4 pixels q5 q6; q7 where they
 * go, in halfwords. Sums of the second pixel r0 r2, the fourth r4 r6, the third r8 r10, the first r4 r0. r1 r5 biases, r9 r11
 * multipliers, r3 window, r7 output, r12 bytes of 4 pixels' outputs, lr rounds.
 *
 * A block: weights, places of the round before the first, biases, multipliers.
 *
 * Budget of 4 pixels and 2 outputs: windows 8, products 16, lanes 4, requantization 4, narrowing 2, store 2, loop 1: 37
 * instructions, 37 cycles. A row of a block 6 (11), a block 15 (36). Lines as in `lines_mve.h`. */
#include "edgekit/conv_2d_rgb_once_mve.h"

#include "edgekit/assembly_mve.h"
#include "edgekit/once_mve.h"

#define M(a, w) "vmladav.s8 " a ", " w ", q4\n"
#define MA(a, w) "vmladava.s8 " a ", " w ", q4\n"
#define L(at) "vldrb.8 q4, [r3" at "\n"
#define EVEN(q, first, third) "vmov " q "[2], " q "[0], " first ", " third "\n"
#define ODD(q, second, fourth) "vmov " q "[3], " q "[1], " second ", " fourth "\n"
#define ADD(q, bias) "vadd.i32 " q ", " q ", " bias "\n"
#define MUL(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define STEP "vadd.i16 q7, q7, r12\n"
#define JOIN "vmovnt.i32 q5, q6\n"
#define STORE "vstrb.16 q5, [r7, q7]\n"
/* The second and fourth pixel, with the requantization and store of the round before; the third and first. */
#define SECOND_FOURTH(b0, b1, d0, d1, one, two, three, four, five)                                  \
  L(b0) M("r0", "q0") one M("r2", "q2") L(b1) MA("r0", "q1") two MA("r2", "q3")                     \
  L(d0) three M("r4", "q0") four M("r6", "q2") L(d1) MA("r4", "q1") five MA("r6", "q3")
#define THIRD_FIRST(c0, c1, a0, a1)                                                                 \
  L(c0) M("r8", "q0") STEP M("r10", "q2") L(c1) MA("r8", "q1") ODD("q5", "r0", "r4") MA("r10", "q3") \
  L(a1) M("r4", "q1") ODD("q6", "r2", "r6") M("r0", "q3") L(a0) MA("r0", "q2") EVEN("q6", "r0", "r10") MA("r4", "q0")
#define SCALED MUL("q6", "r11") ADD("q5", "r1") MUL("q5", "r9") JOIN
#define LEFT EVEN("q5", "r4", "r8"), ADD("q6", "r5"), SCALED, EK_ONCE_3("q5"), STORE
#define NONE "", "", "", "", ""
#define OF_1 ", #9]", ", #25]", ", #27]", ", #43]"
#define REST_OF_1 ", #18]", ", #34]", "], #36", ", #16]"
#define OF_2 ", #18]", ", #34]", ", #54]", ", #70]"
#define REST_OF_2 ", #36]", ", #52]", "], #72", ", #16]"
#define EXPANDED(macro, ...) macro(__VA_ARGS__)
#define ROUNDS "ldr r0, [sp, #124]\n dls lr, r0\n"
/* `gap`: from behind a row's last step to the next line. A block's first round begins behind what is left
 * of the one before. */
#define ROWS(name, of, rest, gap)                                                                   \
  ".balign 4\n.L" name "%=:\n" EXPANDED(SECOND_FOURTH, of, NONE) "b .L" name "Begun%=\n"             \
  ".balign 4\n.L" name "Row%=:\n" ROUNDS                                                           \
  ".L" name "Loop%=:\n" EXPANDED(SECOND_FOURTH, of, LEFT) ".L" name "Begun%=:\n"              \
  EXPANDED(THIRD_FIRST, rest) "le lr, .L" name "Loop%=\n"                                           \
  "ldr r0, [sp, #120]\n add r3, #" gap "\n cmp r3, r0\n bne .L" name "Row%=\n b .Lend%=\n"

EK_LINES_BAND {
  __asm volatile(
      EK_LINES_MADE("2", "15", "vstrb.8", "45")
      "mov r12, r5\n"
      ".Lblock%=:\n ldr r0, [sp, #136]\n vldmia r0!, {d0-d7}\n vldrw.32 q7, [r0], #16\n ldmia r0!, {r1, r5, r9, r11}\n"
      "str r0, [sp, #136]\n ldrd r7, r3, [sp, #112]\n adds r0, r7, #2\n str r0, [sp, #112]\n" ROUNDS "ldr pc, [sp, #128]\n"
      ROWS("one", OF_1, REST_OF_1, "18") ROWS("two", OF_2, REST_OF_2, "9")
      ".Lend%=:\n" EVEN("q5", "r4", "r8") ADD("q6", "r5") SCALED EK_ONCE_3("q5") STORE
      "ldr r0, [sp, #132]\n subs r0, #1\n str r0, [sp, #132]\n bne.w .Lblock%=\n"
      EK_LINES_DONE EK_CODE("one") EK_CODE("two") ::: "memory");
}

void ek_conv_2d_rgb_once_mve(const ek_conv_2d_rgb_once_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  ek_lines_mve(p, x, y, scratch, band);
}
