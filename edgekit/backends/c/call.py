"""What an emitter returns: one call of a kernel in `firmware/src/`, with the constants it needs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Operator, Tensor
from edgekit.graph.operator import window_padding
from edgekit.reference.arithmetic import activation_range, quantize_multipliers

RANK = 6  # EK_RANK of walk.h
Value = int | float | tuple[int, ...] | NDArray[Any]


@dataclass(frozen=True)
class Call:
    """`ek_<kernel>(&parameters, inputs..., outputs...[, scratch])`.

    The outputs are all of the node's.

    Attributes:
        kernel: the function is `ek_<kernel>`.
        fields: parameters by C member name; arrays become constants in flash, tuples array members.
        inputs: indices of the node's inputs that are passed as pointers.
        scratch: bytes of scratch, passed as the last pointer when not 0.
        in_place: indices of inputs whose memory the output may take when nobody else needs it any more.
        source: the file that has the kernel, where it is not called like the kernel.
        budget: the instructions that it should not take for fewer cycles: see `budget.py`.
        listed: `inputs` or `outputs`, whose pointers are passed as one array because their number varies.
    """

    kernel: str
    fields: Mapping[str, Value]
    inputs: Sequence[int] = (0,)
    scratch: int = 0
    in_place: Sequence[int] = ()
    source: str = ""
    listed: Literal["", "inputs", "outputs"] = ""
    budget: float = math.inf

    @property
    def file(self) -> str:
        """File name in `firmware/src/` and `firmware/include/edgekit/`; the parameters are `ek_<file>_t`."""
        return self.source or self.kernel


@dataclass(frozen=True)
class Alias:
    """The output is the input's memory under another shape: nothing is called (a constant input is copied)."""

    input: int = 0


@dataclass(frozen=True)
class Layer:
    """One node as an emitter sees it. Emitters are files in `emit/` named like the operator, with `emit(layer)` and,
    where they take other types than int8, `TYPES`."""

    op: Operator
    inputs: Sequence[Tensor | None]
    outputs: Sequence[Tensor]
    core: str = "portable"
    options: Mapping[str, Any] = field(default_factory=dict)

    def input(self, index: int) -> Tensor:
        tensor = self.inputs[index]
        assert tensor is not None
        return tensor

    def data(self, index: int) -> NDArray[Any]:
        data = self.input(index).data
        assert data is not None
        return data


def multipliers(real: NDArray[np.float64], channels: int) -> dict[str, NDArray[Any]]:
    """`multiplier` and `shift` fields from real multipliers of shape (1,) or (channels,)."""
    m, shift = quantize_multipliers(np.broadcast_to(real, (channels,)))
    return {"multiplier": m.astype(np.int32), "shift": shift.astype(np.int8)}


def output_fields(output: Tensor, activation: str) -> dict[str, int]:
    """`out_zero`, `low` and `high` of an int8 output with a fused activation."""
    low, high = activation_range(activation, float(output.scale), output.zero_point, output.dtype)
    return {"out_zero": output.zero_point, "low": low, "high": high}


def window_fields(
    x: tuple[int, ...], y: tuple[int, ...], kernel: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> dict[str, int]:
    """The geometry of a sliding window over NHWC shapes x and y."""
    (top, _), (left, _) = (window_padding(x[1 + i], kernel[i], stride[i], dilation[i], y[1 + i]) for i in range(2))
    fields = {"batches": x[0], "in_h": x[1], "in_w": x[2], "in_c": x[3], "out_h": y[1], "out_w": y[2]}
    fields |= {"kernel_h": kernel[0], "kernel_w": kernel[1], "stride_h": stride[0], "stride_w": stride[1]}
    return fields | {"pad_top": top, "pad_left": left}


def bias_of(layer: Layer, channels: int) -> NDArray[np.int32]:
    """The bias input, or zeros."""
    if len(layer.inputs) > 2 and layer.inputs[2] is not None:
        return layer.data(2).astype(np.int32)
    return np.zeros(channels, np.int32)


def padded(values: Sequence[int], filler: int) -> tuple[int, ...]:
    """`values` right-aligned in `RANK` places."""
    return (filler,) * (RANK - len(values)) + tuple(values)
