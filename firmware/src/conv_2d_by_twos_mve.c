/* What `ek_conv_2d` computes, as a matrix product of windows and filters on Helium, for cycles: windows of 2 vectors and more, as
 * `by_twos_mve.h` says.
 *
 * Budget, instructions (cycles) of 8 outputs: 14 (16) a vector of 16 bytes, but 45 (45) the first two with the requantization
 * and 16 (16) the last one, and 3 (6); with 2 vectors 50 (53), 4: 78 (83), 8: 134 (147), 9: 147 (163). In the loop 6 (9)
 * instead of 3 (6), and 2 (5) a round of 15: of 18 vectors 280 (315). A pair 18 (35) more, a call 70, strips as in conv_2d_mve.c.
 * Requantization as there. */
#include "edgekit/by_twos_twice_mve.h"

EK_BY_TWOS(conv_2d_by_twos_mve)
