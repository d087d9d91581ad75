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

So 5/2 a window inside, 5/3 an edge, 1 a corner. Then 14 for the call (as in `benchmarks/bounds.py`), loads of weights,
offsets and second multipliers, and the outputs in whole instructions: LDM and PUSH for 8, VLDM for 28, two
multiplications for 4, a narrowing for 8 where outputs of 16 bits are put beside each other, one for 8 to 8 bits, a
store for 128.

Two loads for 7x7 windows. Edges and corners are eight kinds of windows, of one product each, and those inside have a
product that none of these has. Each has weights, with zeros for what is outside, as no other has, also where a sum is
made of another window's, if the filter's weights are not related: nine vectors, and one of offsets. Or fewer, where
VMLADAV and VMLSDAV make two kinds of one vector, as the sums of its even and its odd lanes are two numbers; that takes
other offsets for one of them. But five vectors of weights with two of offsets will not do: two edges' weights are too
many for 16 lanes of which even ones count alike; those of an upper or lower edge and of one at a side with the same
offsets use every lane once; and with offsets of such an edge a corner has four bytes or more whose lanes must cancel,
byte by byte. So there are eight vectors, one of pixels, and eight registers. None comes with sums: two VLDM bring 13
vectors of these, beside second multipliers, so that one other vector is there after the first, weights or offsets (of
48 sums, one apart, twelve; but then each PUSH has eight, in even registers). A kind that does without its vector takes
as much as a load: something that makes it, or another product of a window, 1 more for a corner and 5/3 for five edges.
`argued` are three loads, since not all is needed at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil

CALL = 14
WINDOWS = {9: Fraction(5, 2), 6: Fraction(5, 3), 4: Fraction(1)}  # by the pixels inside the picture
SEVEN = {9: 25, 6: 20, 4: 4}  # 7x7, with an edge at each side
PITCH = 11  # pixels from which on 16 bytes have taps of one row only


def least(inside: Mapping[int, int]) -> int:
    """Instructions of a layer, by how many windows have how many pixels inside."""
    return _with(inside, 2 if inside == SEVEN else 1)


def argued(inside: Mapping[int, int]) -> int:
    """The same with what is not proven."""
    return _with(inside, 3)


def _with(inside: Mapping[int, int], loads: int) -> int:
    """With so many loads of constants."""
    n = sum(inside.values())
    outputs = 2 * -(-n // 8) + -(-n // 28) + 2 * -(-n // 4) + n // 8 + -(-n // 8) + -(-n // 128)
    return CALL + loads + outputs + ceil(sum(count * WINDOWS[pixels] for pixels, count in inside.items()))
