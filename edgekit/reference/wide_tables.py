"""Logistic, tanh and softmax of int16: tables with linear interpolation between their entries.

Sources: the int16 kernels of TensorFlow Lite (`integer_ops/logistic.h`, `integer_ops/tanh.h`, `softmax.h`) and its
`gen_lut`. Scales of the outputs are fixed at 2^-15, zero points at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from edgekit.graph import Tensor
from edgekit.reference.arithmetic import INT32_MAX, Ints, multiply, quantize_multiplier
from edgekit.reference.requantize import require_wide
from edgekit.reference.simulator import Array, Kernel

OUTPUT_SCALE = 2.0**-15
STEPS = 24  # entries of the sigmoid's table per unit
FLOAT64_LUT = "float64-lut"
LAST = 255  # the index from which it is 1
LARGEST_MULTIPLIER = (1 << 15) - 1
LUT_BITS = 7  # below an entry of softmax's tables
EXP_RANGE = 10.0  # exp is tabled from -10 to 0


def sigmoid_table() -> Ints:
    """1 / (1 + exp(-i / 24)) for i = 0..255 in units of 2^-16; the last is 2^16 - 1.

    Every entry is raised by half of what linear interpolation lacks in the middle to the next, then rounded.
    """

    def exact(i: Array) -> Array:
        return np.asarray(65536 / (1 + np.exp(-i / STEPS)))

    i = np.arange(LAST + 1, dtype=np.float64)
    lacking = exact(i + 0.5) - (exact(i) + exact(i + 1)) / 2
    table: Ints = np.floor(exact(i) + lacking / 2 + 0.5).astype(np.int64)
    table[LAST] = (1 << 16) - 1
    return table


def sigmoid_input(scale: float, hyperbolic: bool) -> tuple[int, int]:
    """(m, n): inputs become (q * m + 2^(n-1)) >> n, 3 * 2^12 = 24 * 2^9 to the unit.

    Scales of 2^-12 (of tanh also 2^-11) take 3 and 6 as they are; others 3 * 2^12 * scale, doubled n times to 15 bits.

    Raises:
        ValueError: the multiplier leaves 15 bits.
    """
    exponent = round(math.log2(scale))
    power = abs(math.log2(scale) - exponent) < 1e-3  # the runtimes' tolerance
    if power and 12 + exponent in ((0, 1) if hyperbolic else (0,)):
        return 3 << (12 + exponent), 0
    multiplier, shift = scale * 4096.0 * 3.0, 0
    while multiplier <= LARGEST_MULTIPLIER / 2 and shift <= 30:
        multiplier, shift = 2 * multiplier, shift + 1
    if multiplier >= LARGEST_MULTIPLIER + 1:
        raise ValueError(f"needs an int16 input scale below {(LARGEST_MULTIPLIER + 1) / 12288:.4g}, found {scale:g}")
    return int(multiplier), shift


def wide_sigmoid(x: Tensor, output: Tensor, hyperbolic: bool) -> Kernel:
    """logistic, or tanh as 2 * logistic(2 x) - 1. Raises ValueError."""
    require_wide(x, output)
    if float(output.scale) != OUTPUT_SCALE:
        raise ValueError(f"needs int16 with output scale 2^-15, found {output.scale:g}")
    multiplier, shift = sigmoid_input(float(x.scale), hyperbolic)
    table = sigmoid_table()
    below = 8 if hyperbolic else 9  # bits of the fraction: an entry of tanh is half as wide

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        scaled = (np.asarray(arrays[0]).astype(np.int64) * multiplier + (1 << shift >> 1)) >> shift
        magnitude = np.abs(scaled)
        index = np.minimum(magnitude >> below, LAST - 1)
        fraction = magnitude & ((1 << below) - 1)
        between = (table[index] << below) + fraction * (table[index + 1] - table[index])
        if hyperbolic:
            value = np.where(magnitude >> below >= LAST, 0xFFFF << below, between) - (1 << 23)
            return [((np.where(scaled >= 0, value, -value - 1) + (1 << 7)) >> 8).astype(np.int16)]
        value = np.where(magnitude >> below >= LAST, 0x7FFF << 10, between)
        return [((np.where(scaled >= 0, value, (1 << 25) - value - 1) + (1 << 9)) >> 10).astype(np.int16)]

    return kernel


def lut(function: Callable[[Array], Array], low: float, high: float, kind: type[np.floating[Any]]) -> Ints:
    """513 entries of a function over low..high in units of 2^-15, each moved by half the interpolation's error at the
    middle to the next, computed in the float type `kind`."""
    step = kind((high - low) / 512)
    start = kind(low) + np.arange(513).astype(kind) * step

    def real(x: Array) -> Array:
        return np.asarray(function(x).astype(kind) * kind(1 << 15))

    here, middle, after = real(start[:-1]), real(start[:-1] + step / kind(2)), real(start[1:])
    interpolated = _away((after + _away(here)) / kind(2))
    moved = _away(here) - _away((interpolated - _away(middle)) / kind(2))
    last = _away(real(np.array([high], kind)))
    clipped: Ints = np.clip(np.concatenate([moved, last]), -(1 << 15), (1 << 15) - 1).astype(np.int64)
    return clipped


def _away(x: Array) -> Array:
    """To nearest, ties away from zero."""
    whole = np.trunc(x)
    return np.asarray(whole + np.where(np.abs(x - whole) >= 0.5, np.sign(x), 0).astype(x.dtype))


def exp_table() -> Ints:
    """exp over -10..0."""
    return lut(lambda x: np.exp(x.astype(np.float64)), -EXP_RANGE, 0.0, np.float32)


def reciprocal_table(kind: type[np.floating[Any]] = np.float32) -> Ints:
    """1 / (1 + x) over 0..1; in float64 two entries are others."""
    return lut(lambda x: kind(1) / (kind(1) + x), 0.0, 1.0, kind)


def lookup(x: Ints, table: Ints) -> Ints:
    """The table's function at int16 values, linear between two entries, rounded ties up."""
    index = 256 + (x >> LUT_BITS)
    slope = table[index + 1] - table[index]
    return np.asarray(table[index] + ((slope * (x & ((1 << LUT_BITS) - 1)) + (1 << LUT_BITS >> 1)) >> LUT_BITS))


def softmax_multiplier(beta: float, x: Tensor, rule: str = "") -> tuple[int, int]:
    """Of differences to the row's maximum, so that -65535..0 is -10..0. LiteRT multiplies beta in float32."""
    kind = np.float32 if rule == FLOAT64_LUT else np.float64
    steepness = kind(x.scale) * kind(np.float32(beta))
    return quantize_multiplier(float(steepness) / (EXP_RANGE / 65535.0))


def wide_softmax(beta: float, x: Tensor, output: Tensor, rule: str) -> Kernel:
    """Softmax of int16 to int16; LiteRT's tables and multiplier are others (`float64-lut`). Raises ValueError."""
    require_wide(x, output)
    if float(output.scale) != OUTPUT_SCALE:
        raise ValueError(f"needs int16 with output scale 2^-15, found {output.scale:g}")
    if x.shape[-1] > 1 << 16:
        raise ValueError(f"needs rows of at most 65,536 values, found {x.shape[-1]}")
    multiplier, shift = softmax_multiplier(beta, x, rule)
    exps = exp_table()
    reciprocals = reciprocal_table(np.float64 if rule == FLOAT64_LUT else np.float32)

    def kernel(arrays: Sequence[Array | None]) -> list[Array]:
        given = np.asarray(arrays[0]).astype(np.int64)
        scaled = multiply(given - given.max(axis=-1, keepdims=True), multiplier, shift)
        found = lookup(np.clip(scaled + LARGEST_MULTIPLIER, -(1 << 15), LARGEST_MULTIPLIER), exps)
        total = found.sum(axis=-1, keepdims=True)
        zeros = 32 - np.frexp(total.astype(np.float64))[1].astype(np.int64)
        shifted = ((total << (zeros - 1)) + (1 << 13)) >> 14
        place = np.clip(shifted - (1 << 15) - (1 << 16), -(1 << 15), LARGEST_MULTIPLIER)
        right = 31 - zeros
        result = (found * lookup(place, reciprocals) + ((np.int64(1) << right) >> 1)) >> right
        return [np.clip(result, 0, min(LARGEST_MULTIPLIER, INT32_MAX)).astype(np.int16)]

    return kernel
