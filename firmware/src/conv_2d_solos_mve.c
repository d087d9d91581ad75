/* What `ek_conv_2d` computes for 3x3 windows of three channels into one, on Helium, of one picture: 12x12 pixels, or 13x13 in
 * steps of two, with one row and one column of padding on each side.
 *
 * A window is two vectors, as 27 taps need two products; which bytes of the picture a gather brings together is chosen so that
 * nearly every vector serves two windows, each with its own weights. All sums go to memory, then 16 at a time are requantized
 * and go where they belong.
 *
 * 12: the picture is copied between two rows of zero points, its rows one behind the other; windows of the first and of the last
 * column read a neighbouring row's pixels, where their weights are 0. A block of 2x2 windows is four vectors: what the upper
 * ones share, the lower, the left, the right ones. Blocks go in pairs, one below the other. Sums in r0 r2 r4 r6, r8 r10 r12 lr;
 * r3 and r5 blocks, r7 sums in scratch, r1 constants, of the columns between r9 and r11, begins before r9.
 *
 * 13: nothing is copied. The first and the last row are five vectors each; of others windows 0 to 3 are five, of which the first
 * serves two rows, windows 4 to 6 four, of which the last does. Sums go to the stack. r1 and r3 rows, r11 constants.
 *
 * Budget of 12: two blocks 29, four rows 181, requantization 50 for 48 outputs. Of 13: the first and the last row 22 each, two
 * rows between 52, one 29, requantization 16 for 16 outputs. */
#include "edgekit/conv_2d_solos_mve.h"

#include "edgekit/assembly_mve.h"
#include "edgekit/picture_mve.h"

#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
/* A gather, and its window or its two ones. */
#define GATHER(x, row, offsets) "vldrb.u8 " x ", [" row ", " offsets "]\n"
#define TWO(row, offsets, x, a, u, b, v) GATHER(x, row, offsets) M(a, u, x) M(b, v, x)
#define SCALED(zero, multiplier)                                                                 \
  "vqrdmulh.s32 q0, q0, " multiplier "\n vqrdmulh.s32 q1, q1, " multiplier "\n"                  \
  "vqrdmulh.s32 q2, q2, " multiplier "\n vqrdmulh.s32 q3, q3, " multiplier "\n"                  \
  "vqrdmlash.s32 q0, q4, " zero "\n vqrdmlash.s32 q1, q4, " zero "\n"                            \
  "vqrdmlash.s32 q2, q4, " zero "\n vqrdmlash.s32 q3, q4, " zero "\n" EK_NARROWED

#define UPPER_AND_LOWER                                                                          \
  TWO("r3", "q0", "q6", "r0", "q1", "r2", "q2") TWO("r5", "q0", "q7", "r8", "q1", "r10", "q2")   \
  TWO("r3", "q3", "q6", "r4", "q4", "r6", "q5") TWO("r5", "q3", "q7", "r12", "q4", "lr", "q5")
#define LEFT_AND_RIGHT                                                                           \
  TWO("r3", "q0", "q6", "r0", "q1", "r4", "q2") TWO("r5", "q0", "q7", "r8", "q1", "r12", "q2")   \
  TWO("r3", "q3", "q6", "r2", "q4", "r6", "q5") TWO("r5", "q3", "q7", "r10", "q4", "lr", "q5")
#define SIX(from) "vldmia " from ", {d0-d11}\n"
#define ON "stm r7!, " SUMS "adds r3, #6\n adds r5, #6\n"
#define OUTER "ldm r1!, " SUMS SIX("r1!") UPPER_AND_LOWER SIX("r1!") LEFT_AND_RIGHT
#define FORTH "ldmdb r9, " SUMS UPPER_AND_LOWER SIX("r11") LEFT_AND_RIGHT ON
#define BACK "ldmdb r9, " SUMS LEFT_AND_RIGHT SIX("r9") UPPER_AND_LOWER ON
#define OUTPUTS(offsets) "vldmia r3!, {d0-d7}\n" SCALED("r8", "r6") "vstrb.8 q0, [r5, " offsets "]\n"
#define FILL "vstrb.8 q7, [r3], #16\n vstrb.8 q7, [r3], #16\n vstrb.8 q7, [r3], #16\n"
#define COPY "vldmia r1!, {d0-d13}\n vstmia r3!, {d0-d13}\n"

/* On the stack: where the sums end, constants, outputs. */
__attribute__((naked)) void ek_conv_2d_solos_mve_12(const ek_conv_2d_solos_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                    int8_t *y UNUSED, uint8_t *scratch UNUSED) {
  __asm volatile(
      "push {r0-r2, r4-r11, lr}\n vpush {d8-d15}\n ldm r0, {r0, r9, r10}\n"
      "vdup.8 q7, r10\n" FILL COPY COPY COPY "vldmia r1, {d0-d11}\n vstmia r3!, {d0-d11}\n" FILL
      "mov r1, r0\n mov r7, r3\n add r11, r9, #128\n adds r9, #32\n addw r4, r3, #576\n strd r4, r1, [sp, #64]\n"
      "subw r3, r3, #519\n add r5, r3, #72\n"
      "1:\n" OUTER ON SIX("r9") FORTH BACK FORTH BACK OUTER "stm r7!, " SUMS
      "ldrd r0, r1, [sp, #64]\n adds r3, #114\n adds r5, #114\n cmp r7, r0\n bne.w 1b\n"
      "adds r11, #96\n vldmia r11!, {d8-d15}\n ldrd r6, r8, [r11]\n ldr r5, [sp, #72]\n subw r3, r7, #576\n mov lr, #3\n"
      "2:\n" OUTPUTS("q5") OUTPUTS("q6") OUTPUTS("q7") "adds r5, #48\n le lr, 2b\n"
      "vpop {d8-d15}\n pop {r0-r2, r4-r11, pc}\n" ::: "memory");
}

#define STREAM(d) "vldmia r11!, {" d "}\n"
#define ONE(offsets, x, a, w) GATHER(x, "r1", offsets) M(a, w, x)
/* A row of which two rows of taps are inside. */
#define EDGE                                                                                     \
  STREAM("d0-d13") TWO("r1", "q0", "q7", "r0", "q1", "r2", "q2") TWO("r1", "q3", "q7", "r2", "q4", "r4", "q5") \
  GATHER("q7", "r1", "q6") STREAM("d0-d13") M("r4", "q0", "q7") M("r6", "q1", "q7") M("r8", "q2", "q7") \
  TWO("r1", "q3", "q7", "r6", "q4", "r8", "q5") M("r10", "q6", "q7")                             \
  STREAM("d0-d5") TWO("r1", "q0", "q7", "r10", "q1", "r12", "q2")
/* Two rows between. */
#define BOTH(offsets, x, z, a, u, b, v, c, d) TWO("r1", offsets, x, a, u, b, v) TWO("r3", offsets, z, c, u, d, v)
#define PAIR                                                                                     \
  "ldm r11!, " SUMS STREAM("d0-d11") TWO("r1", "q0", "q6", "r0", "q1", "r8", "q2")               \
  BOTH("q3", "q6", "q7", "r0", "q4", "r2", "q5", "r8", "r10")                                    \
  STREAM("d0-d13") BOTH("q0", "q7", "q7", "r2", "q1", "r4", "q2", "r10", "r12")                  \
  BOTH("q3", "q7", "q7", "r4", "q4", "r6", "q5", "r12", "lr") GATHER("q7", "r1", "q6") GATHER("q0", "r3", "q6") \
  STREAM("d2-d13") M("r6", "q1", "q7") M("lr", "q1", "q0")                                       \
  "push " SUMS "ldm r11!, {r0, r2, r4, r6, r8, r10}\n"                                           \
  ONE("q2", "q7", "r0", "q3") GATHER("q0", "r3", "q2") M("r6", "q3", "q0")                       \
  BOTH("q4", "q7", "q0", "r0", "q5", "r2", "q6", "r6", "r8")                                     \
  STREAM("d0-d11") BOTH("q0", "q6", "q7", "r2", "q1", "r4", "q2", "r8", "r10")                   \
  TWO("r1", "q3", "q6", "r4", "q4", "r10", "q5") "push {r0, r2, r4, r6, r8, r10}\n"
/* One. */
#define SINGLE                                                                                   \
  STREAM("d0-d11") ONE("q0", "q6", "r0", "q1") TWO("r1", "q3", "q6", "r0", "q4", "r2", "q5")     \
  STREAM("d0-d13") TWO("r1", "q0", "q7", "r2", "q1", "r4", "q2") TWO("r1", "q3", "q7", "r4", "q4", "r6", "q5") \
  GATHER("q7", "r1", "q6") STREAM("d2-d13") M("r6", "q1", "q7")                                  \
  ONE("q2", "q7", "r8", "q3") TWO("r1", "q4", "q7", "r8", "q5", "r10", "q6")                     \
  STREAM("d0-d11") TWO("r1", "q0", "q6", "r10", "q1", "r12", "q2") ONE("q3", "q6", "r12", "q4")
#define SEVEN "{r0, r2, r4, r6, r8, r10, r12}\n"
#define POPPED(offsets) "vpop {d0-d7}\n" SCALED("r7", "r3") "vstrb.8 q0, [r9, " offsets "]\n"

__attribute__((naked)) void ek_conv_2d_solos_mve_13(const ek_conv_2d_solos_mve_t *p UNUSED, const int8_t *x UNUSED,
                                                    int8_t *y UNUSED) {
  __asm volatile(
      "push {r2, r4-r11, lr}\n vpush {d8-d15}\n ldr r11, [r0]\n"
      "ldm r11!, " SEVEN EDGE "push " SEVEN
      "add r3, r1, #78\n" PAIR "subw r11, r11, #456\n adds r1, #156\n adds r3, #156\n" PAIR "adds r1, #156\n"
      "ldm r11!, " SEVEN SINGLE "push " SEVEN
      "ldm r11!, {r0, r2-r8, r10, r12}\n" EDGE "push {r0, r2, r4, r6, r8, r10}\n"
      "vldmia r11, {d8-d15}\n ldr r9, [sp, #256]\n" POPPED("q5") POPPED("q6") POPPED("q7")
      "adds r12, r12, r12\n smmulr r12, r12, r3\n smmlar r12, r12, r5, r7\n ssat r12, #8, r12\n strb r12, [r9, #48]\n"
      "vpop {d8-d15}\n pop {r2, r4-r11, pc}\n" ::: "memory");
}
