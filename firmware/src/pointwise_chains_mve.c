/* What `ek_conv_2d` computes for 1x1 kernels of 8 channels next to each other, many pixels into few channels, on Helium.
 *
 * Vectors: two pixels. (w, 0) adds the first one's products to a bias; then (-w, w), which takes these away again, makes the
 * second one's sum of the first one's: biases are loaded once for two pixels, and pixels need neither copies nor lanes
 * for biases. Weights are not -128.
 *
 * Blocking: groups of pixels, of all of which first the sums are stored: two channels meet all pixels, 8 by 8, the next
 * two meet them from the last ones on, so that the pixels at either end stay. Then, from the last sums on, two channels of
 * 8 pixels are requantized together: outputs fit into 16 bits before their clamp, so that one vector's are put between
 * another's without narrowing, and 16 bytes are stored at their places at once. Pixels behind the groups come by two, all 8
 * channels of either, the first of them perhaps again.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr, filters in q0-q3, pixels in q4-q7; r1 input, r7 output, r9 stream, r11 sums
 * in scratch, r5 or r3 whether products go on, then r5 output zero point; else r3 end of the groups' outputs. Then sums in
 * q0-q3, places in q4 and q7, multipliers in q5 and q6; outputs of 16 pixels each at r7 r0 r2 r4 r6 r8 r10 r12 r1 r3; lr
 * passes left.
 *
 * Budget: 34 for two channels of 8 pixels. A group of 128 pixels and 8 channels 25 more, the function 10. Two pixels behind
 * 44. 64 and 144 pixels at once 23 and 28 more, 36, 68, 100 and 196 94 to 110, 73 of these for the first four pixels; 25 and
 * 49 64 and 66, 42 of these for the last one; 144 pixels of 10 and 16 channels 35 and 40. At most four channels: 144 pixels
 * 18 more; 64 of a group 13; eights 80. */
#include "edgekit/pointwise_chains_mve.h"

#define UNUSED __attribute__((unused))
#define SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define TIMES(count, code) ".rept " #count "\n" code ".endr\n"
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define EIGHT(f, g)                                                                               \
  M("r0", f, "q4") M("r2", g, "q4") M("r4", f, "q5") M("r6", g, "q5") M("r8", f, "q6") M("r10", g, "q6") \
  M("r12", f, "q7") M("lr", g, "q7") "stmdb r11!, " SUMS
#define PIXELS(biases) biases EIGHT("q0", "q2") EIGHT("q1", "q3")
#define STAY "ldm r9, " SUMS
#define PAST "ldm r9!, " SUMS
#define FILTERS "vldmia r9!, {d0-d7}\n"
#define UP "vldmia r1!, {d8-d15}\n"
#define LAST "vldmia r1, {d8-d15}\n"
#define DOWN "vldmdb r1!, {d8-d15}\n"

/* All pixels forth and back, of `inner`, two less than there are, by eights; the last eight of a direction take the stream
 * further, those of the second one with the mark: MORE or, where r3 is free, NO_MORE. */
#define FORTH(inner, before, last) FILTERS TIMES(inner, UP PIXELS(STAY)) UP PIXELS(before) LAST PIXELS(last)
#define BACK(inner, before, last)                                                                 \
  FILTERS PIXELS(STAY) TIMES(inner - 1, DOWN PIXELS(STAY)) DOWN PIXELS(before) DOWN PIXELS(last)
#define MORE "ldm r9!, {r0, r2, r4, r5, r6, r8, r10, r12, lr}\n"
#define NO_MORE "ldm r9!, {r0, r2, r3, r4, r5, r6, r8, r10, r12, lr}\n"
#define WHILE_MORE "cmp r5, #-256\n blt.w .Lsums%=\n"
#define UNTIL_NO_MORE "cbz r3, .Lenough%=\n b.w .Lsums%=\n.Lenough%=:\n"
#define SUMS_EVEN(inner, mark, again)                                                             \
  ".Lsums%=:\n" FORTH(inner, STAY, PAST) BACK(inner, PAST, mark) again
/* Of an odd number of twos, which begins and ends forth. */
#define SUMS_ODD(inner, mark, again)                                                              \
  "b.w .Lforth%=\n.Lsums%=:\n" BACK(inner, STAY, PAST) ".Lforth%=:\n" FORTH(inner, PAST, mark) again

#define REQUANTIZED                                                                               \
  "vqrdmulh.s32 q0, q0, q5\n vqrdmulh.s32 q1, q1, q5\n vqrdmulh.s32 q2, q2, q5\n vqrdmulh.s32 q3, q3, q5\n" \
  "vqrdmlash.s32 q0, q6, r5\n vqrdmlash.s32 q1, q6, r5\n vqrdmlash.s32 q2, q6, r5\n vqrdmlash.s32 q3, q6, r5\n" \
  NARROWED
#define NARROWED "vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n"
#define STORED(y, at) "vldmia r11!, {d0-d7}\n" REQUANTIZED "vstrb.8 q0, [" y ", " at "]\n"
#define TWO(y) STORED(y, "q4") STORED(y, "q7")
#define TWO_BACK(y) STORED(y, "q7") STORED(y, "q4")
#define CONSTANTS "vldmia r9!, {d8-d15}\n"
#define TO_32(two) two("r7") two("r0")
#define TO_64(two) TO_32(two) two("r2") two("r4")
#define TO_96(two) TO_64(two) two("r6") two("r8")
#define FROM_32(two) two("r0") two("r7")
#define FROM_64(two) two("r4") two("r2") FROM_32(two)
#define FROM_96(two) two("r8") two("r6") FROM_64(two)
#define OF_128 TO_96(TWO) TWO("r10") TWO("r12")
#define OF_128_BACK TWO_BACK("r12") TWO_BACK("r10") FROM_96(TWO_BACK)
#define OF_120 TO_96(TWO) TWO("r10") STORED("r12", "q4")
#define OF_120_BACK STORED("r12", "q4") TWO_BACK("r10") FROM_96(TWO_BACK)
#define OF_144 OF_128 TWO("r1")
#define OF_144_BACK TWO_BACK("r1") OF_128_BACK
#define PLACE(next, last, step) "add " next ", " last ", " step "\n" /* bytes of 16 pixels' outputs */
#define PLACES_32(step) PLACE("r0", "r7", step)
#define PLACES_64(step) PLACES_32(step) PLACE("r2", "r0", step) PLACE("r4", "r2", step)
#define PLACES_96(step) PLACES_64(step) PLACE("r6", "r4", step) PLACE("r8", "r6", step)
#define PLACES_128(step) PLACES_96(step) PLACE("r10", "r8", step) PLACE("r12", "r10", step)
#define PLACES_144(step) PLACES_128(step) PLACE("r1", "r12", step)
#define PLACES_192(step) PLACES_144(step) PLACE("r3", "r1", step)
#define OUTPUTS_EVEN(passes, stored, back) /* the last two channels' sums were stored back to front */ \
  "mov lr, #" passes "\n.Loutputs%=:\n" CONSTANTS stored CONSTANTS back "le lr, .Loutputs%=\n"
#define OUTPUTS_ODD(passes, stored, back)                                                         \
  "mov lr, #" passes "\n b.w .Lback%=\n.Loutputs%=:\n" CONSTANTS stored ".Lback%=:\n" CONSTANTS back "le lr, .Loutputs%=\n"

/* Two pixels in q4. */
#define FOUR(r0, r1, r2, r3) FILTERS M(r0, "q0", "q4") M(r1, "q1", "q4") M(r2, "q2", "q4") M(r3, "q3", "q4")
#define EIGHT_CHANNELS FOUR("r0", "r2", "r4", "r6") FOUR("r8", "r10", "r12", "lr") "stmdb r11!, " SUMS
#define BEHIND(pixels)                                                                            \
  "ldr r0, [sp, #64]\n ldrd r3, r2, [r0, #8]\n add r1, #8 * " pixels "\n sub r1, r2\n sub r7, r2\n" \
  ".Ltwo%=:\n" PAIR "add r7, #16\n sub r9, #368\n subs r3, #1\n bne.w .Ltwo%=\n"
#define PAIR /* q0 and q2 are the first four channels, whose constants are q4 and q5 */             \
  "vldrw.u32 q4, [r1], #16\n" PAST EIGHT_CHANNELS EIGHT_CHANNELS                       \
  "vldmia r11!, {d0-d7}\n" CONSTANTS                                                              \
  "vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q6\n vqrdmulh.s32 q2, q2, q4\n vqrdmulh.s32 q3, q3, q6\n" \
  "vqrdmlash.s32 q0, q5, r5\n vqrdmlash.s32 q1, q7, r5\n vqrdmlash.s32 q2, q5, r5\n vqrdmlash.s32 q3, q7, r5\n" \
  NARROWED "vldrw.u32 q4, [r9], #16\n vstrb.8 q0, [r7, q4]\n"

#define FUNCTION(name, body)                                                                      \
  __attribute__((naked)) void ek_pointwise_chains_mve_##name(                                     \
      const ek_pointwise_chains_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile(body ::: "memory");                                                            \
  }
#define BEGUN(more, scratch) "push {" more "r4-r11, lr}\n vpush {d8-d15}\n add r11, r3, #" scratch "\n mov r7, r2\n"
#define ENDED(more) "vpop {d8-d15}\n" more "pop {r4-r11, pc}\n"

#define ONCE(name, scratch, sums, places, outputs)                                                \
  FUNCTION(name, BEGUN("", scratch) "ldr r9, [r0, #4]\n" sums places outputs ENDED(""))
#define TWOS(inner) SUMS_EVEN(inner, NO_MORE, UNTIL_NO_MORE)
ONCE(8x64, "2048", TWOS(6), PLACES_64("#128"), OUTPUTS_EVEN("2", TO_64(TWO), FROM_64(TWO_BACK)))
ONCE(8x144, "4608", TWOS(16), PLACES_144("#128"), OUTPUTS_EVEN("2", OF_144, OF_144_BACK))
ONCE(16x144, "9216", TWOS(16), PLACES_144("#256"), OUTPUTS_EVEN("4", OF_144, OF_144_BACK))
ONCE(10x144, "5760", SUMS_ODD(16, NO_MORE, UNTIL_NO_MORE), PLACES_144("#160"), OUTPUTS_ODD("3", OF_144, OF_144_BACK))

/* A pixel behind the others, with the last one of these again. */
#define WITH_LAST(name, scratch, inner, places, stored, back, bytes)                              \
  ONCE(name, scratch, TWOS(inner), places("#128"),                                                 \
       OUTPUTS_EVEN("2", stored, back) "add r1, #" bytes "\n add r7, #" bytes "\n" PAIR)
WITH_LAST(8x25, "768", 1, PLACES_32, TWO("r7") STORED("r0", "q4"), STORED("r0", "q4") TWO_BACK("r7"), "184")
WITH_LAST(8x49, "1536", 4, PLACES_64, TO_32(TWO) TWO("r2"), TWO_BACK("r2") FROM_32(TWO_BACK), "376")

/* Four pixels before the others, four channels at a time; of 192 pixels r7 and r0 each have two places. */
#define OF_FOUR(biases, f, g, h, i)                                                               \
  FILTERS biases M("r0", f, "q4") M("r2", g, "q4") M("r4", h, "q4") M("r6", i, "q4")              \
  M("r8", f, "q5") M("r10", g, "q5") M("r12", h, "q5") M("lr", i, "q5") "stmdb r11!, " SUMS
#define FOUR_CHANNELS OF_FOUR(PAST, "q0", "q1", "q2", "q3") OF_FOUR("", "q0", "q1", "q2", "q3")
#define HEAD "vldmia r1!, {d8-d11}\n" FOUR_CHANNELS FOUR_CHANNELS
#define HEAD_STORED "vldmia r9!, {d8-d13}\n" STORED("r7", "q4")
#define OF_192 OF_144 TWO("r3") "add r7, r3, #128\n" TWO("r7") "add r0, r7, #128\n" TWO("r0")
#define OF_192_BACK                                                                               \
  TWO_BACK("r0") TWO_BACK("r7") TWO_BACK("r3") TWO_BACK("r1") TWO_BACK("r12") TWO_BACK("r10")     \
  TWO_BACK("r8") TWO_BACK("r6") TWO_BACK("r4") TWO_BACK("r2")                                     \
  "sub r0, r2, #128\n" TWO_BACK("r0") "sub r7, r0, #128\n" TWO_BACK("r7")
#define WITH_HEAD(name, scratch, inner, places, stored, back)                                     \
  ONCE(name, scratch, HEAD TWOS(inner), places("#128"), OUTPUTS_EVEN("2", stored, back) HEAD_STORED HEAD_STORED)
WITH_HEAD(8x36, "1152", 2, PLACES_32, TO_32(TWO), FROM_32(TWO_BACK))
WITH_HEAD(8x68, "2176", 6, PLACES_64, TO_64(TWO), FROM_64(TWO_BACK))
WITH_HEAD(8x100, "3200", 10, PLACES_96, TO_96(TWO), FROM_96(TWO_BACK))
WITH_HEAD(8x196, "6272", 22, PLACES_192, OF_192, OF_192_BACK)

/* `last`: bytes of the outputs of r12's pixels. */
#define GROUPS(pixels, inner, stored, back, last)                                                 \
  "ldm r0, {r3, r9}\n add r3, r2\n.Lgroup%=:\n" SUMS_EVEN(inner, MORE, WHILE_MORE) PLACES_128("#128")                    \
  OUTPUTS_EVEN("2", stored, back) "add r7, r12, #" last "\n cmp r7, r3\n beq.w .Lbehind%=\n"      \
  "sub r9, #712\n add r1, #8 * " pixels "\n b.w .Lgroup%=\n.Lbehind%=:\n"
#define OF_GROUPS_128 GROUPS("128", 14, OF_128, OF_128_BACK, "128")
#define OF_GROUPS_120 GROUPS("120", 13, OF_120, OF_120_BACK, "64")
FUNCTION(128, BEGUN("", "4096") OF_GROUPS_128 ENDED(""))
FUNCTION(128_rest, BEGUN("r0, ", "4096") OF_GROUPS_128 BEHIND("128") ENDED("add sp, #4\n"))
FUNCTION(120_rest, BEGUN("r0, ", "3840") OF_GROUPS_120 BEHIND("120") ENDED("add sp, #4\n"))

/* At most four channels: two forth, two back, and none again. r3 is the step of 16 pixels' outputs, r5 has the output zero
 * point from the first sums back on. */
#define AGAIN "ldm r9, {r0, r2, r3, r4, r5, r6, r8, r10, r12, lr}\n"
#define SUMS_FEW(inner)                                                                           \
  FORTH(inner, STAY, PAST) FILTERS PIXELS(AGAIN) TIMES(inner, DOWN PIXELS(AGAIN)) DOWN PIXELS(NO_MORE)
#define OUTPUTS_FEW(stored, back) CONSTANTS stored CONSTANTS back
ONCE(few_144, "2304", SUMS_FEW(16), PLACES_144("r3"), OUTPUTS_FEW(OF_144, OF_144_BACK))

/* Groups of 64 pixels, then eights, the last of them perhaps in part again. */
FUNCTION(few, BEGUN("r0, r1, ", "1024")
  "ldrd r5, r9, [r0]\n cmp r5, #0\n beq.w .Lbehind%=\n str r5, [sp, #68]\n"
  ".Lgroup%=:\n" SUMS_FEW(6) PLACES_64("r3") OUTPUTS_FEW(TO_64(TWO), FROM_64(TWO_BACK))
  "add r7, r4, r3\n sub r9, #328\n add r1, #512\n"
  "ldr r0, [sp, #68]\n subs r0, #1\n str r0, [sp, #68]\n bne.w .Lgroup%=\n"
  ".Lbehind%=:\n ldr r0, [sp, #64]\n ldr r2, [r0, #8]\n cmp r2, #0\n beq.w .Lenough%=\n str r2, [sp, #68]\n"
  ".Leight%=:\n ldr r0, [sp, #68]\n subs r0, #1\n str r0, [sp, #68]\n bne.n .Lwhole%=\n"
  "ldr r0, [sp, #64]\n ldrd r2, r3, [r0, #12]\n sub r7, r2\n sub r1, r3\n"
  ".Lwhole%=:\n" FILTERS UP PIXELS(PAST) FILTERS PIXELS(NO_MORE) OUTPUTS_FEW(STORED("r7", "q4"), STORED("r7", "q4"))
  "add r7, r7, r3, lsr #1\n sub r9, #328\n ldr r0, [sp, #68]\n cmp r0, #0\n bne.w .Leight%=\n"
  ".Lenough%=:\n" ENDED("add sp, #8\n"))
