"""Fully connected, a multiple of 64 inputs into a multiple of 8 units in few cycles: `fully_connected_turns_mve.c`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits
from edgekit.backends.c.forms.mve._pack import BLOCK, CHUNK, HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, integer

OPERATOR, FILE = "fully_connected", "fully_connected_turns_mve"
KNOWN = 2  # chunks that have a function without a loop, the fewest


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields
    samples, in_c, units = (integer(fields, name) for name in ("batches", "in_c", "out_c"))
    chunks = in_c // CHUNK
    if in_c % CHUNK or chunks < KNOWN or units % BLOCK or (fields["low"], fields["high"]) != (-128, 127):
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(units, in_c))
    if found is None:
        return None
    packed = stream(found)
    return Call(
        FILE + ("_128" if chunks == KNOWN else ""),
        {
            "stream": packed, "size": packed.nbytes - _constants(found, 0).nbytes, "chunks": chunks - 1,
            "samples": samples, "inputs": in_c, "out_zero": fields["out_zero"],
        },
        source=FILE,
    )  # fmt: skip


def stream(found: Folded) -> NDArray[np.int8]:
    """Vectors of weights and constants as the kernel loads them."""
    units = len(found.bias)
    parts: list[NDArray[np.int8]] = []
    for first in range(0, units, BLOCK):
        weights = found.weights[first : first + BLOCK].reshape(BLOCK, -1, CHUNK).swapaxes(0, 1).reshape(-1, VECTOR)
        constants = _constants(found, first - BLOCK) if first else weights[:0]
        turns = np.stack([weights[: len(constants)], constants], 1)
        parts += [turns.reshape(-1), weights[len(constants) :].reshape(-1)]
    return np.concatenate([*parts, _constants(found, units - BLOCK).reshape(-1)])


def _constants(found: Folded, first: int) -> NDArray[np.int8]:
    """Six vectors: each of even units, of odd ones."""
    rows = np.stack([found.bias, found.multiplier, found.second])[:, first : first + BLOCK].astype("<i4")
    return np.ascontiguousarray(rows.reshape(3, HALF, 2).swapaxes(1, 2)).view(np.int8).reshape(-1, VECTOR)
