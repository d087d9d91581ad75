/* What the assembly of kernels shares: instructions as text, whose operands are names of registers. */
#ifndef EDGEKIT_ASSEMBLY_DSP_H
#define EDGEKIT_ASSEMBLY_DSP_H

/* Two products, added to TO; to D itself. */
#define ADD(D, X, W, TO) "  smlad " D ", " X ", " W ", " TO "\n"
#define TAP(D, X, W) ADD(D, X, W, D)
/* Bytes 0 and 2 of a word, and its bytes 1 and 3, as halfwords; of the word that is in ODD. */
#define BYTES_OF(EVEN, ODD, WORD) "  sxtb16 " EVEN ", " WORD "\n  sxtb16 " ODD ", " WORD ", ror #8\n"
#define BYTES(EVEN, ODD) BYTES_OF(EVEN, ODD, ODD)
/* As ek_requantize. */
#define REQUANTIZE(D, MULTIPLIER, DIVIDER, ZERO)           \
  "  smmulr " D ", " D ", " MULTIPLIER "\n"                \
  "  smmlar " D ", " D ", " DIVIDER ", " ZERO "\n"         \
  "  ssat " D ", #8, " D "\n"

#endif
