"""How one operator is stored in a `.tflite`: what a file in `ops/` offers, and the helpers it uses.

A codec is a module named like its operator with

    BUILTIN = "CONV_2D"                       the schema's BuiltinOperator
    OPTIONS = "Conv2DOptions"                 the schema's options table, or None
    def read(options, inputs) -> Decoded      options: the schema's accessor; None without OPTIONS
    def write(op, inputs, outputs) -> Encoded
    def version(op, inputs, outputs) -> int   optional: the lowest operator version that has these types; 1 by default

Several builtins that are one operator of ours (or the reverse) are several codec files; `OPERATOR` then names the
operator a file writes, when that is not the file's own name (None: it is read, never written).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import plugins
from edgekit.graph import Operator, ShapeError, Tensor
from edgekit.graph.operator import ACTIVATIONS, Activation, Padding, present, require

PADDINGS: tuple[Padding, ...] = ("same", "valid")  # the schema's order


@dataclass(frozen=True)
class Decoded:
    """An operator and which of the file's inputs remain inputs of the node; constants that became attributes do not."""

    op: Operator
    inputs: Sequence[int]


@dataclass(frozen=True)
class Encoded:
    """What goes into the file: fields of the options table by the schema's object-API name, and the inputs.

    Inputs are in file order; an entry is the index of a node input, or an array or constant tensor (whose name does not
    matter) that holds the value of an attribute. `builtin` is set where the operator has several builtins and this one
    is stored as another codec's.
    """

    options: dict[str, Any] = field(default_factory=dict)
    inputs: Sequence[int | NDArray[Any] | Tensor] = (0,)
    builtin: str | None = None


class Unsupported(ShapeError):
    """The file is well formed, but uses a form of the operator that no runtime here has."""


def activation(code: int) -> Activation:
    """The fused activation of a schema code. Raises Unsupported for tanh and sign bit, which no kernel here fuses."""
    if not 0 <= code < len(ACTIVATIONS):
        raise Unsupported(f"fused activation {code} is not supported")
    return (ACTIVATIONS[0], ACTIVATIONS[1], ACTIVATIONS[3], ACTIVATIONS[2])[code]


def activation_code(name: Activation) -> int:
    return {"none": 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}[name]


def padding(code: int) -> Padding:
    if not 0 <= code < len(PADDINGS):
        raise ShapeError(f"padding {code} is not supported")
    return PADDINGS[code]


def padding_code(name: Padding) -> int:
    return PADDINGS.index(name)


def constant(tensor: Tensor | None, what: str) -> NDArray[Any]:
    """The value of an input that must be constant. Raises ShapeError or Unsupported."""
    if tensor is None:
        raise ShapeError(f"{what} is missing")
    if tensor.data is None:
        raise Unsupported(f"{what} must be a constant: edge targets need static shapes")
    return tensor.data


def integers(tensor: Tensor | None, what: str) -> tuple[int, ...]:
    """A constant integer vector as a tuple."""
    data = constant(tensor, what)
    if data.dtype.kind != "i" or data.size > 64:
        raise ShapeError(f"{what} must be a short integer vector, found {data.dtype} of {data.size}")
    return tuple(int(v) for v in data.reshape(-1))


def axes(inputs: Sequence[Tensor | None]) -> tuple[int, ...]:
    """The axes of a reduction, its second input, increasing and not negative."""
    require(len(inputs) == 2, "a reduction has two inputs", len(inputs))
    rank = len(present(inputs[0], "the input").shape)
    found = integers(inputs[1], "the axes")
    require(all(-rank <= axis < rank for axis in found), f"axes are within 0..{rank - 1}", found)
    return tuple(sorted({axis % rank for axis in found}))


def pool(options: Any) -> dict[str, Any]:
    """The attributes of a pooling operator."""
    return {
        "window": (options.FilterHeight(), options.FilterWidth()),
        "stride": (options.StrideH(), options.StrideW()),
        "padding": padding(options.Padding()),
        "activation": activation(options.FusedActivationFunction()),
    }


def pool_options(
    window: tuple[int, int], stride: tuple[int, int], pad: Padding, fused: Activation
) -> dict[str, Any]:  # fmt: skip
    """The reverse of `pool`."""
    return {
        "filterHeight": window[0],
        "filterWidth": window[1],
        "strideH": stride[0],
        "strideW": stride[1],
        "padding": padding_code(pad),
        "fusedActivationFunction": activation_code(fused),
    }


def axis(value: int, rank: int) -> int:
    """An axis counted from the front. Raises ShapeError."""
    if not -rank <= value < rank:
        raise ShapeError(f"axis {value} is none of the {rank} axes")
    return value % rank


def is_int8(tensors: Sequence[Tensor | None]) -> bool:
    return any(t is not None and t.dtype == "int8" for t in tensors)


def is_int16(tensors: Sequence[Tensor | None]) -> bool:
    """Whether the first is int16, as the activations of a 16x8 operator are."""
    return tensors[0] is not None and tensors[0].dtype == "int16"


def plain(op: Operator) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`read` and `write` of an operator without attributes, whose inputs all remain inputs."""

    def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
        return Decoded(op, range(len(inputs)))

    def write(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
        return Encoded({}, range(len(inputs)))

    return read, write


def activated(
    op_class: Callable[..., Operator], any_scale: bool = False
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`read` and `write` of a binary operator whose one attribute is `activation`.

    Args:
        any_scale: the options have a flag that forbids, by default, int16 scales that are no powers of two.
    """

    def read(options: Any, inputs: Sequence[Tensor | None]) -> Decoded:
        return Decoded(op_class(activation(0 if options is None else options.FusedActivationFunction())), [0, 1])

    def write(op: Any, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> Encoded:
        flag = {"potScaleInt16": False} if any_scale and is_int16(inputs) else {}
        return Encoded({"fusedActivationFunction": activation_code(op.activation), **flag}, [0, 1])

    return read, write


def int8_from_version_2(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    """The `version` of operators that took float32 first, int8 next and int16 in version 3."""
    if is_int16(inputs):
        return 3
    return 2 if is_int8(inputs) else 1


def broadcast_from_version_3(op: Operator, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor]) -> int:
    """The `version` of binary operators that broadcast above four dimensions from version 3 on; 4 has int16."""
    if is_int16(inputs):
        return 4
    broadcast = len({t.shape for t in inputs if t is not None}) > 1
    return 3 if broadcast and len(outputs[0].shape) > 4 else int8_from_version_2(op, inputs, outputs)


def int32(values: int | Sequence[int]) -> NDArray[np.int32]:
    return np.array(values, np.int32)


@cache
def readers() -> dict[str, ModuleType]:
    """Codec by builtin name."""
    return {m.BUILTIN: m for m in plugins.modules("edgekit.frontend.tflite.ops").values()}


@cache
def writers() -> dict[str, ModuleType]:
    """Codec by operator name."""
    found = plugins.modules("edgekit.frontend.tflite.ops")
    named = {getattr(m, "OPERATOR", name): m for name, m in found.items()}
    return {name: m for name, m in named.items() if name is not None}
