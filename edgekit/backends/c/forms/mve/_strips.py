"""Depthwise convolution by strips: bands, places, weights and constants of `depthwise_conv_2d_strips_mve.c`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

TAPS, BLOCK, GROUP = 16, 4, 16  # taps of a chunk; channels of a strip, of the strips in scratch
WORD = 4
ROOM = 4096  # bytes of scratch that bands may take, unless one row takes more
LARGEST_OFFSET = (1 << 16) - 1
OUTSIDE = -(1 << 30)  # of the image, whatever the channel
KEPT = (
    "batches", "in_h", "in_w", "in_c", "out_h", "out_w", "depth_multiplier", "kernel_h", "kernel_w", "stride_h",
    "stride_w", "dilation_h", "dilation_w", "pad_top", "pad_left", "in_zero", "out_zero", "low", "high",
)  # fmt: skip


def strips(call: Call) -> Call | None:
    """The form of a portable depthwise `call`; None where offsets do not fit."""
    fields = upright(cropped(call.fields))

    def of(name: str) -> int:
        return integer(fields, name)

    kernel, channels, multiplier = (of("kernel_h"), of("kernel_w")), of("in_c"), of("depth_multiplier")
    x, starts = shared_columns(of("out_w"), kernel[1], of("stride_w"), of("dilation_w"))
    x -= of("pad_left")
    columns = np.where((x >= 0) & (x < of("in_w")), x * channels, OUTSIDE).astype(np.int32)
    line = WORD * len(columns) * kernel[0]
    bands = -(-of("out_h") // max(1, ROOM // (GROUP // BLOCK * line)))
    band = -(-of("out_h") // bands)
    places = np.add.outer(np.arange(band) * line, starts * (WORD * kernel[0])).reshape(-1)
    if places.max() > LARGEST_OFFSET or channels * multiplier * 2 > LARGEST_OFFSET:
        return None
    found = fold(fields, np.asarray(fields["weights"]).reshape(-1, channels * multiplier).T)
    chunks = -(-kernel[0] * kernel[1] // TAPS)
    shifted = not np.all(found.second)
    return Call(
        "depthwise_conv_2d_strips_mve",
        {
            **{name: fields[name] for name in KEPT},
            "shifted": int(shifted), "chunks": chunks, "band": band,
            "columns": len(columns), "column_table": columns,
            "places": (np.repeat(places, 2) if places.size == 1 else places).astype(np.uint16),
            "filters": pack(found, (channels, multiplier, *kernel), shifted),
        },
        scratch=GROUP // BLOCK * line * band + WORD * TAPS * chunks + 2 * WORD * band * kernel[0],
    )  # fmt: skip


def cropped(fields: Mapping[str, Value]) -> dict[str, Value]:
    """Without kernel rows and columns that no window has inside the image, but for one."""
    found, weights = dict(fields), np.asarray(fields["weights"])
    for axis, side, pad in ((1, "h", "pad_top"), (2, "w", "pad_left")):
        size, outputs, kernel, stride, dilation = (
            integer(fields, f"{name}_{side}") for name in ("in", "out", "kernel", "stride", "dilation")
        )
        at = np.add.outer(np.arange(outputs) * stride - integer(fields, pad), np.arange(kernel) * dilation)
        used = np.flatnonzero(((at >= 0) & (at < size)).any(0))
        first, last = (int(used[0]), int(used[-1])) if len(used) else (0, 0)
        weights = weights.take(range(first, last + 1), axis)
        found |= {f"kernel_{side}": last + 1 - first, pad: integer(fields, pad) - first * dilation}
    return found | {"weights": weights}


def upright(fields: Mapping[str, Value]) -> Mapping[str, Value]:
    """A picture and a kernel one pixel wide as one row each, which is the same memory."""
    if any(integer(fields, f"{name}_w") != 1 for name in ("in", "out", "kernel")) or fields["pad_left"] != 0:
        return fields
    turned = {
        name[:-1] + {"h": "w", "w": "h"}[name[-1]]: value for name, value in fields.items() if name[-2:] in ("_h", "_w")
    }
    weights = np.asarray(fields["weights"]).swapaxes(1, 2)
    return {**fields, **turned, "pad_top": 0, "pad_left": fields["pad_top"], "weights": weights}


def shared_columns(
    outputs: int, kernel: int, stride: int, dilation: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns in an order in which those of every window follow each other, and the index of each window's first one.

    Windows whose columns are the same modulo the dilation share them, unless that makes more columns.
    """
    own = np.add.outer(np.arange(outputs) * stride, np.arange(kernel) * dilation).reshape(-1)
    x, starts, first = np.arange(outputs) * stride, np.zeros(outputs, np.int64), 0
    runs = []
    for residue in np.unique(x % dilation):
        of = np.flatnonzero(x % dilation == residue)
        runs.append(np.arange(x[of[0]], x[of[-1]] + (kernel - 1) * dilation + 1, dilation))
        starts[of] = first + (x[of] - x[of[0]]) // dilation
        first += len(runs[-1])
    return (np.concatenate(runs), starts) if first < len(own) else (own, np.arange(outputs) * kernel)


def pack(found: Folded, shape: tuple[int, int, int, int], shifted: bool) -> NDArray[np.int8]:
    """Of (channels, multiplier, kernel_h, kernel_w): by blocks of 4 channels, by filters, constants and weights."""
    channels, multiplier, height, width = shape
    blocks, taps = -(-channels // BLOCK), -(-height * width // TAPS) * TAPS
    weights = np.zeros((blocks * BLOCK, multiplier, taps), np.int8)
    by_columns = found.weights.reshape(shape).transpose(0, 1, 3, 2)
    weights[:channels, :, : height * width] = by_columns.reshape(channels, multiplier, -1)
    chunks = weights.reshape(blocks, BLOCK, multiplier, -1, TAPS).transpose(0, 2, 3, 1, 4)
    rows = [found.bias, found.multiplier, found.second]
    if shifted:
        rows = [found.bias, np.maximum(found.shift, 0), found.multiplier, np.minimum(found.shift, 0)]
    constants = np.zeros((blocks * BLOCK, multiplier, len(rows)), "<i4")
    constants[:channels] = np.stack(rows, -1).reshape(channels, multiplier, -1)
    words = np.ascontiguousarray(constants.reshape(blocks, BLOCK, multiplier, -1).transpose(0, 2, 3, 1))
    both = [words.view(np.int8).reshape(blocks * multiplier, -1), chunks.reshape(blocks * multiplier, -1)]
    return np.concatenate(both, 1).reshape(-1)
