"""What 1x1 convolutions of 6 to 8 channels take at the least on Helium, whatever the form.

N outputs, V = N / 4 vectors of them, W windows:
- 11 instructions to the kernel; PUSH, VPUSH, VPOP, POP; the output's address comes in a register that sums need, so
  that one moves it (the parameters' may be loaded by the LDM that begins sums). Fewer vector or core registers than all
  cost more, but in the smallest layers.
- N VMLADAV: both operands are vectors, and lanes of 16 bits do not hold the sums of weights that use their range.
- PUSH stores 8 sums, whose registers are the even ones. V * 2 multiplications, V narrowings, N / 96 stores: as in
  bounds.py, with `stored` = 16 where a bound is argued: to store more at once by VSTM, vectors that are ready wait in
  registers, and those of 8 channels then have lanes of different ones, whose multipliers take registers or loads; that
  this costs more than it saves has been tried on paper only. Argued as well is one load of the first multipliers.

Products. Loads bring pixels or filters, which lie apart: between two loads at most 4 of the ones meet 4 of the others,
so that each but the first one makes at most 16 products possible. A sum begins
- with its bias, by an LDM of 8; or
- with the sum of the other window in its vector, or of one in a neighbouring vector, which stays in its register when
  it is stored: weights (-w, w) take one window's products away and add the other's; or
- in lanes of constants. Windows next to each other are spread by a store of two and loaded 16 at a time, 9/16 a window.
  Of windows two pixels apart, at most 8 of a row are copied together, with what lies between: a load, and a store, of
  parts of rows only where these are short, since two rows of 5 to 8 are more than all registers. Into what lies between
  one store puts 16 bytes, two a window, as biases need that a byte does not hold. One by one windows take 1.
Loads and LDMs of sums that begin in one of the first two ways are N / 8 + 1 at the least. Between two loads with an
LDM 16 products are two times 8. Without one each register goes on from its sum. Vectors of one load are 16 bytes apart
(a gather brings one), so that none has a window in common with another, and a register goes on twice only with a
vector of an earlier load, at the other parity. Say c chains of sums, of 8 / c filters each, leave R registers to
pixels, and go on T times. n loads that keep K vectors for later bring R (n + 1) - K of the c T that are needed, and c
(n + 1) + K are used: that takes T - 2 loads up to T = 5, 7, 9 for 2, 3, 4 chains (R = 4, 5, 6); the other two times
are the 16 products beside an LDM. For two chains and T = 6 and 7 a search over all places, directions and loads says
so, with one for three chains (`tests/firmware/sums_that_go_on.py`). Longer chains are further apart than a load
reaches for most of their way, or would make windows twice, and loads of their own are more than one a step. A PUSH of
fewer sums costs more than that.

Sums come back by loads of their own. The states are the registers: second multipliers (of two kinds, in layers of 4 or
8 channels at least two channels of each; of 3, 16 outputs one after another then have three orders of them), places of
a store, sums, requantized vectors (a pair in one), pixels or filters. A load brings sums, or constants, or constants
with filters, for which as many sixteenths less are charged as these make products possible. Four vectors are stored at
places that are in a register, or without them where the channels of four windows are all there. The first multipliers
are free. `BACK`: in no cycle do more sums come a load, and what a sequence gains at its ends
(`tests/firmware/sums_and_constants.py` goes through all states). Sums and constants side by side in memory do not
help: a store of sums that skips constants moves its pointer first.
"""

from __future__ import annotations

CHANNELS = range(6, 9)
KERNEL, SAVED, MOVED = 13, 2, 1  # a call; vector registers; an address
FROM_SAVED, FROM_MOVED = 16, 64  # outputs from which on these pay
SPREAD, CONSTANT = 9 / 16, 1 / 8  # of a window, to come next to constants; of constants, to come next to it
BACK = {3: (4, 0.0), 4: (4, 0.0), 8: (4, 2.25)}
OF_TWO_KINDS, OF_ONE = (5, 0.0), (7, 0.0)


def least(windows: int, filters: int, row: int, stored: int, first: int = 0) -> int:
    """Instructions of `windows` into `filters` channels, with `stored` outputs a store and `first` loads of first
    multipliers; windows are apart, `row` of them in a row, or it is 0."""
    outputs = windows * filters
    call = KERNEL + SAVED * (outputs >= FROM_SAVED) + (MOVED + first) * (outputs >= FROM_MOVED)
    vectors = _up(outputs, 4)
    summed = outputs + _up(outputs, 8) + 3 * vectors + _up(outputs, stored)
    begun = min(outputs / 16, windows * (copied(row) if row else SPREAD))
    loads = 1 + outputs / 16 + begun + back(vectors, filters)
    return call + summed + -int(-loads // 1)


def copied(row: int) -> float:
    """Of a window, to come next to constants: its part of a load, a store, and one of constants."""
    loads = _up(row, 8) / row if row >= 4 else 1 / 5
    return loads + (1 / row if 5 <= row <= 8 else 1 / 8) + CONSTANT


def back(vectors: int, filters: int) -> float:
    """Loads of so many vectors of sums."""
    most, more = BACK.get(filters, OF_TWO_KINDS if filters > 2 else OF_ONE)
    return max(0.0, vectors - more) / most


def _up(a: int, b: int) -> int:
    return -(-a // b)
