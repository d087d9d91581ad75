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
            at = int(min(rng.exponential(1500), len(out) - 1))
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


FLOATS = (0.0, -1.0, 1e-45, 1e-30, 1e30, 3e38, float("nan"), float("inf"))


def mutate_fields(data: bytes, seed: int) -> bytes | None:
    """A `.tflite` with one to three fields changed and packed again, so that it is a sound flatbuffer of nonsense.

    Integers and floats become extreme or almost right, vectors shrink, grow or swap, references point elsewhere. None
    where the format cannot hold the change.
    """
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    rng = np.random.default_rng([0xF1E1D, seed])
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    holders = [*_tables(model.subgraphs), *_tables(model.operatorCodes)]
    for _ in range(int(rng.integers(1, 4))):
        holder = holders[int(rng.integers(0, len(holders)))]
        fields = [key for key, value in vars(holder).items() if _is_plain(value)]
        if fields:
            key = fields[int(rng.integers(0, len(fields)))]
            setattr(holder, key, _changed(getattr(holder, key), rng))
    builder = flatbuffers.Builder(len(data))
    try:
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    except (TypeError, ValueError, OverflowError, struct.error, AttributeError):
        return None
    return bytes(builder.Output())


def _tables(value: object) -> list[object]:
    """Every table below, but not the buffers' contents."""
    if isinstance(value, list):
        return [table for item in value[:500] for table in _tables(item)]
    if value is None or not type(value).__name__.endswith("T"):
        return []
    return [value, *(table for field in vars(value).values() for table in _tables(field))]


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | np.ndarray) or (
        isinstance(value, list) and all(isinstance(v, int | float) for v in value)
    )


def _changed(value: object, rng: np.random.Generator) -> object:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list):
        kind, items = int(rng.integers(0, 4)), list(value)
        if kind == 0:
            items = items[: int(rng.integers(0, len(items) + 1))]
        elif kind == 1:
            items += items or [1]
        elif kind == 2:
            rng.shuffle(items)
        elif items:
            at = int(rng.integers(0, len(items)))
            items[at] = _changed(items[at], rng)
        return items
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return float(rng.choice(FLOATS))
    assert isinstance(value, int)
    return value + int(rng.integers(-3, 4)) if rng.random() < 0.5 else int(rng.choice(EXTREMES))
