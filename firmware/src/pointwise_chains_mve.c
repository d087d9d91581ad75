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
 * 44. 64 and 144 pixels at once 17 (no loops) and 28 more, 196 110, 73 of these for the first four pixels; 144 pixels of 10 and 16
 * channels 35 and 40. At most four channels: 144 pixels 18 more; 64 of a group 13; eights 80. The third channel of 144 pixels
 * alone 320, with 16 more. */
#include "edgekit/pointwise_chains_mve.h"

#include "edgekit/chains_mve.h"

#define PUSHED "stmdb r11!, " EK_SUMS
#define PIXELS(biases) biases EK_EIGHT("q0", "q2") PUSHED EK_EIGHT("q1", "q3") PUSHED

/* All pixels forth and back, of `inner`, two less than there are, by eights; the last eight of a direction take the stream
 * further, those of the second one with the mark: EK_MARKED or, where r3 is free, NO_MORE. */
#define FORTH(inner, before, last) EK_FILTERS EK_TIMES(inner, EK_UP PIXELS(EK_STAY)) EK_UP PIXELS(before) EK_LAST PIXELS(last)
#define BACK(inner, before, last)                                                                 \
  EK_FILTERS PIXELS(EK_STAY) EK_TIMES(inner - 1, EK_DOWN PIXELS(EK_STAY)) EK_DOWN PIXELS(before) EK_DOWN PIXELS(last)
#define NO_MORE "ldm r9!, {r0, r2, r3, r4, r5, r6, r8, r10, r12, lr}\n"
#define WHILE_MORE "cmp r5, #-256\n blt.w .Lsums%=\n"
#define UNTIL_NO_MORE "cbz r3, .Lenough%=\n b.w .Lsums%=\n.Lenough%=:\n"
#define SUMS_EVEN(inner, mark, again)                                                             \
  ".Lsums%=:\n" FORTH(inner, EK_STAY, EK_PAST) BACK(inner, EK_PAST, mark) again
/* Of an odd number of twos, which begins and ends forth. */
#define SUMS_ODD(inner, mark, again)                                                              \
  "b.w .Lforth%=\n.Lsums%=:\n" BACK(inner, EK_STAY, EK_PAST) ".Lforth%=:\n" FORTH(inner, EK_PAST, mark) again

#define STORED(y, at) "vldmia r11!, {d0-d7}\n" EK_REQUANTIZED "vstrb.8 q0, [" y ", " at "]\n"
#define TWO(y) STORED(y, "q4") STORED(y, "q7")
#define TWO_BACK(y) STORED(y, "q7") STORED(y, "q4")
#define OF_128 EK_TO_96(TWO) TWO("r10") TWO("r12")
#define OF_128_BACK TWO_BACK("r12") TWO_BACK("r10") EK_FROM_96(TWO_BACK)
#define OF_120 EK_TO_96(TWO) TWO("r10") STORED("r12", "q4")
#define OF_120_BACK STORED("r12", "q4") TWO_BACK("r10") EK_FROM_96(TWO_BACK)
#define OF_144 OF_128 TWO("r1")
#define OF_144_BACK TWO_BACK("r1") OF_128_BACK
#define PLACES_128(step) EK_PLACES_96(step) EK_PLACE("r10", "r8", step) EK_PLACE("r12", "r10", step)
#define PLACES_144(step) PLACES_128(step) EK_PLACE("r1", "r12", step)
#define PLACES_192(step) PLACES_144(step) EK_PLACE("r3", "r1", step)
#define OUTPUTS_EVEN(passes, stored, back) /* the last two channels' sums were stored back to front */ \
  "mov lr, #" passes "\n.Loutputs%=:\n" EK_CONSTANTS stored EK_CONSTANTS back "le lr, .Loutputs%=\n"
#define OUTPUTS_ODD(passes, stored, back)                                                         \
  "mov lr, #" passes "\n b.w .Lback%=\n.Loutputs%=:\n" EK_CONSTANTS stored ".Lback%=:\n" EK_CONSTANTS back "le lr, .Loutputs%=\n"

/* Two pixels in q4. */
#define FOUR(r0, r1, r2, r3) EK_FILTERS EK_DOT(r0, "q0", "q4") EK_DOT(r1, "q1", "q4") EK_DOT(r2, "q2", "q4") EK_DOT(r3, "q3", "q4")
#define EIGHT_CHANNELS FOUR("r0", "r2", "r4", "r6") FOUR("r8", "r10", "r12", "lr") "stmdb r11!, " EK_SUMS
#define BEHIND(pixels)                                                                            \
  "ldr r0, [sp, #64]\n ldrd r3, r2, [r0, #8]\n add r1, #8 * " pixels "\n sub r1, r2\n sub r7, r2\n" \
  ".Ltwo%=:\n" PAIR "add r7, #16\n sub r9, #368\n subs r3, #1\n bne.w .Ltwo%=\n"
#define PAIR /* q0 and q2 are the first four channels, whose constants are q4 and q5 */             \
  "vldrw.u32 q4, [r1], #16\n" EK_PAST EIGHT_CHANNELS EIGHT_CHANNELS                       \
  "vldmia r11!, {d0-d7}\n" EK_CONSTANTS                                                              \
  "vqrdmulh.s32 q0, q0, q4\n vqrdmulh.s32 q1, q1, q6\n vqrdmulh.s32 q2, q2, q4\n vqrdmulh.s32 q3, q3, q6\n" \
  "vqrdmlash.s32 q0, q5, r5\n vqrdmlash.s32 q1, q7, r5\n vqrdmlash.s32 q2, q5, r5\n vqrdmlash.s32 q3, q7, r5\n" \
  EK_NARROWED "vldrw.u32 q4, [r9], #16\n vstrb.8 q0, [r7, q4]\n"

#define FUNCTION(name, body)                                                                      \
  __attribute__((naked)) void ek_pointwise_chains_mve_##name(                                     \
      const ek_pointwise_chains_mve_t *p EK_UNUSED, const int8_t *x EK_UNUSED, int8_t *y EK_UNUSED, uint8_t *scratch EK_UNUSED) { \
    __asm volatile(body ::: "memory");                                                            \
  }
#define BEGUN(more, scratch) "push {" more "r4-r11, lr}\n vpush {d8-d15}\n add r11, r3, #" scratch "\n mov r7, r2\n"
#define ENDED(more) "vpop {d8-d15}\n" more "pop {r4-r11, pc}\n"

#define ONCE(name, scratch, sums, places, outputs)                                                \
  FUNCTION(name, BEGUN("", scratch) "ldr r9, [r0, #4]\n" sums places outputs ENDED(""))
#define TWOS(inner) SUMS_EVEN(inner, NO_MORE, UNTIL_NO_MORE)
#define SUMS_64 FORTH(6, EK_STAY, EK_PAST) BACK(6, EK_PAST, NO_MORE)
#define OUTPUTS_64 EK_CONSTANTS EK_TO_64(TWO) EK_CONSTANTS EK_FROM_64(TWO_BACK)
ONCE(8x64, "2048", SUMS_64 SUMS_64, EK_PLACES_64("#128"), OUTPUTS_64 OUTPUTS_64)
ONCE(8x144, "4608", TWOS(16), PLACES_144("#128"), OUTPUTS_EVEN("2", OF_144, OF_144_BACK))
ONCE(16x144, "9216", TWOS(16), PLACES_144("#256"), OUTPUTS_EVEN("4", OF_144, OF_144_BACK))
ONCE(10x144, "5760", SUMS_ODD(16, NO_MORE, UNTIL_NO_MORE), PLACES_144("#160"), OUTPUTS_ODD("3", OF_144, OF_144_BACK))

/* Four pixels before the others, four channels at a time; of 192 pixels r7 and r0 each have two places. */
#define OF_FOUR(biases, f, g, h, i)                                                               \
  EK_FILTERS biases EK_DOT("r0", f, "q4") EK_DOT("r2", g, "q4") EK_DOT("r4", h, "q4") EK_DOT("r6", i, "q4")              \
  EK_DOT("r8", f, "q5") EK_DOT("r10", g, "q5") EK_DOT("r12", h, "q5") EK_DOT("lr", i, "q5") "stmdb r11!, " EK_SUMS
#define FOUR_CHANNELS OF_FOUR(EK_PAST, "q0", "q1", "q2", "q3") OF_FOUR("", "q0", "q1", "q2", "q3")
#define HEAD "vldmia r1!, {d8-d11}\n" FOUR_CHANNELS FOUR_CHANNELS
#define HEAD_STORED "vldmia r9!, {d8-d13}\n" STORED("r7", "q4")
#define OF_192 OF_144 TWO("r3") "add r7, r3, #128\n" TWO("r7") "add r0, r7, #128\n" TWO("r0")
#define OF_192_BACK                                                                               \
  TWO_BACK("r0") TWO_BACK("r7") TWO_BACK("r3") TWO_BACK("r1") TWO_BACK("r12") TWO_BACK("r10")     \
  TWO_BACK("r8") TWO_BACK("r6") TWO_BACK("r4") TWO_BACK("r2")                                     \
  "sub r0, r2, #128\n" TWO_BACK("r0") "sub r7, r0, #128\n" TWO_BACK("r7")
#define WITH_HEAD(name, scratch, inner, places, stored, back)                                     \
  ONCE(name, scratch, HEAD TWOS(inner), places("#128"), OUTPUTS_EVEN("2", stored, back) HEAD_STORED HEAD_STORED)
WITH_HEAD(8x196, "6272", 22, PLACES_192, OF_192, OF_192_BACK)

/* `last`: bytes of the outputs of r12's pixels. */
#define GROUPS(pixels, inner, stored, back, last)                                                 \
  "ldm r0, {r3, r9}\n add r3, r2\n.Lgroup%=:\n" SUMS_EVEN(inner, EK_MARKED, WHILE_MORE) PLACES_128("#128")                    \
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
  FORTH(inner, EK_STAY, EK_PAST) EK_FILTERS PIXELS(AGAIN) EK_TIMES(inner, EK_DOWN PIXELS(AGAIN)) EK_DOWN PIXELS(NO_MORE)
#define OUTPUTS_FEW(stored, back) EK_CONSTANTS stored EK_CONSTANTS back
ONCE(few_144, "2304", SUMS_FEW(16), PLACES_144("r3"), OUTPUTS_FEW(OF_144, OF_144_BACK))

/* Three channels: the third one alone, of which every sum begins with a bias, 12 pixels a load; r5 comes with all biases. */
#define SIX_BACK "vldmdb r1!, {d4-d15}\n"
#define PAIR_OF(r0, r1, x) EK_DOT(r0, "q0", x) EK_DOT(r1, "q1", x)
#define LOW_TWO(x, z) PAIR_OF("r0", "r2", x) PAIR_OF("r4", "r6", z)
#define HIGH_TWO(x, z) PAIR_OF("r8", "r10", x) PAIR_OF("r12", "lr", z)
#define STAY_MARKED "ldm r9, {r0, r2, r4, r5, r6, r8, r10, r12, lr}\n"
#define TWELVE_TWICE(last)                                                                        \
  SIX_BACK STAY_MARKED LOW_TWO("q4", "q5") HIGH_TWO("q6", "q7") PUSHED STAY_MARKED HIGH_TWO("q2", "q3") \
  SIX_BACK LOW_TWO("q6", "q7") PUSHED last LOW_TWO("q2", "q3") HIGH_TWO("q4", "q5") PUSHED
#define SUMS_OF_THREE                                                                             \
  EK_FILTERS EK_TIMES(17, EK_UP PIXELS(EK_STAY)) EK_UP PIXELS(EK_PAST)                            \
  "vldmia r9!, {d0-d3}\n" EK_TIMES(5, TWELVE_TWICE(STAY_MARKED)) TWELVE_TWICE(EK_MARKED)
#define SIXTEEN(y) STORED(y, "q4")
ONCE(3x144, "1728", SUMS_OF_THREE, PLACES_144("#48"),
     EK_CONSTANTS EK_TO_96(SIXTEEN) SIXTEEN("r10") SIXTEEN("r12") SIXTEEN("r1") EK_CONSTANTS OF_144_BACK)

/* Groups of 64 pixels, then eights, the last of them perhaps in part again. */
FUNCTION(few, BEGUN("r0, r1, ", "1024")
  "ldrd r5, r9, [r0]\n cmp r5, #0\n beq.w .Lbehind%=\n str r5, [sp, #68]\n"
  ".Lgroup%=:\n" SUMS_FEW(6) EK_PLACES_64("r3") OUTPUTS_FEW(EK_TO_64(TWO), EK_FROM_64(TWO_BACK))
  "add r7, r4, r3\n sub r9, #328\n add r1, #512\n"
  "ldr r0, [sp, #68]\n subs r0, #1\n str r0, [sp, #68]\n bne.w .Lgroup%=\n"
  ".Lbehind%=:\n ldr r0, [sp, #64]\n ldr r2, [r0, #8]\n cmp r2, #0\n beq.w .Lenough%=\n str r2, [sp, #68]\n"
  ".Leight%=:\n ldr r0, [sp, #68]\n subs r0, #1\n str r0, [sp, #68]\n bne.n .Lwhole%=\n"
  "ldr r0, [sp, #64]\n ldrd r2, r3, [r0, #12]\n sub r7, r2\n sub r1, r3\n"
  ".Lwhole%=:\n" EK_FILTERS EK_UP PIXELS(EK_PAST) EK_FILTERS PIXELS(NO_MORE) OUTPUTS_FEW(STORED("r7", "q4"), STORED("r7", "q4"))
  "add r7, r7, r3, lsr #1\n sub r9, #328\n ldr r0, [sp, #68]\n cmp r0, #0\n bne.w .Leight%=\n"
  ".Lenough%=:\n" ENDED("add sp, #8\n"))
