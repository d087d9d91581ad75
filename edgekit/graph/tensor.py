"""Tensors of the graph: shape, type, quantization, and data where constant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

DTYPES = ("int8", "uint8", "int16", "int32", "int64", "float32", "bool")


@dataclass(frozen=True, eq=False)
class Quantization:
    """Affine quantization, real = scale * (integer - zero_point); per tensor, or per channel along `axis`.

    Attributes:
        scale: float32 of shape (1,) or (channels,); positive and finite.
        zero_point: int64 of the same shape.
        axis: the channel axis, None when per tensor.
    """

    scale: NDArray[np.float32]
    zero_point: NDArray[np.int64]
    axis: int | None = None

    @staticmethod
    def per_tensor(scale: float, zero_point: int) -> Quantization:
        return Quantization(np.array([scale], np.float32), np.array([zero_point], np.int64))

    @staticmethod
    def per_channel(scale: NDArray[np.float32], axis: int) -> Quantization:
        """Symmetric per-channel quantization: every zero point is 0."""
        scale = np.asarray(scale, np.float32)
        return Quantization(scale, np.zeros(scale.shape, np.int64), axis)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Quantization)
            and self.axis == other.axis
            and np.array_equal(self.scale, other.scale)
            and np.array_equal(self.zero_point, other.zero_point)
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, eq=False)
class Tensor:
    """A value of the graph.

    Attributes:
        name: unique within the graph.
        shape: static, NHWC for images; () for scalars.
        dtype: a NumPy type name out of `DTYPES`.
        quantization: None for float and plain integer tensors.
        data: the constant's value, read-only, or None for activations.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    quantization: Quantization | None = None
    data: NDArray[np.generic] | None = None

    def __post_init__(self) -> None:
        if self.data is not None:
            if self.data.shape != self.shape or self.data.dtype != np.dtype(self.dtype):
                raise ValueError(
                    f"{self.name}: data {self.data.shape} {self.data.dtype} under {self.shape} {self.dtype}"
                )
            self.data.flags.writeable = False

    @staticmethod
    def constant(name: str, data: NDArray[np.generic], quantization: Quantization | None = None) -> Tensor:
        data = np.array(data, order="C")  # a copy, so that freezing it never freezes the caller's array
        return Tensor(name, data.shape, data.dtype.name, quantization, data)

    def with_(self, **changes: object) -> Tensor:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def is_constant(self) -> bool:
        return self.data is not None

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        return self.elements * np.dtype(self.dtype).itemsize

    @property
    def scale(self) -> np.float32:
        """The per-tensor scale. Raises ValueError where there is none."""
        return self._per_tensor().scale[0]  # type: ignore[no-any-return]

    @property
    def zero_point(self) -> int:
        """The per-tensor zero point. Raises ValueError where there is none."""
        return int(self._per_tensor().zero_point[0])

    def _per_tensor(self) -> Quantization:
        if self.quantization is None or self.quantization.scale.size != 1:
            raise ValueError(f"{self.name} has no per-tensor quantization")
        return self.quantization

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tensor):
            return NotImplemented
        mine, theirs = (self.name, self.shape, self.dtype, self.quantization), (
            other.name, other.shape, other.dtype, other.quantization)  # fmt: skip
        if mine != theirs or self.is_constant != other.is_constant:
            return False
        return self.data is None or other.data is None or self.data.tobytes() == other.data.tobytes()

    __hash__ = None  # type: ignore[assignment]
