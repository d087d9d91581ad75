"""Transposed convolution with weights of two bytes: `firmware/src/transpose_conv_dsp.c`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._bands import BAND
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.backends.c.forms.dsp.conv_2d_halves import WORD, in_order, stream
from edgekit.backends.c.phases import Phase, phases
from edgekit.reference.requantize import effective_scale

FILE = "transpose_conv_dsp"
KEPT = ("batches", "in_h", "in_c", "out_h", "out_w", "out_c", "stride_h", "stride_w", "in_zero", "out_zero", "low",
        "high")  # fmt: skip


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    f: dict[str, int] = {name: value for name, value in call.fields.items() if isinstance(value, int)}
    down = phases(f["kernel_h"], f["stride_h"], f["pad_top"], f["out_h"])
    across = phases(f["kernel_w"], f["stride_w"], f["pad_left"], f["out_w"])
    if not all(phase.taps for phase in (*down, *across)) or f["in_c"] * min(len(p.taps) for p in across) < WORD:
        return None
    fields, band = _band(f, down, across)
    most = max(len(phase.taps) for phase in down) * max(-(-len(p.taps) * f["in_c"] // WORD) for p in across)
    fields |= {name: f[name] for name in KEPT} | {"columns": 16 * most}
    return [
        Call(f"transpose_conv{by}_dsp", {**fields, "stream": packed}, scratch=16 * most + band, source=FILE)
        for by, packed in _streams(layer, call, down, across).items()
    ]


def _band(f: dict[str, int], down: Sequence[Phase], across: Sequence[Phase]) -> tuple[dict[str, Value], int]:
    """Where windows are found, and the bytes of a band."""
    above, left = (max(0, *(-phase.start for phase in some)) for some in (down, across))
    reach = above + max(phase.start + len(phase.taps) for phase in down)
    lines, columns = down[0].count, max(p.count - 1 + p.start + len(p.taps) for p in across if p.count)
    below = max(p.count - 1 + p.start + len(p.taps) for p in down if p.count)
    row = f["in_w"] * f["in_c"]
    copied = above > 0 or left > 0 or below > f["in_h"] or columns > f["in_w"]
    pitch = -(-(left + columns) * f["in_c"] // WORD) * WORD if copied else row
    before = left * f["in_c"]

    def size(lines: int) -> int:
        return (lines + reach - 1) * pitch

    if copied and size(lines) > BAND:
        lines = next((n for n in range(lines // 2 * 2, 2, -2) if size(n) <= BAND), min(lines, 2))
    fields: dict[str, Value] = {
        "in_row": row, "above": above, "before": before, "reach": reach, "pitch": pitch, "lines": lines,
        "copied": int(copied), "down": _places((len(p.taps), above + p.start) for p in down),
        "across": _places((len(p.taps) * f["in_c"], before + p.start * f["in_c"]) for p in across),
    }  # fmt: skip
    return fields, (size(lines) + -(-before // WORD) * WORD) * copied


def _places(some: Iterable[tuple[int, int]]) -> NDArray[np.int32]:
    return np.array([*some], np.int32)


def _streams(layer: Layer, call: Call, down: Sequence[Phase], across: Sequence[Phase]) -> dict[str, NDArray[np.int32]]:
    """Of all phases, by one multiplication an output (`_relu`) where all can be, and by two, where all can."""
    x, w, y = layer.input(0), layer.data(1), layer.outputs[0]
    real, bias, clamp = effective_scale(x, layer.input(1), y), bias_of(layer, len(w)), clamp_of(call)
    plain, relu = list[NDArray[np.int32]](), list[NDArray[np.int32]]()
    lines = True
    for v, h in product(down, across):
        weights = w[:, v.taps][:, :, h.taps]
        folded = fold(weights.reshape(len(w), -1), bias, x.zero_point, real, clamp, wide=True)
        if folded is None:
            return {}
        plain.append(_stream(folded, weights.shape))
        line = one_line(folded, real, clamp, y.zero_point, wide=True) if lines else None
        lines = line is not None
        relu += [] if line is None else [_stream(line, weights.shape)]
    return ({"_relu": np.concatenate(relu)} if lines else {}) | {"": np.concatenate(plain)}


def _stream(folded: Folded, shape: Sequence[int]) -> NDArray[np.int32]:
    """Of one phase; words row by row, whatever the number of rows."""
    channels, rows, columns, inputs = shape
    return stream(in_order(folded.halves.reshape(channels * rows, 1, columns, inputs)).reshape(channels, -1), folded)
