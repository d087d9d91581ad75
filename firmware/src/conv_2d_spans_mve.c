/* What `ek_conv_2d` computes for 3x3 windows into few channels, on Helium, of rows that are one or two spans of outputs: 13 pixels in
 * steps of two, or 12, with one row and one column of padding on each side.
 *
 * Nothing is copied: windows are read where the picture lies, never beyond it. What would be left or right of a row is a
 * register that stays 0, or meets weights of 0; begins of sums have what padding adds. Channel by channel, row by row, the sums
 * of a span go to scratch; then 8 outputs at a time are requantized and stored.
 *
 * Blocking: a span of 7 or 6 outputs of one channel. A row of pixels is loaded at once, so that most vectors serve two outputs.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 (r12); r1 stream, r3 pixels, r7 sums in scratch, r11 channels left, lr rows left. q0
 * and q3 begin as 0; what the shapes keep of them requantization does not touch.
 *
 * Budget of a span and a row of windows, of 7: 4 channels 11, 5: 15, 8: 16, 16: 23, 24: 41; of 6: 4 channels 9, 5: 12, 8: 16.5.
 * A row of outputs takes 4 and 4 more for a second span; requantization 11 for 8 outputs, 12 where there are several channels. */
#include "edgekit/conv_2d_spans_mve.h"

#define UNUSED __attribute__((unused))
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define BYTES(q, place) "vldrb.u8 " q ", [r3" place "\n"
#define WORDS(q, place) "vldrw.u32 " q ", [" place "\n"
#define STREAM(d) "vldmia r1!, {" d "}\n"
#define ROW(d) "vldmia r3!, {" d "}\n"
#define SUMS7 "r0, r2, r4, r6, r8, r10, r12"
#define SUMS6 "r0, r2, r4, r6, r8, r10"

/* Rows of 13 pixels in steps of two: outputs 0 to 6 of the pixels -1 to 1, 1 to 3 and so on. `next` goes on to the next row. */
/* A pixel is a word: the even outputs' from -1 on in q0 to q3, the odd ones' from 1 on in q4 to q6. */
#define FOUR_FROM(next, step)                                                                    \
  "add r5, r3, #4\n vldmia r5, {s16-s27}\n vldmia r3" next ", {s1-s13}\n" WORDS("q7", "r1], #" step) \
  M("r0", "q7", "q0") M("r2", "q7", "q4") M("r4", "q7", "q1") M("r6", "q7", "q5") M("r8", "q7", "q2") \
  M("r10", "q7", "q6") M("r12", "q7", "q3")
#define FOUR_BY_TWO(next) FOUR_FROM(next, "16")
#define FOUR_BACK(next) FOUR_FROM(next, "-60")
/* First, other and last outputs' weights; the last one's end with the row. */
#define FIVE_BY_TWO(next)                                                                        \
  STREAM("d0-d5") BYTES("q3", ", #5]") M("r2", "q1", "q3") BYTES("q4", ", #15]") M("r4", "q1", "q4") \
  BYTES("q5", ", #25]") M("r6", "q1", "q5") BYTES("q6", ", #35]") M("r8", "q1", "q6")            \
  BYTES("q7", ", #45]") M("r10", "q1", "q7") BYTES("q3", ", #49]") M("r12", "q2", "q3")          \
  BYTES("q4", next) M("r0", "q0", "q4")
/* A pixel is half a vector, from -1 on. */
#define EIGHT_BY_TWO(next)                                                                       \
  "vldmia r3" next ", {d1-d13}\n" WORDS("q7", "r1], #16")                                        \
  M("r0", "q7", "q0") M("r2", "q7", "q1") M("r4", "q7", "q2") M("r6", "q7", "q3") M("r8", "q7", "q4") \
  M("r10", "q7", "q5") M("r12", "q7", "q6") WORDS("q7", "r1], #16")                              \
  M("r0", "q7", "q1") M("r2", "q7", "q2") M("r4", "q7", "q3") M("r6", "q7", "q4") M("r8", "q7", "q5") M("r10", "q7", "q6")
#define SIXTEEN_BY_TWO(next)                                                                     \
  STREAM("d0-d5") ROW("d6-d15")                                                                  \
  M("r0", "q1", "q3") M("r0", "q2", "q4") M("r2", "q0", "q4") M("r2", "q1", "q5") M("r2", "q2", "q6") \
  M("r4", "q0", "q6") M("r4", "q1", "q7") ROW("d6-d15")                                          \
  M("r4", "q2", "q3") M("r6", "q0", "q3") M("r6", "q1", "q4") M("r6", "q2", "q5") M("r8", "q0", "q5") \
  M("r8", "q1", "q6") M("r8", "q2", "q7") M("r10", "q0", "q7") ROW("d6-d11")                     \
  M("r10", "q1", "q3") M("r10", "q2", "q4") M("r12", "q0", "q4") M("r12", "q1", "q5") next
/* Pixel 0 has its own weights, then two pixels at a time, of which the first is also the last of the output before. */
#define TWO_OF_24(before, output)                                                                \
  ROW("d10-d15") M(before, "q3", "q5") M(before, "q4", "q6")                                     \
  M(output, "q0", "q5") M(output, "q1", "q6") M(output, "q2", "q7")
#define TWENTY_FOUR_BY_TWO(next)                                                                 \
  STREAM("d0-d3") ROW("d10-d12") M("r0", "q0", "q5") M("r0", "q1", "q6") STREAM("d0-d9")         \
  TWO_OF_24("r0", "r2") TWO_OF_24("r2", "r4") TWO_OF_24("r4", "r6") TWO_OF_24("r6", "r8") TWO_OF_24("r8", "r10") \
  TWO_OF_24("r10", "r12") next

/* Rows of 12 pixels, outputs 0 to 5 and 6 to 11. */
/* Words 0 4 8 in q0 to q2, words from 2 or 6 on in q3; a vector has two outputs, each with its weights, and q4 or q6 an edge's. */
#define FOUR_FIRST                                                                               \
  ROW("d0-d5") WORDS("q3", "r3, #-40]") STREAM("d8-d13")                                         \
  M("r0", "q4", "q0") M("r2", "q5", "q0") M("r4", "q6", "q0") M("r6", "q5", "q3") M("r8", "q6", "q3") M("r10", "q5", "q1")
#define FOUR_SECOND                                                                              \
  ROW("d0-d5") WORDS("q3", "r3, #-24]") STREAM("d8-d13")                                         \
  M("r0", "q5", "q1") M("r2", "q4", "q3") M("r4", "q5", "q3") M("r6", "q4", "q2") M("r8", "q5", "q2") M("r10", "q6", "q2")
/* The second span begins and ends 16 bytes before a row. */
#define FIVE_FIRST                                                                               \
  STREAM("d0-d3") BYTES("q2", ", #5]") M("r4", "q1", "q2") BYTES("q3", ", #10]") M("r6", "q1", "q3") \
  BYTES("q4", ", #15]") M("r8", "q1", "q4") BYTES("q5", ", #20]") M("r10", "q1", "q5")           \
  BYTES("q6", "], #60") M("r0", "q0", "q6") M("r2", "q1", "q6")
#define FIVE_SECOND                                                                              \
  STREAM("d0-d5") BYTES("q3", ", #41]!") M("r0", "q0", "q3") BYTES("q4", ", #5]") M("r2", "q0", "q4") \
  BYTES("q5", ", #10]") M("r4", "q0", "q5") BYTES("q6", ", #15]") M("r6", "q0", "q6")            \
  BYTES("q7", ", #19]!") M("r8", "q1", "q7") M("r10", "q2", "q7")
/* Pixels -1 to 6, and 5 to 12. */
#define EIGHT_OF(load)                                                                           \
  load "add r3, #96\n" STREAM("d8-d15")                                                          \
  M("r0", "q4", "q0") M("r0", "q5", "q1") M("r2", "q6", "q0") M("r2", "q7", "q1")                \
  M("r4", "q4", "q1") M("r4", "q5", "q2") M("r6", "q6", "q1") M("r6", "q7", "q2")                \
  M("r8", "q4", "q2") M("r8", "q5", "q3") M("r10", "q6", "q2") M("r10", "q7", "q3")
#define EIGHT_FIRST EIGHT_OF("vmov.i32 q0, #0\n vldmia r3, {d1-d7}\n")
#define EIGHT_SECOND EIGHT_OF("vmov.i32 q3, #0\n add r5, r3, #40\n vldmia r5, {d0-d6}\n")

/* The first row of outputs has no row above, the last none below; `size` is what the stream has for another one, to whose
 * begin `back`, its last unit, or `again` goes. `last` goes back to where the next row of outputs begins. */
#define LINES7(unit, next, last, size, back, again)                                                    \
  "ldm r1!, {" SUMS7 ", lr}\n" unit(next) unit(last) "stm r7!, {" SUMS7 "}\n"                   \
  "1:\n ldm r1!, {" SUMS7 "}\n" unit(next) unit(next) back(last) "stm r7!, {" SUMS7 "}\n" again "le lr, 1b\n" \
  "add r1, #" size "\n ldm r1!, {" SUMS7 "}\n" unit(next) unit(last) "stm r7!, {" SUMS7 "}\n"
#define SPANS6(first, second, two, back, third)                                                  \
  "ldm r1!, {" SUMS6 "}\n" first first third(first) "stm r7!, {" SUMS6 "}\n sub r3, #" two "\n"  \
  "ldm r1!, {" SUMS6 "}\n" second second third(second) "stm r7!, {" SUMS6 "}\n sub r3, #" back "\n"
#define NONE(unit)
#define SAME(unit) unit
#define LINES6(first, second, two, three, back, size)                                     \
  "ldr lr, [r1], #4\n" SPANS6(first, second, two, back, NONE)                   \
  "1:\n" SPANS6(first, second, three, back, SAME) "sub r1, #" size "\n le lr, 1b\n"              \
  "add r1, #" size "\n" SPANS6(first, second, two, back, NONE)
#define SCALED                                                                                   \
  "vld20.32 {q4, q5}, [r3]\n vld21.32 {q4, q5}, [r3]!\n vqrdmulh.s32 q4, q4, r4\n vqrdmulh.s32 q5, q5, r4\n" \
  "vqrdmlash.s32 q4, q6, r6\n vqrdmlash.s32 q5, q6, r6\n"                                        \
  "vqmovnb.s32 q4, q4\n vqmovnt.s32 q4, q5\n vqmovnb.s16 q4, q4\n"
/* All outputs of a channel in eights, and what is left. */
#define OUTPUTS(store, some)                                                                     \
  "1:\n" SCALED store "le lr, 1b\n cbz r0, 2f\n" SCALED "vctp.16 r0\n vpst\n " some "2:\n"

/* Pictures left are in the place of r12. Constants: r0 outputs beyond eights, r4 and r5 multipliers, r6 zero point, r8 bytes
 * from eight outputs to the next, lr eights. */
#define KERNEL(shape, lines)                                                                     \
  __attribute__((naked)) void ek_conv_2d_spans_mve_##shape(const ek_conv_2d_spans_mve_t *p UNUSED, const int8_t *x UNUSED, \
                                                           int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile(                                                                              \
        "ldr r12, [r0, #8]\n push {r0-r12, lr}\n vpush {d8-d15}\n"                               \
        ".Lpicture%=:\n ldrd r1, r11, [r0]\n vmov.i32 q0, #0\n vmov.i32 q3, #0\n"                \
        ".Lchannel%=:\n ldr r3, [sp, #68]\n ldr r7, [sp, #76]\n" lines                           \
        "ldm r1!, {r0, r4, r5, r6, r8, lr}\n ldrd r2, r3, [sp, #72]\n vdup.32 q6, r5\n"          \
        "cmp r8, #8\n bne 3f\n"                                                                  \
        OUTPUTS("vstrb.16 q4, [r2], #8\n", "vstrbt.16 q4, [r2]\n") "b .Ldone%=\n"                \
        "3:\n add r5, r2, #1\n str r5, [sp, #72]\n" WORDS("q7", "r1], #16")                      \
        OUTPUTS("vstrb.16 q4, [r2, q7]\n add r2, r8\n", "vstrbt.16 q4, [r2, q7]\n")              \
        "subs r11, #1\n bne.w .Lchannel%=\n"                                                     \
        ".Ldone%=:\n ldr r12, [sp, #112]\n subs r12, #1\n bne .Lnext%=\n"                        \
        "vpop {d8-d15}\n add sp, #16\n pop {r4-r12, pc}\n"                                       \
        ".Lnext%=:\n str r12, [sp, #112]\n ldr r0, [sp, #64]\n ldrd r4, r5, [r0, #12]\n ldrd r1, r2, [sp, #68]\n" \
        "add r1, r4\n add r2, r5\n strd r1, r2, [sp, #68]\n b.w .Lpicture%=\n" ::: "memory");    \
  }

KERNEL(4_by_2, LINES7(FOUR_BY_TWO, "!", "", "76", FOUR_BACK, ""))
KERNEL(5_by_2, LINES7(FIVE_BY_TWO, "], #65", "]", "172", FIVE_BY_TWO, "sub r1, #172\n"))
KERNEL(8_by_2, LINES7(EIGHT_BY_TWO, "!", "", "124", EIGHT_BY_TWO, "sub r1, #124\n"))
KERNEL(16_by_2, LINES7(SIXTEEN_BY_TWO, "", "sub r3, #208\n", "172", SIXTEEN_BY_TWO, "sub r1, #172\n"))
KERNEL(24_by_2, LINES7(TWENTY_FOUR_BY_TWO, "", "sub r3, #312\n", "364", TWENTY_FOUR_BY_TWO, "sub r1, #364\n"))
KERNEL(4_by_1, LINES6(FOUR_FIRST, FOUR_SECOND, "96", "144", "96", "336"))
KERNEL(5_by_1, LINES6(FIVE_FIRST, FIVE_SECOND, "136", "196", "104", "288"))
KERNEL(8_by_1, LINES6(EIGHT_FIRST, EIGHT_SECOND, "192", "288", "192", "432"))
