/* What `ek_conv_2d` computes for 3x3 windows of two channels into few, on Helium, of pictures of 12x12 padded all around.
 *
 * Two pixels are a word. Four words that are gathered, whose addresses are a vector, serve four outputs of a channel: those of
 * four rows and two columns are the left or the right part of the windows of two columns and two rows. An output takes two
 * products, one on the edges. Nothing is copied, nothing beyond the picture is read; begins of sums have what padding adds.
 *
 * Blocking: channel by channel. The first and the last row of outputs, of vectors of two rows and four columns; then five
 * pairs of rows, whose weights take turns: the row that a pair ends with is the one that the next begins with. All sums go to
 * scratch; 48 are requantized a round, stored by a vector of places. Outputs have 16 bits before their clamp: an odd lane is
 * filled with another vector's.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr; r1 picture, r3 sums in scratch, r5 stream, r7 and r9 weights and begins, r11
 * outputs. q0 to q3 weights, q4 addresses, q5 to q7 words; of the outer rows q5 and q6, q7 addresses.
 *
 * Budget: the outer rows 45, a pair of rows 59 (44 products), requantization 44 for 48 outputs; a channel 484, of several 496. */
#include "edgekit/conv_2d_two_words_mve.h"

#include "edgekit/assembly_mve.h"

#define FOUR_SUMS "{r0, r2, r4, r6}\n"
#define WORDS(q, from, place) "vldrw.u32 " q ", [" from ", #" place "]\n"
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define TWO(a, w, x, v, z) M(a, w, x) M(a, v, z)

/* Of 12 outputs five vectors, from this byte of the picture on; the sums go `to`. */
#define OUTER(to, a, b, c, d, e)                                                                 \
  "vldmia r5!, {d0-d7}\n ldm r5!, " SUMS                                                         \
  WORDS("q5", "q7", a) M("r0", "q0", "q5") M("r2", "q1", "q5") M("r4", "q2", "q5")               \
  WORDS("q6", "q7", b) M("r6", "q1", "q6") M("r8", "q2", "q6")                                   \
  WORDS("q5", "q7", c) M("r10", "q1", "q5") M("r12", "q2", "q5")                                 \
  WORDS("q6", "q7", d) M("lr", "q1", "q6") "stm " to "!, " SUMS "ldm r5!, " FOUR_SUMS            \
  M("r0", "q2", "q6") WORDS("q5", "q7", e) M("r2", "q1", "q5") M("r4", "q2", "q5") M("r6", "q3", "q5") \
  "stm " to "!, " FOUR_SUMS

/* Weights: q0 left and q1 right of an even output, q2 and q3 of an odd one. */
#define EVEN(a, left, right) TWO(a, "q0", left, "q1", right)
#define ODD(a, left, right) TWO(a, "q2", left, "q3", right)
#define STORE "stm r3!, " SUMS
/* Two rows of outputs, whose words begin at these bytes; `other` loads the other row's weights, `same` this one's again. */
#define PAIR(first, begin, other, same, a, b, c, d, e, f)                                        \
  begin first WORDS("q5", "q4", a) WORDS("q6", "q4", b) WORDS("q7", "q4", c)                     \
  M("r0", "q1", "q5") ODD("r2", "q5", "q6") EVEN("r4", "q5", "q6") ODD("r6", "q6", "q7") EVEN("r8", "q6", "q7") \
  other M("r10", "q1", "q5") ODD("r12", "q5", "q6") EVEN("lr", "q5", "q6") STORE "ldmdb r7, " SUMS \
  ODD("r0", "q6", "q7") EVEN("r2", "q6", "q7") WORDS("q5", "q4", d) WORDS("q6", "q4", e)         \
  ODD("r4", "q7", "q5") EVEN("r6", "q7", "q5") ODD("r8", "q5", "q6") EVEN("r10", "q5", "q6")     \
  same ODD("r12", "q7", "q5") EVEN("lr", "q7", "q5") STORE "ldm r7, " SUMS                       \
  ODD("r0", "q5", "q6") EVEN("r2", "q5", "q6") WORDS("q5", "q4", f)                              \
  ODD("r4", "q6", "q5") EVEN("r6", "q6", "q5") M("r8", "q2", "q5")                               \
  other ODD("r10", "q6", "q5") EVEN("r12", "q6", "q5") M("lr", "q2", "q5") STORE
#define UPPER "vldmia r9, {d0-d7}\n"
#define LOWER "vldmia r5, {d0-d7}\n"
#define AGAIN "ldmdb r9, " SUMS
#define FIRST "mov r9, r5\n vldmia r5!, {d0-d7}\n add r7, r5, #96\n"

#define ROWS                                                                                     \
  "vldmia r5!, {d8-d11}\n vadd.i32 q4, q4, r1\n vadd.i32 q7, q5, r1\n add r7, r3, #528\n"        \
  OUTER("r3", "0", "4", "8", "12", "16") OUTER("r7", "240", "244", "248", "252", "256")          \
  PAIR(FIRST, "ldm r5!, " SUMS, LOWER, UPPER, "0", "4", "8", "12", "16", "20")                   \
  PAIR("", AGAIN, UPPER, LOWER, "48", "52", "56", "60", "64", "68")                              \
  PAIR("", AGAIN, LOWER, UPPER, "96", "100", "104", "108", "112", "116")                         \
  PAIR("", AGAIN, UPPER, LOWER, "144", "148", "152", "156", "160", "164")                        \
  PAIR("", AGAIN, LOWER, UPPER, "192", "196", "200", "204", "208", "212")

/* Of 16 sums: multipliers r4 and, in q7, r6, zero point r9. */
#define SIXTEEN(to, q)                                                                           \
  "vldmia r3!, {d0-d7}\n"                                                                        \
  "vqrdmulh.s32 q0, q0, r4\n vqrdmulh.s32 q1, q1, r4\n vqrdmulh.s32 q2, q2, r4\n vqrdmulh.s32 q3, q3, r4\n" \
  "vqrdmlash.s32 q0, q7, r9\n vqrdmlash.s32 q1, q7, r9\n vqrdmlash.s32 q2, q7, r9\n vqrdmlash.s32 q3, q7, r9\n" \
  "vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n vstrb.8 q0, [" to ", " q "]\n"
#define OUTPUTS(to, begin, row, two)                                                             \
  "add r5, r7, #32\n ldm r5!, {r4, r6, r8, r9, r10, r12, lr}\n sub r3, #528\n vdup.32 q7, r6\n" begin \
  "1:\n vldmia r5!, {d8-d13}\n" SIXTEEN(to, "q4") row SIXTEEN(to, "q5") SIXTEEN(to, "q6") two "le lr, 1b\n"

#define KERNEL(name, code)                                                                       \
  __attribute__((naked)) void ek_conv_2d_two_words_mve_##name(                                   \
      const ek_conv_2d_two_words_mve_t *p UNUSED, const int8_t *x UNUSED, int8_t *y UNUSED, uint8_t *scratch UNUSED) { \
    __asm volatile(code ::: "memory");                                                           \
  }

KERNEL(one, "push {r4-r11, lr}\n vpush {d8-d15}\n mov r11, r2\n ldr r5, [r0]\n" ROWS OUTPUTS("r11", "", "", "")
            "vpop {d8-d15}\n pop {r4-r11, pc}\n")
/* Pictures left are in the place of r12; places count from r0, which moves on by r8 and r10; r12 is 0 behind the last channel. */
KERNEL(several, "ldr r12, [r0, #4]\n push {r0-r12, lr}\n vpush {d8-d15}\n mov r11, r2\n"
                ".Lpicture%=:\n ldr r5, [r0]\n"
                ".Lchannel%=:\n" ROWS
                OUTPUTS("r0", "mov r0, r11\n", "add r0, r8\n", "add r0, r10\n")
                "add r11, #1\n sub r3, #576\n cmp r12, #0\n bne.w .Lchannel%=\n"
                "ldr r12, [sp, #112]\n subs r12, #1\n bne .Lnext%=\n"
                "vpop {d8-d15}\n add sp, #16\n pop {r4-r12, pc}\n"
                ".Lnext%=:\n str r12, [sp, #112]\n ldr r0, [sp, #64]\n ldrd r4, r6, [r0, #8]\n"
                "add r1, r4\n add r11, r6\n b.w .Lpicture%=\n")
