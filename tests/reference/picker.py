"""Random choices for test cases, driven by NumPy (fast, for the thousands) or by hypothesis (shrinks what fails)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgekit.graph import Graph, Quantization, Tensor

T = TypeVar("T")
SMALLEST_WEIGHT = -26  # as a power of two: multipliers below 2^-32, which become 0, are among the cases


class Picker(Protocol):
    """A source of choices."""

    def integer(self, low: int, high: int) -> int:
        """An integer of low..high, both included."""
        ...


class RandomPicker:
    """Choices by a seeded generator."""

    def __init__(self, seed: int | Sequence[int]) -> None:
        self._rng = np.random.default_rng(seed)

    def integer(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))


class DrawnPicker:
    """Choices by hypothesis: `DrawnPicker(data.draw)` with `data` from `st.data()`."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))


def choose(pick: Picker, options: Sequence[T]) -> T:
    return options[pick.integer(0, len(options) - 1)]


def flag(pick: Picker) -> bool:
    return pick.integer(0, 1) == 1


def shape(pick: Picker, rank: int, largest: int = 6, batch: int = 1) -> tuple[int, ...]:
    """A shape of `rank` dimensions with the batch in front."""
    return (batch, *(pick.integer(1, largest) for _ in range(rank - 1)))


def scale(pick: Picker, least: int = -12) -> float:
    """A float32 scale between 2^`least` and 2^5, mostly ordinary, sometimes extreme; any mantissa."""
    exponent = pick.integer(least, 4) if pick.integer(0, 7) == 0 else pick.integer(-9, -2)
    return float(np.float32(2.0**exponent * (1 + pick.integer(0, (1 << 23) - 1) / (1 << 23))))


def zero_point(pick: Picker) -> int:
    """An int8 zero point, often at one end."""
    return choose(pick, (-128, 127, 0)) if pick.integer(0, 3) == 0 else pick.integer(-128, 127)


def activation(pick: Picker, name: str, dims: Sequence[int], like: Tensor | None = None) -> Tensor:
    """An int8 activation tensor with random quantization, or with that of `like`."""
    q = Quantization.per_tensor(scale(pick), zero_point(pick)) if like is None else like.quantization
    return Tensor(name, tuple(dims), "int8", q)


def integers(pick: Picker, dims: Sequence[int], low: int, high: int, dtype: str) -> NDArray[Any]:
    """Random constants of one of three kinds: uniform, all at the ends, or small."""
    rng = np.random.default_rng(pick.integer(0, (1 << 31) - 1))
    kind = pick.integer(0, 3)
    if kind == 0:
        return rng.choice(np.array([low, high], dtype), tuple(dims))
    if kind == 1:
        low, high = max(low, -3), min(high, 3)
    return rng.integers(low, high, tuple(dims), dtype, endpoint=True)


def weights_and_bias(pick: Picker, graph: Graph, dims: Sequence[int], axis: int = 0) -> tuple[str, ...]:
    """Add random weights, per channel along `axis` or per tensor, and mostly a bias with its exact scale, to the graph.

    The graph has the input "x" already. Returns the names of what was added.
    """
    values = integers(pick, dims, -127, 127, "int8")
    if flag(pick):
        scales = np.array([scale(pick, SMALLEST_WEIGHT) for _ in range(dims[axis])], np.float32)
        quantization = Quantization.per_channel(scales, axis)
    else:
        quantization = Quantization.per_tensor(scale(pick, SMALLEST_WEIGHT), 0)
    graph.add(Tensor.constant("w", values, quantization))
    if pick.integer(0, 3) == 0:
        return ("w",)
    limit = choose(pick, (100, 100_000, 1 << 30, (1 << 31) - 1))
    product = graph.tensors["x"].scale * quantization.scale
    of_bias = Quantization(product, np.zeros(product.shape, np.int64), None if quantization.axis is None else 0)
    graph.add(Tensor.constant("b", integers(pick, (dims[axis],), -limit - 1, limit, "int32"), of_bias))
    return ("w", "b")
