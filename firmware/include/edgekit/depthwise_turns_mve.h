/* Assembly that depthwise Helium kernels share: products take turns with the requantization of outputs before them.
 *
 * Of an iteration's 8 outputs q1 has the first four, A, q0 the others, B. During the products of A the B of the iteration
 * before is scaled and its 8 outputs are stored; during those of B A is scaled. So the multiply pipe takes turns with the
 * others, which costs a cycle an instruction instead of two. The first iteration begins after its A; the last B is scaled after
 * the loop. Outputs fit 16 bits before their clamp, so that B goes between A's lanes without narrowing.
 *
 * The including file defines FIRST(q) and SECOND(q), which scale; BIAS(q), added before; PLACES(q), which loads where the
 * outputs go, STORE(q). Sums r0 r2 r4 r6. */
#ifndef EDGEKIT_DEPTHWISE_TURNS_MVE_H
#define EDGEKIT_DEPTHWISE_TURNS_MVE_H

#define EK_SUM(a, q, kernel) "vmladav.s8 " a ", " q ", " kernel "\n"
#define EK_EVEN(q) "vmov " q "[2], " q "[0], r0, r4\n"
#define EK_ODD(q) "vmov " q "[3], " q "[1], r2, r6\n"
#define EK_JOIN "vmovnt.i32 q1, q0\n"

/* Loads of q2 serve 4 outputs, whose kernels are q4-q7. ZERO adds the zero point to halfwords. */
#define EK_A_OF_4(load, clamp)                                                                          \
  FIRST("q0") load SECOND("q0") EK_JOIN EK_SUM("r0", "q2", "q4") ZERO EK_SUM("r4", "q2", "q6") clamp    \
  PLACES("q0") EK_SUM("r2", "q2", "q5") STORE("q0") EK_SUM("r6", "q2", "q7")
#define EK_B_OF_4(load)                                                                                 \
  load EK_EVEN("q1") EK_SUM("r0", "q2", "q4") EK_ODD("q1") EK_SUM("r4", "q2", "q6") BIAS("q1")          \
  EK_SUM("r2", "q2", "q5") EK_EVEN("q0") EK_SUM("r6", "q2", "q7") EK_ODD("q0") FIRST("q1") BIAS("q0") SECOND("q1")
#define EK_END_OF_4(clamp) FIRST("q0") PLACES("q2") SECOND("q0") EK_JOIN ZERO clamp STORE("q2")

#endif
