/* What `ek_conv_2d` computes for 1x1 kernels of one input channel, four or eight output channels, on Helium: by rows of a
 * table.
 *
 * Blocking: a gather by a vector of places brings the bytes of 4 pixels, wherever they are, to lanes of words. Of eight
 * channels a pixel's outputs are a doubleword of the table: a gather of two takes the low words of the halves of a
 * vector as indices, pixels 0 and 1 if places come as 0, 2, 1, 3; turned, 2 and 3. Eight pixels a round, loops for many,
 * none for 4, 16 and 17. What is left of eights is 1 or 4 pixels, or some are computed again. Of four channels a gather
 * takes words of 4 pixels, 28 a round, in the last one some again.
 *
 * Registers: r0 table, r1 input, r2 output, r3 places, r12 bytes of outputs computed again, lr rounds. A round: q6 and q7
 * places, then turned indices, q4 and q5 indices, q0-q3 outputs; of words q0 indices, q1-q7 places, then outputs.
 *
 * Budget: 10 instructions for 8 pixels and one for a loop, 6 for 4 more, 4 for 1 more, 11 for some again; 4 a call, and
 * its return. 7, 22 and 24 for 4, 16 and 17 pixels. Of four channels 17 for 28 pixels. */
#include "edgekit/pointwise_table_rows_mve.h"

#include "edgekit/assembly_mve.h"

#define KERNEL(name, text)                                                                                          \
  __attribute__((naked)) void ek_pointwise_table_rows_mve_##name(const ek_pointwise_table_rows_mve_t *p UNUSED,     \
                                                                 const int8_t *x UNUSED, int8_t *y UNUSED) {        \
    __asm volatile(text ::: "memory");                                                                              \
  }
#define BEGIN "push {r4, lr}\n vpush {d8-d15}\n ldm r0, {r0, r3, r12, lr}\n"
#define END "vpop {d8-d15}\n pop {r4, pc}\n"
#define SOME(text) "ldrd r0, r3, [r0]\n" text "bx lr\n"

#define PIXELS(index, places) "vldrb.u32 " index ", [r1, " places "]\n"
#define ROWS(y, index) "vldrd.u64 " y ", [r0, " index ", uxtw #3]\n"
#define FOUR(index, places, turned, y0, y1) \
  PIXELS(index, places) ROWS(y0, index) "vrev64.32 " turned ", " index "\n" ROWS(y1, turned)
#define EIGHT                                                                                                       \
  "vldmia r3!, {d12-d15}\n" PIXELS("q4", "q6") PIXELS("q5", "q7") ROWS("q0", "q4") "vrev64.32 q6, q4\n" ROWS("q2", "q5") \
  "vrev64.32 q7, q5\n" ROWS("q1", "q6") ROWS("q3", "q7") "vstmia r2!, {d0-d7}\n"
#define EIGHTS "1:\n" EIGHT "le lr, 1b\n"
#define BACK "sub r2, r12\n"
#define LEFT "vldrw.u32 q5, [r3]\n"

KERNEL(4, SOME("vldrw.u32 q0, [r3]\n" FOUR("q3", "q0", "q2", "q0", "q1") "vstmia r2, {d0-d3}\n"))
KERNEL(16, SOME("vpush {d8-d15}\n vldmia r3, {d8-d15}\n" /* places: q4, q5, q6, q7 */
                FOUR("q2", "q4", "q3", "q0", "q1") FOUR("q4", "q5", "q5", "q2", "q3") FOUR("q5", "q6", "q6", "q4", "q5")
                "vstmia r2!, {d0-d11}\n" FOUR("q0", "q7", "q1", "q2", "q3") "vstmia r2, {d4-d7}\n vpop {d8-d15}\n"))
KERNEL(17, SOME("vpush {d8-d15}\n vldmia r3, {d6-d15}\n" /* places: q3, q4, q5, q6, q7 */
                FOUR("q2", "q3", "q3", "q0", "q1") FOUR("q3", "q4", "q4", "q2", "q3") "vstmia r2!, {d0-d7}\n"
                FOUR("q4", "q5", "q5", "q0", "q1") FOUR("q4", "q6", "q6", "q2", "q3") PIXELS("q5", "q7") ROWS("q4", "q5")
                "vstmia r2, {d0-d8}\n vpop {d8-d15}\n"))
KERNEL(eights, BEGIN EIGHTS END)
KERNEL(and_1, BEGIN EIGHTS LEFT PIXELS("q4", "q5") ROWS("q0", "q4") "vstmia r2, {d0}\n" END)
KERNEL(and_4, BEGIN EIGHTS LEFT FOUR("q4", "q5", "q6", "q0", "q1") "vstmia r2, {d0-d3}\n" END)
KERNEL(again, BEGIN EIGHTS BACK EIGHT END)

#define WORDS(q) PIXELS("q0", q) "vldrw.u32 " q ", [r0, q0, uxtw #2]\n"
#define ROUND                                                                                                       \
  "vldmia r3!, {d2-d15}\n" WORDS("q1") WORDS("q2") WORDS("q3") WORDS("q4") WORDS("q5") WORDS("q6") WORDS("q7")       \
  "vstmia r2!, {d2-d15}\n"
KERNEL(words, BEGIN "1:\n" ROUND "le lr, 1b\n" BACK ROUND END)
