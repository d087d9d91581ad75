"""Seeded damage to files: what a bad disk, a bad transfer or a bad person does to bytes."""

from __future__ import annotations

import struct

import numpy as np

EXTREMES = (-(1 << 31), (1 << 31) - 1, -1, 0, 1, 2, 255, 0xFFFF, 1 << 16, 1 << 24, 1 << 28, 1 << 30)


def mutate(data: bytes, seed: int) -> bytes:
    """One damaged copy of `data`: one to four bit flips, byte writes, extreme integers, cuts, splices or swaps."""
    rng = np.random.default_rng([0xED6E, seed])
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 5))):
        if len(out) < 8:
            break
        kind, at = int(rng.integers(0, 10)), int(rng.integers(0, len(out)))
        if kind >= 6:  # flatbuffers and zips keep most of their structure at the ends
            at = int(min(rng.exponential(400), len(out) - 1))
            at = at if kind % 2 else len(out) - 1 - at
            kind = (0, 1, 3, 3)[kind - 6]
        if kind == 0:
            out[at] ^= 1 << int(rng.integers(0, 8))
        elif kind == 1:
            out[at] = int(rng.integers(0, 256))
        elif kind == 2:
            del out[at:]
        elif kind == 3:
            at = min(at // 4 * 4, len(out) - 4)
            value = int(rng.choice(EXTREMES)) if rng.random() < 0.7 else _near(out, at, rng)
            out[at : at + 4] = struct.pack("<I", value & 0xFFFFFFFF)
        else:
            length, to = int(rng.integers(1, 64)), int(rng.integers(0, len(out)))
            piece, other = bytes(out[at : at + length]), bytes(out[to : to + length])
            if kind == 4:  # splice: copy over, or insert
                out[to : to + (length if rng.random() < 0.7 else 0)] = piece
            elif abs(at - to) >= length and len(piece) == len(other):  # swap
                out[at : at + length], out[to : to + length] = other, piece
    return bytes(out)


def _near(data: bytearray, at: int, rng: np.random.Generator) -> int:
    """The integer that stands there, changed a little: keeps offsets and counts plausible."""
    return int(struct.unpack_from("<I", data, at)[0]) + int(rng.integers(-16, 17))
