"""Weights and constants in the order in which the Helium kernels use them, and what their tricks need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.c.call import Call, Value

BLOCK = 8  # output channels at a time
VECTOR, CHUNK = 16, 64  # bytes of a window
GATHERED = 1024  # bytes of windows gathered at once, at least one window
ORDER = [0, 2, 4, 6, 1, 3, 5, 7]  # even channels before odd ones, as narrowing to 16 bits takes them
Array = NDArray[Any]


def product(call: Call, geometry: Mapping[str, Value]) -> Call:
    """The matrix product of windows (kernel_h * kernel_w * in_c values) and filters, for a portable `call`."""
    fields = call.fields
    weights = np.asarray(fields["weights"]).reshape(_int(geometry, "out_c"), -1)
    length = weights.shape[1]
    chunks, rest = divmod(-(-length // VECTOR), CHUNK // VECTOR)
    direct = length == _int(geometry, "in_c") and length % VECTOR == 0
    direct &= not any(_int(geometry, name) for name in ("pad_top", "pad_left")) and _inside(geometry)
    size = chunks * CHUNK + rest * VECTOR
    pixels = 0 if direct else max(1, min(GATHERED // size, _int(geometry, "out_w")))
    return Call(
        "conv_2d_mve" if direct else "conv_2d_mve_gather",
        {
            **geometry,
            **{name: fields[name] for name in ("in_zero", "out_zero", "low", "high")},
            "chunks": chunks, "rest": rest, "pixels": pixels,
            **requantization(fields, weights, bias_order=list(range(BLOCK))),
            "weights": pack_filters(weights),
        },
        scratch=pixels * size,
        source="conv_2d_mve",
    )  # fmt: skip


def requantization(fields: Mapping[str, Value], weights: Array, bias_order: list[int]) -> dict[str, Value]:
    """The fields `shifted` and `table` of a portable call's `fields`; weights (channels, taps)."""
    bias = folded_bias(weights, np.asarray(fields["bias"]), _int(fields, "in_zero"))
    multiplier, shift = (
        np.broadcast_to(np.asarray(fields[name]).astype(np.int64), bias.shape) for name in ("multiplier", "shift")
    )
    shifted = not scalable(shift, largest(weights, bias, multiplier))
    return {"shifted": int(shifted), "table": pack_table(bias, multiplier, shift, shifted, bias_order)}


def _int(fields: Mapping[str, Value], name: str) -> int:
    value = fields[name]
    assert isinstance(value, int | np.integer)
    return int(value)


def _inside(geometry: Mapping[str, Value]) -> bool:
    """Whether every window of a 1x1 kernel lies inside the input, so that nothing is padded after the end either."""
    return all(
        (_int(geometry, f"out_{side}") - 1) * _int(geometry, f"stride_{side}") < _int(geometry, f"in_{side}")
        for side in "hw"
    )


def folded_bias(weights: Array, bias: Array, in_zero: int) -> Array:
    """Bias less the input zero point's share, wrapped to int32 as the accumulator is; weights (channels, taps)."""
    folded: Array = (bias.astype(np.int64) - in_zero * weights.astype(np.int64).sum(1)).astype(np.int32)
    return folded


def largest(weights: Array, bias: Array, multiplier: Array) -> Array:
    """Bound of |high_mul(accumulator, multiplier)| a channel, any int8 input; 2^31 where the accumulator may wrap."""
    accumulator = np.abs(weights.astype(np.int64)).sum(1) * 128 + np.abs(bias.astype(np.int64))
    bound: Array = np.where(accumulator < 1 << 31, (accumulator * multiplier >> 31) + 1, 1 << 31)
    return bound


def scalable(shift: Array, bound: Array) -> bool:
    """Whether the second rounding may be VQRDMULH with 2^(31-e) + 1 for right shifts e: as `conv_2d_mve.c` says."""
    e = -shift
    exact = bound < (1 << np.clip(31 - e, 0, 31))
    return bool(np.all((e >= 1) & (e <= 30) & ((e <= 11) | exact)))


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


def pack_table(bias: Array, multiplier: Array, shift: Array, shifted: bool, bias_order: list[int]) -> NDArray[np.int32]:
    """By blocks of 8 channels: biases, then the rows of the requantization, even channels before odd ones."""
    scaled = [multiplier, (1 << np.clip(31 + shift, 0, 31)) + 1]
    rows = [np.maximum(shift, 0), multiplier, np.minimum(shift, 0)] if shifted else scaled
    blocks = -(-len(bias) // BLOCK)

    def lanes(values: Array) -> Array:
        wide = np.zeros(blocks * BLOCK, np.int64)
        wide[: len(values)] = values
        return wide.reshape(blocks, BLOCK)

    table = np.stack([lanes(bias)[:, bias_order], *(lanes(row)[:, ORDER] for row in rows)], 1)
    return table.reshape(-1).astype(np.int32)
