"""Depthwise convolution of small pictures, only the taps inside: `firmware/src/depthwise_conv_2d_inside_dsp.c`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Layer, Value, bias_of
from edgekit.backends.c.forms.dsp._relu import one_line
from edgekit.backends.c.forms.dsp._requantize import Folded, clamp_of, fold
from edgekit.reference.requantize import effective_scale

OPERATOR, FILE = "depthwise_conv_2d", "depthwise_conv_2d_inside_dsp"
GROUP, TAPS = 4, 3
ORDER = (0, 2, 1, 3)  # channels of the halfwords that SXTAB16 makes
KEPT = ("batches", "in_zero", "out_zero", "low", "high")


def form(layer: Layer, call: Call) -> list[Call] | None:
    """By one multiplication an output where that can be, and by two; None where the kernel's conditions do not hold."""
    fields = dict[str, Any](call.fields)
    x, w, y = layer.input(0), layer.input(1), layer.outputs[0]
    channels, (height, width) = x.shape[3], w.shape[1:3]
    if fields["depth_multiplier"] != 1 or channels % GROUP or max(height, width) > TAPS:
        return None
    row = x.shape[2] * channels
    rows, columns = _runs(fields, "h", "pad_top", row), _runs(fields, "w", "pad_left", channels)
    if rows is None or columns is None:
        return None
    weights = layer.data(1).reshape(height * width, channels).T
    real = effective_scale(x, w, y)
    folded = fold(weights, bias_of(layer, channels), x.zero_point, real, clamp_of(call), wide=True)
    if folded is None:
        return None
    geometry: dict[str, Value] = {
        **{name: fields[name] for name in KEPT},
        "channels": channels, "in_size": x.shape[1] * row,
        "tap_row": fields["dilation_h"] * row, "tap_column": fields["dilation_w"] * channels,
        "stride_row": fields["stride_h"] * row, "stride_column": fields["stride_w"] * channels,
        "row_count": len(rows), "column_count": len(columns), "rows": rows, "columns": columns,
    }  # fmt: skip
    line = one_line(folded, real, clamp_of(call), y.zero_point, wide=True)
    made = [("depthwise_conv_2d_inside_relu_dsp", line), (FILE, folded)]
    of_window = height, width, x.zero_point
    return [Call(kernel, geometry | _constants(of, *of_window), source=FILE) for kernel, of in made if of is not None]


def _constants(folded: Folded, height: int, width: int, zero: int) -> dict[str, Value]:
    channels = folded.bias.size
    halves = np.zeros((channels, TAPS, TAPS), np.int16)
    halves[:, :height, :width] = folded.halves.reshape(channels, height, width)
    words = np.ascontiguousarray(halves.reshape(-1, GROUP, TAPS, TAPS)[:, ORDER].transpose(0, 2, 3, 1))
    starts = folded.start + zero * halves.sum(axis=(1, 2), dtype=np.int64)  # which the kernel subtracts
    requantization = np.stack([folded.multiplier, folded.divider], axis=1)
    constants = np.concatenate([starts.reshape(-1, GROUP), requantization.reshape(-1, 2 * GROUP)], axis=1)
    return {"weights": words.view(np.int32), "constants": constants.astype(np.int32)}


def _runs(fields: dict[str, Any], side: str, pad: str, step: int) -> NDArray[np.int32] | None:
    """(runs, 4): windows, bytes to the first tap inside, taps inside, the first; None where a window has none."""
    starts = np.arange(fields[f"out_{side}"]) * fields[f"stride_{side}"] - fields[pad]
    taps = starts[:, None] + np.arange(fields[f"kernel_{side}"]) * fields[f"dilation_{side}"]
    inside = (taps >= 0) & (taps < fields[f"in_{side}"])
    if not inside.any(axis=1).all():
        return None
    changes = [0, *(np.flatnonzero((inside[1:] != inside[:-1]).any(axis=1)) + 1)]
    first = inside.argmax(axis=1)
    return np.array(
        [
            (end - start, taps[start, first[start]] * step, inside[start].sum(), first[start])
            for start, end in zip(changes, [*changes[1:], len(starts)], strict=True)
        ],
        np.int32,
    )
