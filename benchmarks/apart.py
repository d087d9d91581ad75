"""A bound on Helium: 3x3 windows of two channels into one, two rows and two columns apart.

A window inside has 18 taps and takes two products at the least, an edge's has 12, a corner's 8: one each. A product of
16 taps needs them in one vector. Vectors of several rows come from a gather (or another instruction each) wherever they
are made: what VLDM brings many of is one row after another, more than a vector apart, 6 taps of a window at the most;
and a picture that is put together anew in scratch takes a scattering store for 16 bytes or one for each seam in them.

A vector that is gathered is charged (t - 6) / 12 to each window inside that it has t taps of. Neighbours share 6 taps,
diagonal ones 2: over all windows that is at most one vector (16 taps of one, 22 of two, 28 of three, 36 of four, 38 of
five). A window inside of two products pays (18 - 2 * 6) / 12 = 1/2; of three products it may pay nothing, but takes one
more. Where an edge has one product its vector has all of its 12 taps, never those of another edge, and the windows
inside pay at most 1/3 of it ((10 - 6) / 12, or (16 - 12) / 12): the edge pays 2/3; of two products it takes one more.
Taps multiplied in lanes, four windows at a time as words, take 1/4 and as much for their load: 1 for two taps of a
window whose other 16 are a vector of its own. Lanes of 16 bits hold two products; to add those to words takes as much.

So 5/2 a window inside, 5/3 an edge, 1 a corner. Then 14 for the call (as in `benchmarks/bounds.py`), a load of weights,
offsets and second multipliers (`argued`: three, since not all are needed at once), and the outputs in whole
instructions: LDM and PUSH for 8, VLDM for 28, two multiplications for 4, a narrowing for 8 where outputs of 16 bits are
put beside each other, one for 8 to 8 bits, a store for 128.
"""

from __future__ import annotations

from collections.abc import Mapping

CALL = 14
WINDOWS = {9: 5 / 2, 6: 5 / 3, 4: 1.0}  # by the pixels inside the picture
PITCH = 11  # pixels from which on 16 bytes have taps of one row only


def least(inside: Mapping[int, int], loads: int = 1) -> float:
    """Instructions of a layer, by how many windows have how many pixels inside, with so many loads of constants."""
    n = sum(inside.values())
    outputs = 2 * -(-n // 8) + -(-n // 28) + 2 * -(-n // 4) + n // 8 + -(-n // 8) + -(-n // 128)
    return CALL + loads + outputs + sum(count * WINDOWS[pixels] for pixels, count in inside.items())


def argued(inside: Mapping[int, int]) -> float:
    """The same with what is not proven."""
    return least(inside, 3)
