"""Fully connected, four samples of 4 to 12 inputs into 32 or 64 units: `firmware/src/fully_connected_fours_mve.c`."""

from __future__ import annotations

import numpy as np

from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.forms.mve._groups import HIGH, PAIRS, bias_weights
from edgekit.backends.c.forms.mve._halves import in_sixteen_bits, places
from edgekit.backends.c.forms.mve._pack import HALF, VECTOR
from edgekit.backends.c.forms.mve._requantize import integer

OPERATOR, FILE = "fully_connected", "fully_connected_fours_mve"
SAMPLES, UNITS = 4, 32
INPUTS = range(4, 13)
LARGEST = 64  # units: the outputs of four samples lie within 256 bytes
KEPT, DOUBLE = SAMPLES * VECTOR, 8  # bytes on the stack; samples end with whole double words


def form(layer: Layer, call: Call) -> Call | None:
    fields = call.fields
    samples, in_c, units = (integer(fields, name) for name in ("batches", "in_c", "out_c"))
    if (
        samples != SAMPLES or in_c not in INPUTS or units % UNITS or units > LARGEST
        or (fields["low"], fields["high"]) != (-HIGH, HIGH - 1)
    ):  # fmt: skip
        return None
    found = in_sixteen_bits(fields, np.asarray(fields["weights"]).reshape(units, in_c))
    begun = None if found is None else bias_weights(found.bias, VECTOR - in_c - 1)
    if found is None or begun is None:
        return None
    end = -(-SAMPLES * in_c // DOUBLE) * DOUBLE
    rest = np.zeros(KEPT - end, np.int8)
    rest[:2] = -HIGH, 1
    lanes = np.arange(VECTOR)
    constant = np.where(lanes < VECTOR - 1, end, end + 1)
    gathered = [np.where(lanes < in_c, sample * in_c + lanes, constant).astype(np.int8) for sample in range(SAMPLES)]
    filters = np.concatenate([found.weights, begun], axis=1)
    parts = [rest, *gathered]
    for first in range(0, units, UNITS):
        parts.append(filters[first : first + UNITS].reshape(-1))
        for at in reversed(range(first, first + UNITS, HALF)):
            four = slice(at, at + HALF)
            outputs = [sample * units + unit for sample in PAIRS for unit in range(at, at + HALF)]
            words = np.concatenate([places(outputs), found.multiplier[four], found.second[four]])
            parts.append(words.astype(np.int32).view(np.int8))
    stream = np.concatenate(parts).view(np.int32)
    return Call(
        f"{FILE}_{in_c}",
        {"stream": stream, "out_zero": fields["out_zero"], "blocks": units // UNITS},
        source=FILE,
    )
