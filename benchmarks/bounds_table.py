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

On Helium a VLDM brings up to 128 pixels and a VSTM stores up to 112 outputs, as indices take a vector. A gather brings
16 outputs; or a pixel's outputs come by a load of up to 128, whose address an instruction brings to a core register, or
a VMOV those of two.

Of 4, 8 and 16 channels more is known. Vectors that gathers bring are stored one by one, or first put together by
another instruction: two for 16 outputs. Or a VSTM stores them as they come. Then every lane has a place among the
outputs, and its index is of one pixel. A VSTM's address is a multiple of four bytes, and k gathers by one vector of
indices bring at most 2 (k + 1) words of different outputs (the test tries all): gathers and vectors of indices together
are at least one for 8 outputs. What makes vectors of indices:
- An instruction each: one that loads pixels into lanes of words, or turns those of another one. Pixels as they lie in
  memory are no such indices, as a word of them has four.
- Or pixels are loaded, stored apart in memory whose other bytes are known, and a VLDM brings up to 8 vectors.

Of three channels `argued_on_helium` counts more, which is not proven. An index of a byte reaches 256 entries: a gather
of 16 outputs has one channel's, three apart, which a store scatters. With a load of 16 pixels these are 7 instructions;
gathers of 8 or 12 outputs have more. One pixel more takes three: to load it, a word of the table, and to store that. An
LDM brings the tables' addresses, a VLDM places. Three times 16 pixels are scattered to 9 places: two addresses of y
more, or more vectors of places than come at once, or a VPUSH and a VPOP for their registers.
"""

from __future__ import annotations

from math import inf

WORD, REGISTERS = 4, 13
CALL = 12  # before the kernel, and for its return
VECTOR, LOADED, STORED = 16, 128, 112  # bytes: of a vector, a VLDM, a VSTM
JOINED = {1: 3 / 4, 2: 1 / 2, 3: 3 / 4}  # of a pixel, by its channels
AN_ADDRESS = 1 / 2  # of a VMOV
ROWS, FEW = (4, 8, 16), 64  # channels whose gathers need indices of their own; pixels up to which that is counted
VECTORS = LOADED // VECTOR  # of a VLDM
SCATTERED, A_PIXEL, CONSTANTS, PLACES, BLOCKS = 3, 3, 2, 2, 3  # channels; instructions; times 16 pixels


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
    copied = pixels * (AN_ADDRESS + _up(channels, LOADED))
    found = CALL + _up(pixels, LOADED) + min(_up(outputs, VECTOR), copied) + _up(outputs, STORED)
    if channels not in ROWS or pixels > FEW:
        return found
    of_rows = min(
        n * (AN_ADDRESS + 1) + _by_gathers(channels * (pixels - n), channels * n, alone)
        for n in range(pixels + 1)
        for alone in range(_up(channels * (pixels - n), VECTOR) + 1)
    )
    return max(found, CALL + of_rows)


def argued_on_helium(channels: int, pixels: int) -> float:
    """The same with what is not proven."""
    found = on_helium(channels, pixels)
    if channels != SCATTERED:
        return found
    blocks, more = divmod(pixels, VECTOR)
    block = 1 + 2 * channels
    taken = blocks * block + min(block, more * A_PIXEL) + CONSTANTS + PLACES * (blocks >= BLOCKS)
    return max(found, CALL + taken)


def _by_gathers(outputs: int, copied: int, alone: int) -> int:
    """To bring them and store these and `copied` others, with `alone` vectors that do not come in the order of y."""
    together = max(0, outputs - VECTOR * alone)
    gathers = _up(together, VECTOR)
    indices = max(_up(2 * together, VECTOR) - gathers, int(outputs > 0))
    return 2 * alone + gathers + _made(indices) + _up(together + copied, STORED)


def _made(indices: int) -> int:
    """Vectors of them, some by an instruction each, others by a VLDM of what a load and a store brought to memory."""
    by_load = ((own, indices - own) for own in range(indices + 1))
    return min(own + (max(0, 1 - own) + 1 + _up(others, VECTORS) if others else 0) for own, others in by_load)


def _up(a: int, b: int) -> int:
    return -(-a // b)
