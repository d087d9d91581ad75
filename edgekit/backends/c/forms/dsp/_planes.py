"""What the forms share that transpose planes of four channels: words of two lines of the input, which are rows or
columns of the tensor, and columns of blocks of outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer

GROUP = 4
KEPT = ("batches", "in_zero", "out_zero", "low", "high")


def applies(layer: Layer, call: Call) -> bool:
    """Fours of channels, strides alike, not dilated, an output a channel; columns are transposed by twos."""
    fields, x, y = call.fields, layer.input(0), layer.outputs[0]
    spread = [fields[f"dilation_{side}"] != 1 and fields[f"kernel_{side}"] != 1 for side in "hw"]
    if fields["depth_multiplier"] != 1 or any(spread) or fields["stride_h"] != fields["stride_w"]:
        return False
    return x.shape[3] % GROUP == 0 and min(*y.shape[1:3], *x.shape[1:3]) > 1


def lines_of(layer: Layer, call: Call, turned: bool) -> dict[str, Any]:
    """Where lines and columns are, which are those of the tensor or, `turned`, the other way round."""
    x, y = layer.input(0), layer.outputs[0]
    found: dict[str, Any] = {"channels": x.shape[3], "out_lines": y.shape[2 if turned else 1]}
    for name, side in zip(("line", "column"), "wh" if turned else "hw", strict=True):
        found[f"{name}s"] = call.fields[f"in_{side}"]
        found[f"pad_{name}"] = call.fields["pad_top" if side == "h" else "pad_left"]
        for prefix, shape in (("", x.shape), ("out_", y.shape)):
            found[f"{prefix}{name}_step"] = x.shape[3] * (shape[2] if side == "h" else 1)
    return found


def square(layer: Layer, taps: int) -> NDArray[np.int8]:
    """(channels, taps, taps) weights of a layer that has as many at the most: zeros behind the others."""
    w = layer.data(1)[0].transpose(2, 0, 1)
    weights = np.zeros((w.shape[0], taps, taps), np.int8)
    weights[:, : w.shape[1], : w.shape[2]] = w
    return weights


def blocks_across(columns: int) -> tuple[int, int]:
    """Columns of blocks of three outputs, and of two."""
    twos = -columns % 3
    return (columns - 2 * twos) // 3, twos
