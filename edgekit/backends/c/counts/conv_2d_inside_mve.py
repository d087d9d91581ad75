"""Convolution of small pictures on Helium: how often each kind of block and of unit comes, from the stream itself."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve._inside import AGAIN, AT_CODE, EIGHT, END, FIRST, HEAD, UNIT

WORD = 4  # bytes
NAMES = {
    **{UNIT + i: f"unit_{i + 1}" for i in range(4)}, **{FIRST + i: f"first_{i + 1}" for i in range(4)},
    **{AGAIN + i: f"again_{i + 1}" for i in range(4)},
}  # fmt: skip
ENDS = ("eight", "some", "clamped")
OFFSETS, WEIGHTS = 4, 32  # words of a unit for each of its vectors


def features(fields: Fields) -> dict[str, float]:
    stream, found, at, i = fields["stream"], {"call": 1.0}, 0, 0
    if fields["kernel"].endswith("_one"):
        return found
    found |= dict.fromkeys([*NAMES.values(), *ENDS], 0.0)
    while True:
        at += (((int(stream[i]) & 0xFFFF) ^ 0x8000) - 0x8000) // WORD
        i += 1
        code = int(stream[at + AT_CODE])
        at += HEAD
        if code == END:
            return found
        found[NAMES[code]] += 1
        vectors = code % 4 + 1
        at += vectors * (WEIGHTS + (0 if code >= AGAIN else OFFSETS))
        while code < FIRST:
            code = int(stream[at + 1])
            at += 2
            if code >= EIGHT:
                found[ENDS[code - EIGHT]] += 1
                at += (0, 1, 3)[code - EIGHT]
                break
            found[NAMES[code]] += 1
            at += (code + 1) * (WEIGHTS + OFFSETS)
        at += 16
