"""Weights and constants in the order in which the Helium kernels use them, and what their tricks need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

BLOCK, HALF = 8, 4  # output channels at a time, and of the last block
VECTOR, CHUNK = 16, 64  # bytes of a window
KERNEL_STRIDE_PAD = (("kernel_h", "kernel_w"), ("stride_h", "stride_w"), ("pad_top", "pad_left"))
GATHERED = 1024  # bytes of windows gathered at once, at least one window
WORD = 4
PAIRED = 0.2  # most instructions a product
REST_OF_OUTPUT, REST_OF_CALL = 2.75, 90  # instructions of an output beside its products, of a call beside its windows
ORDER = [0, 2, 4, 6, 1, 3, 5, 7]  # even channels before odd ones, as narrowing to 16 bits takes them
Array = NDArray[Any]


def products(call: Call, geometry: Mapping[str, Value]) -> list[Call]:
    """The matrix product of windows (kernel_h * kernel_w * in_c values) and filters, for a portable `call`."""
    fields = call.fields
    shape = [integer(geometry, name) for name in ("out_c", "kernel_h", "kernel_w", "in_c")]
    weights = np.asarray(fields["weights"]).reshape(shape)
    length = math.prod(shape[1:])
    vectors = -(-length // VECTOR)
    chunks, rest = divmod(vectors, CHUNK // VECTOR)
    size = vectors * VECTOR
    found = fold(fields, weights.reshape(shape[0], -1))
    shifted = not np.all(found.second)
    limited = (fields["low"], fields["high"]) != (-128, 127)
    by_columns = found.weights.reshape(shape).transpose(0, 2, 1, 3).reshape(shape[0], -1)

    def made(kernel: str, pixels: int, scratch: int) -> Call:
        in_pairs = paired(kernel, vectors, geometry)
        passes = not (chunks or in_pairs or shifted) and _many(kernel, pixels, geometry)
        half = not passes and (shape[0] - 1) % BLOCK < HALF
        kept = {name: fields[name] for name in ("in_zero", "out_zero", "low", "high")}
        return Call(
            kernel,
            {
                **geometry, **kept, "chunks": chunks, "rest": rest, "steps": 2 if shifted else int(limited),
                "paired": int(in_pairs), "half": int(half), "passes": int(passes), "pixels": pixels,
                "table": pack_table(found, shifted),
                "weights": pack_filters(by_columns if kernel == "conv_2d_mve_strips" else found.weights, half),
            },
            scratch=scratch,
            source="conv_2d_mve",
        )  # fmt: skip

    return [made(*kernel) for kernel in _kernels(geometry, length, size)]


def paired(kernel: str, vectors: int, geometry: Mapping[str, Value]) -> bool:
    """Whether loads and products in turn, which need fewer cycles, are few enough instructions a product."""
    if kernel not in ("conv_2d_mve", "conv_2d_mve_rest") or integer(geometry, "in_c") % WORD:
        return False
    outputs = integer(geometry, "out_c") * _windows(geometry)
    return 2 * vectors + REST_OF_OUTPUT + REST_OF_CALL / outputs <= PAIRED * integer(geometry, "in_c")


def _windows(geometry: Mapping[str, Value]) -> int:
    return math.prod(integer(geometry, name) for name in ("batches", "out_h", "out_w"))


def _calls(geometry: Mapping[str, Value]) -> int:
    """Runs of pixels equally far apart: lines, or without strides the whole input."""
    dense = integer(geometry, "stride_h") == integer(geometry, "stride_w") == 1
    return 1 if dense else integer(geometry, "batches") * integer(geometry, "out_h")


def _many(kernel: str, pixels: int, geometry: Mapping[str, Value]) -> bool:
    """Whether so many windows come at a time that blocks of filters should pass one by one: 10 instructions a
    window and 1 a block of it less, 11 a block more."""
    windows = {"conv_2d_mve_gather": pixels, "conv_2d_mve_strips": integer(geometry, "out_w")}.get(kernel)
    windows = _windows(geometry) // _calls(geometry) if windows is None else windows
    blocks = -(-integer(geometry, "out_c") // BLOCK)
    return windows * (10 + blocks) > 11 * blocks


def _kernels(geometry: Mapping[str, Value], length: int, size: int) -> list[tuple[str, int, int]]:
    """Functions, how many windows they have in scratch, and its bytes: the input's pixels are windows where they can
    be; windows that share columns lie in strips, others one by one, which takes less scratch."""
    kernel, stride, pad = ([integer(geometry, name) for name in names] for names in KERNEL_STRIDE_PAD)
    whole = kernel == [1, 1] and pad == [0, 0] and _inside(geometry)
    if whole:
        short = (size - 1) // length  # pixels at the end of the input after which it has less than `size` bytes
        pixels = _last(geometry, short)
        return [("conv_2d_mve_rest", pixels, short * length + VECTOR - 1) if pixels else ("conv_2d_mve", 0, 0)]
    pixels = max(1, min(GATHERED // size, integer(geometry, "out_w")))
    gathered = ("conv_2d_mve_gather", pixels, pixels * size)
    columns = (integer(geometry, "out_w") - 1) * stride[1] + kernel[1]
    if integer(geometry, "dilation_w") > 1 or stride[1] > kernel[1] or not 0 <= pad[1] < columns:
        return [gathered]
    column = kernel[0] * integer(geometry, "in_c")
    return [("conv_2d_mve_strips", 0, columns * column + VECTOR - 1), gathered]


def _last(geometry: Mapping[str, Value], pixels: int) -> int:
    """How many windows of a 1x1 kernel are among the last `pixels` pixels of the input."""
    n, h, w = (integer(geometry, name) for name in ("batches", "in_h", "in_w"))
    lines = np.arange(n)[:, None] * h + np.arange(integer(geometry, "out_h")) * integer(geometry, "stride_h")
    starts = lines[..., None] * w + np.arange(integer(geometry, "out_w")) * integer(geometry, "stride_w")
    return int(np.count_nonzero(starts >= n * h * w - pixels))


def _inside(geometry: Mapping[str, Value]) -> bool:
    """Whether every window of a 1x1 kernel lies inside the input, so that nothing is padded after the end either."""
    return all(
        (integer(geometry, f"out_{side}") - 1) * integer(geometry, f"stride_{side}") < integer(geometry, f"in_{side}")
        for side in "hw"
    )


def pack_filters(weights: Array, half: bool) -> NDArray[np.int8]:
    """(channels, taps) -> by blocks of 8 channels, 4 in the last if it is a `half`: 64 taps of each, and so on."""
    channels, length = weights.shape
    step = HALF if half else BLOCK
    wide = np.zeros((-(-channels // step) * step, -(-length // VECTOR) * VECTOR), np.int8)
    wide[:channels, :length] = weights
    cut = wide.shape[1] // CHUNK * CHUNK
    parts = []
    for start in range(0, len(wide), BLOCK):
        block = wide[start : start + BLOCK]
        parts += [block[:, at : at + CHUNK] for at in range(0, cut, CHUNK)] + [block[:, cut:]]
    return np.concatenate([part.reshape(-1) for part in parts])


def pack_table(found: Folded, shifted: bool) -> NDArray[np.int32]:
    """By blocks of 8 channels: biases, then the rows of the requantization, even channels before odd ones."""
    rows = [found.multiplier, found.second]
    if shifted:
        rows = [np.maximum(found.shift, 0), found.multiplier, np.minimum(found.shift, 0)]
    blocks = -(-len(found.bias) // BLOCK)

    def lanes(values: Array) -> Array:
        wide = np.zeros(blocks * BLOCK, np.int64)
        wide[: len(values)] = values
        return wide.reshape(blocks, BLOCK)

    table = np.stack([lanes(found.bias), *(lanes(row)[:, ORDER] for row in rows)], 1)
    return table.reshape(-1).astype(np.int32)
