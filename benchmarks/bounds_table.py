"""What a pixel of one input takes at the least in a 1x1 convolution: its outputs are functions of a byte.

A table of its 256 values has them all, so that nothing is multiplied: less than by SMMULR and SMMLAR, or their like on
Helium. On M4, M7 and M33 a pixel takes

- an instruction that brings its byte: LDRB, or one that takes it out of a word;
- a load of a word, whose offset is in a register, for each four outputs; or an instruction for the address of them all
  and loads of up to 13 registers;
- stores: 52 outputs an STM, of words. Where a pixel's outputs are no whole words, some are put together: four pixels of
  one channel take three instructions for their word, of three channels one at the least for each of their three words,
  two pixels of two channels one. Or a pixel takes a store of its own.

A table for two pixels at once would have 65,536 entries: more than these cores' flash has for it.

On Helium a VLDM brings up to 128 pixels and a VSTM stores up to 112 outputs, as places take a vector. A gather brings
16 outputs; or a pixel's outputs come by an instruction for their address and a load of up to 128.
"""

from __future__ import annotations

from math import inf

WORD, REGISTERS = 4, 13
CALL = 12  # before the kernel, and for its return
VECTOR, LOADED, STORED = 16, 128, 112  # bytes: of a vector, a VLDM, a VSTM
JOINED = {1: 3 / 4, 2: 1 / 2, 3: 3 / 4}  # of a pixel, by its channels


def on_dsp(channels: int, pixels: int) -> float:
    """Instructions of a layer on M4, M7 and M33."""
    words = -(-channels // WORD)
    load = min(words, 1 + -(-words // REGISTERS))
    together = JOINED.get(channels, 0.0) + channels / (WORD * REGISTERS)
    alone = 1.0 if channels <= WORD else inf
    return CALL + pixels * (1 + load + min(together, alone))


def on_helium(channels: int, pixels: int) -> float:
    """Instructions of a layer on the M55."""
    outputs = channels * pixels
    copied = pixels * (1 + -(-channels // LOADED))
    return CALL + -(-pixels // LOADED) + min(-(-outputs // VECTOR), copied) + -(-outputs // STORED)
