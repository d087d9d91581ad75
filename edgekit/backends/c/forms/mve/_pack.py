"""Weights and constants in the order in which the Helium kernels use them, and what their tricks need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value
from edgekit.backends.c.forms.mve._requantize import Folded, fold, integer

BLOCK = 8  # output channels at a time
VECTOR, CHUNK = 16, 64  # bytes of a window
KERNEL_STRIDE_PAD = (("kernel_h", "kernel_w"), ("stride_h", "stride_w"), ("pad_top", "pad_left"))
GATHERED = 1024  # bytes of windows gathered at once, at least one window
WORD = 4
PAIRED, REST_OF_OUTPUT = 0.18, 2.75  # most instructions a product, and those of an output beside its products
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
    by_columns = found.weights.reshape(shape).transpose(0, 2, 1, 3).reshape(shape[0], -1)
    return [
        Call(
            kernel,
            {
                **geometry,
                **{name: fields[name] for name in ("in_zero", "out_zero", "low", "high")},
                "chunks": chunks, "rest": rest, "pixels": pixels, "paired": int(_paired(kernel, vectors, length)),
                **requantization(found, bias_order=list(range(BLOCK))),
                "weights": pack_filters(by_columns if kernel == "conv_2d_mve_strips" else found.weights),
            },
            scratch=scratch,
            source="conv_2d_mve",
        )
        for kernel, pixels, scratch in _kernels(geometry, length, size)
    ]  # fmt: skip


def _paired(kernel: str, vectors: int, length: int) -> bool:
    """Whether loads and products in turn, which need fewer cycles, are few enough instructions a product."""
    direct = kernel in ("conv_2d_mve", "conv_2d_mve_rest") and length % WORD == 0
    return direct and 2 * vectors + REST_OF_OUTPUT <= PAIRED * length


def _kernels(geometry: Mapping[str, Value], length: int, size: int) -> list[tuple[str, int, int]]:
    """Functions, how many windows they have in scratch, and its bytes: the input's pixels are windows where they can
    be; windows that share columns lie in strips, others one by one, which takes less scratch."""
    kernel, stride, pad = ([integer(geometry, name) for name in names] for names in KERNEL_STRIDE_PAD)
    whole = kernel == [1, 1] and pad == [0, 0] and _inside(geometry)
    if whole and length == size:
        return [("conv_2d_mve", 0, 0)]
    if whole and stride == [1, 1]:
        pixels = -(-(size - length) // length)
        return [("conv_2d_mve_rest", pixels, pixels * size)]
    pixels = max(1, min(GATHERED // size, integer(geometry, "out_w")))
    gathered = ("conv_2d_mve_gather", pixels, pixels * size)
    columns = (integer(geometry, "out_w") - 1) * stride[1] + kernel[1]
    if integer(geometry, "dilation_w") > 1 or stride[1] >= kernel[1] or pad[1] >= columns:
        return [gathered]
    column = kernel[0] * integer(geometry, "in_c")
    return [("conv_2d_mve_strips", 0, columns * column + VECTOR - 1), gathered]


def requantization(found: Folded, bias_order: list[int]) -> dict[str, Value]:
    """The fields `shifted` and `table`."""
    shifted = not np.all(found.second)
    return {"shifted": int(shifted), "table": pack_table(found, shifted, bias_order)}


def _inside(geometry: Mapping[str, Value]) -> bool:
    """Whether every window of a 1x1 kernel lies inside the input, so that nothing is padded after the end either."""
    return all(
        (integer(geometry, f"out_{side}") - 1) * integer(geometry, f"stride_{side}") < integer(geometry, f"in_{side}")
        for side in "hw"
    )


def pack_filters(weights: Array) -> NDArray[np.int8]:
    """(channels, taps) -> by blocks of 8 channels: 64 taps of each channel, the next 64, ..., then what is left."""
    channels, length = weights.shape
    wide = np.zeros((-(-channels // BLOCK) * BLOCK, -(-length // VECTOR) * VECTOR), np.int8)
    wide[:channels, :length] = weights
    cut = wide.shape[1] // CHUNK * CHUNK
    parts = []
    for block in wide.reshape(-1, BLOCK, wide.shape[1]):
        parts += [block[:, at : at + CHUNK] for at in range(0, cut, CHUNK)] + [block[:, cut:]]
    return np.concatenate([part.reshape(-1) for part in parts])


def pack_table(found: Folded, shifted: bool, bias_order: list[int]) -> NDArray[np.int32]:
    """By blocks of 8 channels: biases, then the rows of the requantization, even channels before odd ones."""
    rows = [found.multiplier, found.second]
    if shifted:
        rows = [np.maximum(found.shift, 0), found.multiplier, np.minimum(found.shift, 0)]
    blocks = -(-len(found.bias) // BLOCK)

    def lanes(values: Array) -> Array:
        wide = np.zeros(blocks * BLOCK, np.int64)
        wide[: len(values)] = values
        return wide.reshape(blocks, BLOCK)

    table = np.stack([lanes(found.bias)[:, bias_order], *(lanes(row)[:, ORDER] for row in rows)], 1)
    return table.reshape(-1).astype(np.int32)
