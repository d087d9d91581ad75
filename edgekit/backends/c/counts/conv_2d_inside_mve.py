"""Convolution of small pictures on Helium: how often each kind of block and of unit comes, from the stream itself."""

from __future__ import annotations

from edgekit.backends.c.counts._window import Fields
from edgekit.backends.c.forms.mve._inside import AGAIN, AT_CODE, CLAMPED, EIGHT, END, FIRST, HEAD, NEXT, SOME, UNIT

KINDS = {
    f"{name}_{i + 1}": code + i for name, code in (("unit", UNIT), ("first", FIRST), ("again", AGAIN)) for i in range(4)
}
ENDS = {"eight": EIGHT, "some": SOME, "clamped": CLAMPED}
OFFSETS, WEIGHTS, CONSTANTS, OUTPUTS, WORD = 4, 32, 16, 8, 4
LIMITS = {EIGHT: 0, SOME: 1, CLAMPED: 3}  # words behind the constants, the last of which is how many outputs


def features(fields: Fields) -> dict[str, float]:
    if fields["kernel"].endswith("_one"):
        return {"call": 1}
    stream = fields["stream"]
    kinds, ends, at, outputs, word = dict.fromkeys(KINDS.values(), 0), dict.fromkeys(ENDS.values(), 0), 0, 0, 0
    while True:
        at += (((int(stream[word]) & 0xFFFF) ^ 0x8000) - 0x8000) // WORD
        word += 1
        code = int(stream[at + AT_CODE])
        if code in (END, NEXT):
            break
        at += HEAD
        kinds[code] += 1
        at += (code % 4 + 1) * (WEIGHTS + OFFSETS * (code < AGAIN))
        lanes = OUTPUTS
        while code < FIRST:  # units, and what ends them
            code = int(stream[at + 1])
            at += 2
            if code >= EIGHT:
                ends[code] += 1
                at += LIMITS[code]
                lanes = int(stream[at + CONSTANTS - 1]) if code != EIGHT else OUTPUTS
                break
            kinds[code] += 1
            at += (code + 1) * (WEIGHTS + OFFSETS)
        at += CONSTANTS
        outputs += lanes
    pictures = int(stream[at]) // outputs if code == NEXT else 1
    found = {name: float(pictures * kinds[of]) for name, of in KINDS.items()}
    found |= {name: float(pictures * ends[of]) for name, of in ENDS.items()}
    return {"call": 1, "pictures": pictures * (code == NEXT), **found}
