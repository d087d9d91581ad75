/* What `depthwise_turns_mve.h` says, by one multiplication an output (`once_mve.h`): nothing but the bias is added. */
#ifndef EDGEKIT_DEPTHWISE_ONCE_MVE_H
#define EDGEKIT_DEPTHWISE_ONCE_MVE_H

#include "edgekit/depthwise_turns_mve.h"
#include "edgekit/once_mve.h"

/* Loads of q2 serve 4 outputs, whose kernels are q4-q7. */
#define EK_A_OF_4_ONCE(load)                                                                            \
  FIRST("q0") load EK_SUM("r0", "q2", "q4") EK_JOIN EK_SUM("r4", "q2", "q6") EK_ONCE_2("q1")            \
  PLACES("q0") EK_SUM("r2", "q2", "q5") STORE("q0") EK_SUM("r6", "q2", "q7")
#define EK_B_OF_4_ONCE(load)                                                                            \
  load EK_EVEN("q1") EK_SUM("r0", "q2", "q4") EK_ODD("q1") EK_SUM("r4", "q2", "q6") BIAS("q1")          \
  EK_SUM("r2", "q2", "q5") EK_EVEN("q0") EK_SUM("r6", "q2", "q7") EK_ODD("q0") FIRST("q1") BIAS("q0")
/* Behind the loop; `first`: the multiplication of q0. */
#define EK_END_ONCE(first) first PLACES("q2") EK_JOIN EK_ONCE_2("q1") STORE("q2")

#endif
