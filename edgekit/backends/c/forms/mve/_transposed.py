"""A transposed convolution as Helium kernels take it: phases, and their filters with the columns of taps in turn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from edgekit.backends.c.call import Call, Layer, Value
from edgekit.backends.c.forms.mve._pack import VECTOR
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer
from edgekit.backends.c.phases import phases

KEPT = ("batches", "in_h", "in_w", "in_c", "out_h", "out_w", "out_c", "stride_h", "stride_w", "in_zero", "out_zero",
        "low", "high")  # fmt: skip


@dataclass(frozen=True)
class Transposed:
    """Of all phases, whose columns change first.

    Attributes:
        fields: parameters that the kernels share.
        folded: constants, and weights as (channels, taps). widths: outputs of a line.
        windows: bytes of the longest line of windows.
    """

    fields: dict[str, Value]
    folded: list[Folded]
    widths: list[int]
    windows: int


def transposed(layer: Layer, call: Call) -> Transposed | None:
    """None where a phase has no taps, or begins right of the input's first column."""
    f = {name: integer(call.fields, name) for name in (*KEPT, "kernel_h", "kernel_w", "pad_top", "pad_left")}
    down = phases(f["kernel_h"], f["stride_h"], f["pad_top"], f["out_h"])
    across = phases(f["kernel_w"], f["stride_w"], f["pad_left"], f["out_w"])
    if not all(phase.taps for phase in (*down, *across)) or any(phase.start > 0 for phase in across):
        return None
    w, both = layer.data(1), list(product(down, across))
    parts = [w[:, v.taps][:, :, h.taps].transpose(0, 2, 1, 3) for v, h in both]
    rows, columns = max(len(p.taps) for p in down), max(p.count - 1 + len(p.taps) for p in across)
    places = {
        name: np.array([(len(phase.taps), -phase.start) for phase in some], np.int32)
        for name, some in (("down", down), ("across", across))
    }
    return Transposed(
        {**{name: f[name] for name in KEPT}, **places},
        [fold(call.fields, part.reshape(len(w), -1)) for part in parts],
        [h.count for _, h in both],
        rows * columns * f["in_c"],
    )


def vectors(found: Folded) -> int:
    """Of a phase's windows."""
    return -(-len(found.weights[0]) // VECTOR)
