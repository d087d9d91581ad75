"""What 1x1 convolutions of one input take at the least on M4, M7 and M33: a pixel's outputs are a function of one byte.

A table of its 256 values has them all, so that nothing is multiplied: less than by SMMULR and SMMLAR. A pixel takes

- an instruction that brings its byte: LDRB, or one that takes it out of a word;
- a load of a word, whose offset is in a register, for each four outputs; or an instruction for the address of them all
  and loads of up to 13 registers;
- stores: 52 outputs an STM, of words. Where a pixel's outputs are no whole words, some are put together: four pixels of
  one channel take three instructions for their word, of three channels one at the least for each of their three words,
  two pixels of two channels one. Or a pixel takes a store of its own.

A table for two pixels at once would have 65,536 entries: more than these cores' flash has for it.
"""

from __future__ import annotations

from math import inf

WORD, REGISTERS = 4, 13
CALL = 12  # before the kernel, and for its return
JOINED = {1: 3 / 4, 2: 1 / 2, 3: 3 / 4}  # of a pixel, by its channels


def least(channels: int, pixels: int) -> float:
    """Instructions of a layer."""
    words = -(-channels // WORD)
    load = min(words, 1 + -(-words // REGISTERS))
    together = JOINED.get(channels, 0.0) + channels / (WORD * REGISTERS)
    alone = 1.0 if channels <= WORD else inf
    return CALL + pixels * (1 + load + min(together, alone))
