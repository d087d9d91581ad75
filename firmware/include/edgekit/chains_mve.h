/* What 1x1 convolutions of 8 channels on Helium share that make a pixel's sums of its neighbour's: `pointwise_chains_mve.c`,
 * `pointwise_chains_odd_mve.c`, `pointwise_chains_four_mve.c`, `pointwise_shifts_mve.c`. Sums in r0 r2 r4 r6 r8 r10 r12 lr,
 * filters in q0-q3, 8 pixels in q4-q7, r1 input, r9 stream; then sums in q0-q3, places in q4 and q7, multipliers in q5 and q6,
 * r5 output zero point, outputs of 16 pixels each at r7 r0 r2 r4 r6 r8 r10 r12. */
#ifndef EDGEKIT_CHAINS_MVE_H
#define EDGEKIT_CHAINS_MVE_H

#define EK_UNUSED __attribute__((unused))
#define EK_SUMS "{r0, r2, r4, r6, r8, r10, r12, lr}\n"
#define EK_TIMES(count, code) ".rept " #count "\n" code ".endr\n"
#define EK_DOT(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define EK_STAY "ldm r9, " EK_SUMS
#define EK_PAST "ldm r9!, " EK_SUMS
#define EK_MARKED "ldm r9!, {r0, r2, r4, r5, r6, r8, r10, r12, lr}\n"
#define EK_FILTERS "vldmia r9!, {d0-d7}\n"
#define EK_UP "vldmia r1!, {d8-d15}\n"
#define EK_LAST "vldmia r1, {d8-d15}\n"
#define EK_DOWN "vldmdb r1!, {d8-d15}\n"
/* Two filters' sums of four vectors, one after the other. */
#define EK_EIGHT(f, g)                                                                            \
  EK_DOT("r0", f, "q4") EK_DOT("r2", g, "q4") EK_DOT("r4", f, "q5") EK_DOT("r6", g, "q5")         \
  EK_DOT("r8", f, "q6") EK_DOT("r10", g, "q6") EK_DOT("r12", f, "q7") EK_DOT("lr", g, "q7")

#define EK_CONSTANTS "vldmia r9!, {d8-d15}\n"
#define EK_REQUANTIZED                                                                            \
  "vqrdmulh.s32 q0, q0, q5\n vqrdmulh.s32 q1, q1, q5\n vqrdmulh.s32 q2, q2, q5\n vqrdmulh.s32 q3, q3, q5\n" \
  "vqrdmlash.s32 q0, q6, r5\n vqrdmlash.s32 q1, q6, r5\n vqrdmlash.s32 q2, q6, r5\n vqrdmlash.s32 q3, q6, r5\n" \
  EK_NARROWED
#define EK_NARROWED "vmovnt.i32 q0, q1\n vmovnt.i32 q2, q3\n vqmovnb.s16 q0, q0\n vqmovnt.s16 q0, q2\n"

/* Outputs of so many pixels, 16 (`two`) at a place; the same back to front; the places, `step` bytes apart. */
#define EK_TO_32(two) two("r7") two("r0")
#define EK_TO_64(two) EK_TO_32(two) two("r2") two("r4")
#define EK_TO_96(two) EK_TO_64(two) two("r6") two("r8")
#define EK_FROM_32(two) two("r0") two("r7")
#define EK_FROM_64(two) two("r4") two("r2") EK_FROM_32(two)
#define EK_FROM_96(two) two("r8") two("r6") EK_FROM_64(two)
#define EK_PLACE(next, last, step) "add " next ", " last ", " step "\n"
#define EK_PLACES_32(step) EK_PLACE("r0", "r7", step)
#define EK_PLACES_64(step) EK_PLACES_32(step) EK_PLACE("r2", "r0", step) EK_PLACE("r4", "r2", step)
#define EK_PLACES_96(step) EK_PLACES_64(step) EK_PLACE("r6", "r4", step) EK_PLACE("r8", "r6", step)

/* Without loops: all pixels forth and back twice, of `inner`, two less than there are, by eights; sums up from r3, and back. */
#define EK_BEGUN "ldm r0, {r0, r2, r4, r6, r8, r9, r10, r12, lr}\n"
#define EK_PUSHED "stmia r3!, " EK_SUMS
#define EK_FORTH(pixels, inner) EK_TIMES(inner + 1, EK_UP pixels(EK_STAY)) EK_LAST pixels(EK_PAST)
#define EK_BACK(pixels, inner, before, last)                                                      \
  EK_FILTERS pixels(EK_STAY) EK_TIMES(inner - 1, EK_DOWN pixels(EK_STAY)) EK_DOWN pixels(before) EK_DOWN pixels(last)
#define EK_ALL(pixels, inner)                                                                     \
  EK_FORTH(pixels, inner) EK_BACK(pixels, inner, EK_STAY, EK_PAST)                                \
  EK_FILTERS EK_FORTH(pixels, inner) EK_BACK(pixels, inner, EK_PAST, EK_MARKED)
#define EK_STORED(y, at) "vldmdb r3!, {d0-d7}\n" EK_REQUANTIZED "vstrb.8 q0, [" y ", " at "]\n"
#define EK_TWO(y) EK_STORED(y, "q4") EK_STORED(y, "q7")
#define EK_TWO_BACK(y) EK_STORED(y, "q7") EK_STORED(y, "q4")

#endif
