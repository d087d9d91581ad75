/* What `ek_mul` computes where nothing is broadcast, on Helium: the turns of `mul_turns_mve.h`, both inputs bytes. y may be an
 * input. */
#include "edgekit/mul_mve.h"

#include "edgekit/mul_turns_mve.h"

void ek_mul_mve(const ek_mul_mve_t *p, const int8_t *a, const int8_t *b, int8_t *y) {
  EK_MUL_TURNS(p, a, b, y, p->count, BYTES, LESS_BYTES);
}
