"""What 1x1 convolutions of 6 to 8 channels take at the least on Helium, whatever the form.

N outputs, V = N / 4 vectors of them, W windows:
- 11 instructions to the kernel; PUSH, VPUSH, VPOP, POP; the output's address comes in a register that sums need, so
  that one moves it (the parameters' may be loaded by the LDM that begins sums). Fewer vector or core registers than all
  cost more, but in the smallest layers.
- N VMLADAV: both operands are vectors, and lanes of 16 bits do not hold the sums of weights that use their range.
- PUSH stores 8 sums, whose registers are the even ones. V * 2 multiplications, V narrowings, N / 96 stores: as in
  bounds.py.

Products. Loads bring pixels or filters, which lie apart: between two loads at most 4 of the ones meet 4 of the others,
so that each but the first one makes at most 16 products possible. A sum begins
- with its bias, by an LDM of 8; or
- with the sum of the other window in its vector, or of one in a neighbouring vector, which stays in its register when
  it is stored: weights (-w, w) take one window's products away and add the other's; or
- in lanes of constants. Windows next to each other are spread by a store of two and loaded 16 at a time, 9/16 a window.
  Of windows two pixels apart, at most 8 of a row are copied together, with what lies between: a load, and a store, of
  parts of rows only where these are short, since two rows of 5 to 8 are more than all registers. A row's first window
  is stored beside constants; into what lies before others one store puts 16 bytes, two a window, as biases need that a
  byte does not hold. One by one windows take 1.
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

What `argued` adds is not proven; no schedule that was tried takes less. `pointwise_strided_words_mve`, of 64 windows in
rows of 8 into 8, takes just that and a load of second multipliers.
- 16 outputs a store: to store more at once by VSTM, vectors that are ready wait in registers, and those of 8 channels
  then have lanes of different ones, whose multipliers take registers or loads. One load of the first multipliers.
- Places of a store are addresses, to which the output's is added, or less than 256 bytes from some in registers, to
  which something is added: an instruction besides the one that moves the output's address.
- Loads are whole ones: of products, of what begins sums, of sums.
- All windows meet all filters, one by one or as pairs that meet twice as many. What registers hold between two loads
  are b filters and at most 8 - b windows. A window that meets all filters b1, b2, ... at a time takes 1 / (8 - b1) +
  1 / (8 - b2) + ... of a load at the least, and a filter that meets all windows as much: 0.65 of 10 filters (4, 3 and 3
  at a time), 2.15 of 34 pairs (4 seven times, 3 twice).
- Rows of 4 to 8 windows between which others lie are at addresses: one instruction each, or one for four in lanes,
  which a store, the outputs' places with them, and an LDM bring to registers; what is added takes a load. (Registers
  have no place for a row and what follows it beside another one.) Four stores of constants and more have more places
  than registers hold with constants and filters: another load, or another address.
- Where 16 outputs that follow each other begin with other channels each time, the multipliers of all of these are too
  many for registers, so that all are stored at places: then no more than 4 sums come a load.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

CHANNELS = range(6, 9)
KERNEL, SAVED, MOVED = 13, 2, 1  # a call; vector registers; an address
FROM_SAVED, FROM_MOVED = 16, 64  # outputs from which on these pay
REGISTERS, LANES, BLOCK, ADDRESSES = 8, 4, 16, 14  # vectors; products between two loads; what an LDM brings
SPREAD, CONSTANT = Fraction(9, 16), Fraction(1, 8)  # of a window, to come next to constants; of constants, next to it
COPIED = range(4, REGISTERS + 1)  # windows of a row, where rows are copied one by one
FIRST, PLACED = 1, 1  # a load of first multipliers; an address that is added to places
FILTERS, BESIDE = 4, 1  # vectors that are there when constants are stored
BACK = {3: (4, Fraction(0)), 4: (4, Fraction(0)), 8: (4, Fraction(9, 4))}
OF_TWO_KINDS, OF_ONE, AT_PLACES = (5, Fraction(0)), (7, Fraction(0)), (4, Fraction(0))


def least(windows: int, filters: int, row: int, stored: int) -> int:
    """Instructions of `windows` into `filters` channels, with `stored` outputs a store; windows are apart, `row` of
    them in a row, or it is 0."""
    outputs = windows * filters
    begun = min(Fraction(outputs, BLOCK), windows * (copied(row) if row else SPREAD))
    loads = 1 + Fraction(outputs, BLOCK) + begun + back(_up(outputs, LANES), filters)
    return _without_loads(outputs, stored) + ceil(loads)


def argued(windows: int, filters: int, row: int, stored: int, samples: int) -> int:
    """The same with what is not proven, of so many pictures."""
    outputs = windows * filters
    in_pairs = max(Fraction(outputs, BLOCK), blocks(windows // 2, 2 * filters))
    begun = ceil(windows * SPREAD)
    if row:
        begun = ceil(windows * copied(row)) + (_rows(windows, row, samples) if row in COPIED else 0)
    products = min(ceil(in_pairs) + _up(outputs, BLOCK), ceil(blocks(windows, filters)) + begun)
    follow = BLOCK % filters == 0 or filters % BLOCK == 0
    sums = ceil(back(_up(outputs, LANES), filters, OF_TWO_KINDS if follow else AT_PLACES))
    return _without_loads(outputs, stored) + 1 + products + sums + (FIRST + PLACED) * (outputs >= FROM_MOVED)


def _without_loads(outputs: int, stored: int) -> int:
    call = KERNEL + SAVED * (outputs >= FROM_SAVED) + MOVED * (outputs >= FROM_MOVED)
    return call + outputs + _up(outputs, 8) + 3 * _up(outputs, LANES) + _up(outputs, stored)


def copied(row: int) -> Fraction:
    """Of a window, to come next to constants: its part of a load, a store, and one of constants."""
    loads = Fraction(_up(row, 8), row) if row >= 4 else Fraction(1, 5)
    return loads + (Fraction(1, row) if 5 <= row <= 8 else Fraction(1, 8)) + CONSTANT * Fraction(row - 1, row)


def _rows(windows: int, row: int, samples: int) -> int:
    """To bring addresses of rows, and of constants, to registers."""
    rows = windows // row
    apart = rows - samples
    added = 1 + min(apart, _up(apart, LANES) + 1 + _up(apart, ADDRESSES) - MOVED) if apart > 0 else 0
    return added + (_up(windows - rows, 8) + BESIDE + FILTERS > REGISTERS)


def blocks(vectors: int, filters: int) -> Fraction:
    """Loads between which so many vectors all meet so many filters."""
    return max(vectors * _met(filters), filters * _met(vectors))


def _met(others: int) -> Fraction:
    """Of loads, for one that meets so many others."""
    found = [Fraction(0)]
    for count in range(1, others + 1):
        together = range(1, min(count, REGISTERS - 1) + 1)
        found.append(min(found[count - b] + Fraction(1, REGISTERS - b) for b in together))
    return found[others]


def back(vectors: int, filters: int, of_others: tuple[int, Fraction] = OF_TWO_KINDS) -> Fraction:
    """Loads of so many vectors of sums."""
    most, more = BACK.get(filters, of_others if filters > 2 else OF_ONE)
    return max(Fraction(0), vectors - more) / most


def _up(a: int, b: int) -> int:
    return -(-a // b)
