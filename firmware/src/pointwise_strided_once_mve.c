/* What `ek_conv_2d` computes for 1x1 kernels that take every second pixel of 8 channels, so many runs of so many outputs, into 8
 * or 10 channels, on Helium.
 *
 * Vectors: the neighbour before a pixel, which does not count, and the pixel. Two bytes of the neighbour become -128 and 1,
 * whose weights make the bias: before the first pixel of a run by what is stored with it, elsewhere by stores of eight.
 *
 * Blocking: runs are copied to scratch, the last one first. Four filters meet all pixels, four by four, the other four meet
 * them from the last ones on; nothing is a loop. Then, from the last sums on, 4 channels of four pixels are requantized
 * together and stored at their places, as in pointwise_chains_mve.c. Of an odd number of pixels the last one meets all
 * filters when the first four change to the others, and its outputs are stored when their constants do. Of 10 channels this is
 * the first pixel, and the last two channels come after the others, six pixels a load, 8 requantized together.
 *
 * Registers: as in chains_mve.h; addresses of runs in r0 r2 r4 r6 r7 r8 r10 r12 lr, r11 what follows them: those of outputs.
 * r3 sums, which lie below the pixels, r5 output zero point.
 *
 * Budget: four pixels and 4 channels 33; 18 to 23 more, 7 to 13 of these bring addresses to registers. Biases 3 to 8; copies 24 of
 * 16 runs of four, 18 of 12 of three, 13 of four of nine, 14 of seven of seven. A single pixel 20. The last two channels of 49
 * pixels 210. */
#include "edgekit/pointwise_strided_once_mve.h"

#include "edgekit/chains_mve.h"

/* `last`: of the registers that the parameters fill; bytes from the end of addresses to that of the pixels. */
#define BEGUN(last, runs, outputs, pixels)                                                        \
  "push {r4-r11, lr}\n vpush {d8-d15}\n ldrd r9, r5, [r0, #8]\n vldmia r0, {d0-" last "}\n" runs outputs \
  "mov r11, r3\n vstmia r3!, {d2-" last "}\n add r1, r3, #" pixels "\n"
#define MOVED(q, by) "vadd.i32 " q ", " q ", " by "\n"
#define OUTPUTS_AT(a, b) MOVED(a, "r2") MOVED(b, "r2")
#define RUNS_4 MOVED("q1", "r1")
#define RUNS_8 RUNS_4 MOVED("q2", "r1")
#define RUNS_12 RUNS_8 MOVED("q3", "r1")
#define RUNS_16 RUNS_12 MOVED("q4", "r1")

/* From the last run on. d0, and where two runs begin in registers another one, are constants. */
#define TWO_OF_4(a, b) "vldmia " a ", {d1-d7}\n vldmia " b ", {d9-d15}\n vstmdb r1!, {d0-d15}\n"
#define TWO_OF_3(a, b) "vldmia " a ", {d1-d5}\n vldmia " b ", {d7-d11}\n vstmdb r1!, {d0-d11}\n"
#define OF_7(a) "vldmia " a ", {d1-d13}\n vstmdb r1!, {d0-d13}\n"
#define EIGHT_RUNS(two) two("r0", "r2") two("r4", "r6") two("r7", "r8") two("r10", "r12")
#define NINE "ldm r11!, {r0, r2, r4, r6, r7, r8, r10, r12, lr}\n"
#define COPIED_16X4                                                                               \
  "vmov q4, q0\n" NINE EIGHT_RUNS(TWO_OF_4)                                                       \
  "ldm r11!, {r0, r2, r4, r6, r7, r8, r10}\n" TWO_OF_4("lr", "r0") TWO_OF_4("r2", "r4") TWO_OF_4("r6", "r7") TWO_OF_4("r8", "r10")
#define COPIED_12X3                                                                               \
  "vmov q3, q0\n" NINE EIGHT_RUNS(TWO_OF_3) "ldm r11!, {r0, r2, r4}\n" TWO_OF_3("lr", "r0") TWO_OF_3("r2", "r4")
#define COPIED_7X7                                                                                \
  "ldm r11!, {r0, r2, r4, r6, r7, r8, r10, r12}\n"                                                \
  OF_7("r0") OF_7("r2") OF_7("r4") OF_7("r6") OF_7("r7") OF_7("r8") OF_7("r10")
/* Of nine from their ends on, eight vectors a store. */
#define BEFORE(at, vectors) "vldmdb " at "!, {" vectors "}\n"
#define EIGHT_VECTORS "vstmdb r1!, {d0-d15}\n"
#define COPIED_4X9                                                                                \
  "ldm r11!, {r0, r2, r4, r6}\n" BEFORE("r0", "d0-d7") "vstmdb r1!, {d0-d7}\n"                    \
  BEFORE("r2", "d0-d5") BEFORE("r0", "d6-d15") EIGHT_VECTORS BEFORE("r4", "d0-d3") BEFORE("r2", "d4-d15") EIGHT_VECTORS \
  BEFORE("r6", "d0-d1") BEFORE("r4", "d2-d15") EIGHT_VECTORS BEFORE("r6", "d1-d15") EIGHT_VECTORS

/* The same from the first run on, and back to the begin; r3 then is where sums go. */
#define NEXT_7(a) "vldmia " a ", {d1-d13}\n vstmia r1!, {d0-d13}\n"
#define COPIED_UP_7X7                                                                             \
  "ldm r11!, {r0, r2, r4, r6, r7, r8, r10, r12}\n"                                                \
  NEXT_7("r0") NEXT_7("r2") NEXT_7("r4") NEXT_7("r6") NEXT_7("r7") NEXT_7("r8") NEXT_7("r10") "sub r2, r1, #784\n"

/* The first filters, with constants and the places of 24; `more` of them further on. */
#define BESIDE(at, q) "vstrh.16 q4, [" at ", " q "]\n"
#define BESIDE_16(at) BESIDE(at, "q6") BESIDE(at, "q7")
#define BESIDE_24(at) BESIDE(at, "q5") BESIDE_16(at)
#define FILTERS(at, more) "vldmia r9!, {d0-d15}\n" BESIDE_24(at) more
#define FURTHER(at, bytes, more) "add r0, " at ", #" bytes "\n" more("r0")

#define M(a, w, x) "vmladav.s8 " a ", " w ", " x "\n"
#define FOUR_FILTERS(a, b, c, d, x) M(a, "q0", x) M(b, "q1", x) M(c, "q2", x) M(d, "q3", x)
#define LOW(x) FOUR_FILTERS("r0", "r2", "r4", "r6", x)
#define HIGH(x) FOUR_FILTERS("r8", "r10", "r12", "lr", x)
#define FOUR LOW("q4") HIGH("q5") EK_PUSHED LOW("q6") HIGH("q7") EK_PUSHED
#define FOURS(inner) EK_TIMES(inner + 1, EK_UP FOUR) EK_LAST FOUR EK_FILTERS FOUR EK_TIMES(inner + 1, EK_DOWN FOUR)
/* Between the passes of an odd number, one pixel. */
#define FOURS_AND_ONE(inner, load, at, back, last)                                                \
  EK_TIMES(inner + 1, load FOUR) "vldrw.u32 q4, [" at "]\n" LOW("q4") EK_FILTERS HIGH("q4") EK_PUSHED \
  EK_TIMES(inner, back FOUR) last FOUR
/* Two channels, from the last pixels on: four that are there, then six by six, three with the first one. */
#define TWO_FILTERS(a, b, x) M(a, "q0", x) M(b, "q1", x)
#define FIRST_TWO(x, z) TWO_FILTERS("r0", "r2", x) TWO_FILTERS("r4", "r6", z)
#define LAST_TWO(x, z) TWO_FILTERS("r8", "r10", x) TWO_FILTERS("r12", "lr", z) EK_PUSHED
#define SIX "vldmdb r1!, {d4-d15}\n"
#define SIX_AND_LEFT SIX FIRST_TWO("q7", "q6") LAST_TWO("q5", "q4") FIRST_TWO("q3", "q2")
#define TWELVE SIX_AND_LEFT SIX LAST_TWO("q7", "q6") FIRST_TWO("q5", "q4") LAST_TWO("q3", "q2")
#define TWO_CHANNELS_OF_49                                                                        \
  "vldmia r9!, {d0-d3}\n" FIRST_TWO("q7", "q6") LAST_TWO("q5", "q4") EK_TIMES(3, TWELVE) SIX_AND_LEFT \
  "vldmdb r1!, {d4-d9}\n" LAST_TWO("q4", "q3") TWO_FILTERS("r0", "r2", "q2") "stmia r3!, {r0, r2}\n"

#define PLACES "ldm r11, {r0, r1, r2, r4, r6, r7, r8, r10}\n"
#define OUTPUTS(between, stored, back) PLACES EK_CONSTANTS stored between(EK_CONSTANTS) back
#define NONE(constants) constants
#define ALONE(q, at)                                                                              \
  "vqrdmulh.s32 " q ", " q ", q5\n vqrdmlash.s32 " q ", q6, r5\n vqmovnb.s16 " q ", " q "\n vstrb.32 " q ", " at "\n"
#define LAST_ONE(constants) "vldmdb r3!, {d0-d3}\n" ALONE("q1", "[r1, #4]") constants ALONE("q0", "[r1]")
#define OF_TWO(y) EK_STORED(y, "q4")
#define OUTPUTS_OF_10(between, stored, back)                                                      \
  PLACES "vldmia r9!, {d8-d13}\n vldmdb r3!, {d0}\n" ALONE("q0", "[r1, #8]")                      \
  EK_TO_96(OF_TWO) EK_CONSTANTS back between(EK_CONSTANTS) stored
#define TO_128(two) EK_TO_96(two) two("r1") two("r10")
#define FROM_128(two) two("r10") two("r1") EK_FROM_96(two)

#define ONCE(name, begun, copied, filters, products, outputs)                                     \
  __attribute__((naked)) void ek_pointwise_strided_once_mve_##name(                               \
      const ek_pointwise_strided_once_mve_t *p EK_UNUSED, const int8_t *x EK_UNUSED, int8_t *y EK_UNUSED, \
      uint8_t *scratch EK_UNUSED) {                                                               \
    __asm volatile(begun copied filters products outputs "vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory"); \
  }

ONCE(16x4, BEGUN("d13", RUNS_16, OUTPUTS_AT("q5", "q6"), "3072"), COPIED_16X4, FILTERS("r1", FURTHER("r1", "512", BESIDE_24)),
     FOURS(14), OUTPUTS(NONE, TO_128(EK_TWO), FROM_128(EK_TWO_BACK)))
ONCE(12x3, BEGUN("d11", RUNS_12, OUTPUTS_AT("q4", "q5"), "1728"), COPIED_12X3, FILTERS("r1", ""),
     FOURS(7), OUTPUTS(NONE, EK_TO_64(EK_TWO) EK_STORED("r6", "q4"), EK_STORED("r6", "q4") EK_FROM_64(EK_TWO_BACK)))
ONCE(4x9, BEGUN("d7", RUNS_4, OUTPUTS_AT("q2", "q3"), "1728"), COPIED_4X9, FILTERS("r1", FURTHER("r1", "192", BESIDE_16)),
     FOURS(7), OUTPUTS(NONE, EK_TO_64(EK_TWO) EK_STORED("r6", "q4"), EK_STORED("r6", "q4") EK_FROM_64(EK_TWO_BACK)))
ONCE(7x7, BEGUN("d9", RUNS_8, OUTPUTS_AT("q3", "q4"), "2352"), COPIED_7X7, FILTERS("r1", FURTHER("r1", "384", BESIDE_24)),
     FOURS_AND_ONE(11, EK_UP, "r1", EK_DOWN, EK_DOWN), OUTPUTS(LAST_ONE, EK_TO_96(EK_TWO), EK_FROM_96(EK_TWO_BACK)))
ONCE(7x7_10, BEGUN("d9", RUNS_8, OUTPUTS_AT("q3", "q4"), "1960"), COPIED_UP_7X7, FILTERS("r2", FURTHER("r2", "384", BESIDE_24)),
     FOURS_AND_ONE(11, EK_DOWN, "r1, #-16", EK_UP, EK_LAST) TWO_CHANNELS_OF_49,
     OUTPUTS_OF_10(LAST_ONE, EK_TO_96(EK_TWO), EK_FROM_96(EK_TWO_BACK)))
