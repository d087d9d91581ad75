"""Sums of two rescaled int8 tensors by one rounding, `firmware/src/add_dsp.c` and
`add_broadcast_dsp.c`, proven for all 65,536 pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgekit import plugins
from edgekit.backends.c.broadcast import repeats
from edgekit.backends.c.call import Call, Layer
from edgekit.backends.c.emission import ARITHMETIC
from edgekit.backends.c.forms._prepared import DSP, broadcast_call
from edgekit.reference import tables
from edgekit.reference.arithmetics import arithmetic

BITS = 21  # EK_ADD_DSP_BITS
WORD = 4  # bytes of a prepared value
HALF = 8  # a byte is the upper half of a halfword; SMLAW drops 16 bits
STRETCHES = tuple(n * 2.0**-20 for n in (0, 0.5, 1, 2, 4, 8))  # of the slopes: turns ties away from zero
Ints = NDArray[np.int64]


def form(layer: Layer, call: Call) -> Call | None:
    """None where an input is broadcast or no slopes are found."""
    a, b, y = layer.input(0), layer.input(1), layer.outputs[0]
    if call.kernel != "add" or not a.elements == b.elements == y.elements:
        return None
    found = constants(layer, call)
    return None if found is None else Call("add_dsp", {"count": y.elements, **found}, (0, 1), in_place=call.in_place)


def broadcast_form(layer: Layer, call: Call) -> Call | None:
    """None where nothing repeats or no slopes are found."""
    repeated = repeats(layer)
    found = constants(layer, call) if repeated is not None and call.kernel == "add" else None
    if repeated is None or found is None:
        return None
    slopes = found["a_slope"], found["b_slope"]
    fields = {**found, "a_slope": slopes[repeated.large], "b_slope": slopes[repeated.small]}
    return broadcast_call("add_broadcast_dsp", repeated, fields, call, WORD, DSP)


def constants(layer: Layer, call: Call) -> dict[str, int] | None:
    """Slopes, offset and clamp; None where none are found."""
    a, b, y = layer.input(0), layer.input(1), layer.outputs[0]
    operator = plugins.module("edgekit.reference.ops", layer.op.name)
    assert operator is not None
    values = tables.all_values("int8").astype(np.int8)
    kernel = operator.prepare_integer(layer.op, layer.inputs, layer.outputs, arithmetic(ARITHMETIC))
    expected = kernel([values[:, None], values[None]])[0].astype(np.int64)
    low, high, sign = (call.fields[name] for name in ("low", "high", "sign"))
    assert isinstance(low, int) and isinstance(high, int)
    slopes = [float(a.scale) / float(y.scale), float(b.scale) / float(y.scale) * (1 if sign == 1 else -1)]
    found = _proven(expected, slopes, low, high)
    if found is None:
        return None
    return {**dict(zip(("a_slope", "b_slope", "offset"), found, strict=True)), "low": low, "high": high}


def _proven(expected: Ints, slopes: list[float], low: int, high: int) -> tuple[int, int, int] | None:
    """Slopes and an offset that give `expected` of shape (256, 256), rows and columns by `all_values`."""
    x = tables.all_values("int8") << HALF
    for stretch in STRETCHES:
        a, b = (round(slope * (1 + stretch) * 2.0 ** (BITS + 16 - HALF)) for slope in slopes)
        if max(abs(a), abs(b)) >= 1 << 31:
            return None
        sums = (a * x >> 16)[:, None] + (b * x >> 16)
        least = ((expected << BITS) - sums)[expected > low].max(initial=-(1 << 31) - int(sums.min()))
        most = (((expected + 1) << BITS) - 1 - sums)[expected < high].min(initial=(1 << 31) - 1 - int(sums.max()))
        if least <= most:
            return a, b, int(least + most) // 2
    return None
