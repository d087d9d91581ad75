"""What every operator states about itself: attributes, shape rule, cost. One file per operator in `graph/ops/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from edgekit import plugins
from edgekit.graph.tensor import Tensor

Shape = tuple[int, ...]
Activation = Literal["none", "relu", "relu6", "relu_n1_to_1"]
ACTIVATIONS: tuple[Activation, ...] = ("none", "relu", "relu6", "relu_n1_to_1")
Padding = Literal["same", "valid"]


class ShapeError(ValueError):
    """An operator's inputs break its shape rule; the text says which rule and the value found."""


@dataclass(frozen=True)
class Operator:
    """Base of all operators. A subclass is a frozen dataclass of static attributes named like its file.

    Class attributes:
        name: snake-case name, equal to the file name in `graph/ops/`, `reference/ops/`, `firmware/` and the tests.
        min_inputs, max_inputs: how many inputs; optional ones may be None. max_inputs None means any number.
    """

    name: ClassVar[str] = ""
    min_inputs: ClassVar[int] = 1
    max_inputs: ClassVar[int | None] = 1

    def infer(self, inputs: Sequence[Tensor | None]) -> list[Shape]:
        """Shapes of the outputs. Raises ShapeError when the inputs break the rule."""
        raise NotImplementedError(self.name)

    def macs(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
        """Multiply-accumulates of one call, padding counted; 0 for everything that is no matrix product."""
        return 0

    def batch_independent(self, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> bool:
        """True when samples along axis 0 don't mix, so that the simulator may run any number at once."""
        return True


@cache
def operators() -> dict[str, type[Operator]]:
    """All operators by name, found by file name."""
    found: dict[str, type[Operator]] = {}
    for name, module in plugins.modules("edgekit.graph.ops").items():
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Operator) and value.name == name:
                found[name] = value
    return found


def require(condition: bool, rule: str, found: Any = None) -> None:
    """Raise ShapeError unless `condition`; for the shape rules."""
    if not condition:
        raise ShapeError(rule if found is None else f"{rule}, found {found}")


def present(tensor: Tensor | None, what: str) -> Tensor:
    """The tensor, or a ShapeError naming the missing input."""
    if tensor is None:
        raise ShapeError(f"{what} is missing")
    return tensor


def broadcast(a: Shape, b: Shape) -> Shape:
    """NumPy broadcasting of two shapes. Raises ShapeError."""
    rank = max(len(a), len(b))
    padded = [(1,) * (rank - len(s)) + s for s in (a, b)]
    result = []
    for x, y in zip(*padded, strict=True):
        require(x == y or 1 in (x, y), "the shapes must broadcast", f"{a} and {b}")
        result.append(y if x == 1 else x)
    return tuple(result)


def window_output(size: int, window: int, stride: int, dilation: int, padding: Padding) -> int:
    """Output length of a sliding window along one axis (TensorFlow's SAME and VALID)."""
    extent = (window - 1) * dilation + 1
    require(extent <= 4 * size + 64, "the dilated window is of the input's order", f"input {size}, window {extent}")
    length = -(-size // stride) if padding == "same" else -(-(size - extent + 1) // stride)
    require(length >= 1, "the window must fit into the input", f"input {size}, window {extent}")
    return length


def window_padding(size: int, window: int, stride: int, dilation: int, output: int) -> tuple[int, int]:
    """Zeros before and after along one axis; the odd one goes after (TensorFlow's SAME). (0, 0) for VALID outputs."""
    total = max((output - 1) * stride + (window - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def pooled(x: Shape, window: tuple[int, int], stride: tuple[int, int], padding: Padding) -> Shape:
    """Output shape of a pool over x (N, H, W, C)."""
    require(len(x) == 4, "the input has 4 dimensions", x)
    require(min(*window, *stride) >= 1, "window and stride are positive", f"{window} and {stride}")
    return (x[0], *(window_output(x[1 + i], window[i], stride[i], 1, padding) for i in range(2)), x[3])


def reduced(x: Shape, axes: tuple[int, ...], keep_dims: bool) -> Shape:
    """Output shape of a reduction of x over `axes`, which are increasing and not negative."""
    rule = f"axes are increasing and within 0..{len(x) - 1}"
    require(bool(axes) and list(axes) == sorted(set(axes)) and axes[0] >= 0 and axes[-1] < len(x), rule, axes)
    if keep_dims:
        return tuple(1 if i in axes else size for i, size in enumerate(x))
    return tuple(size for i, size in enumerate(x) if i not in axes)
