"""Builds the graph: values by ONNX name, emission of operators, layout conversion around image operators.

Tensors in the graph keep the shapes and layouts of the ONNX file; a handler of an image operator puts transposes around
the NHWC operator that it emits. The layout pass then carries them together, where they cancel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit import plugins
from edgekit.errors import InputError, UnsupportedError
from edgekit.frontend.onnx.node import OnnxNode
from edgekit.graph import Graph, Node, Operator, Quantization, ShapeError, Tensor
from edgekit.graph.graph import MAX_ELEMENTS, MAX_RANK
from edgekit.graph.operator import Shape
from edgekit.graph.ops.dequantize import Dequantize
from edgekit.graph.ops.reshape import Reshape
from edgekit.graph.ops.transpose import Transpose

Array = NDArray[Any]
HANDLERS = "edgekit.frontend.onnx.ops"
TO_NHWC, TO_NCHW = (0, 2, 3, 1), (0, 3, 1, 2)
CHANNELS_LAST = {3: (0, 2, 1), 4: TO_NHWC}
CHANNELS_FIRST = {3: (0, 2, 1), 4: TO_NCHW}
"""By the rank of a signal (N, C, L) or an image (N, C, H, W)."""
FOLD_LIMIT = 1 << 24  # elements of one folded constant
TOTAL_LIMIT = 1 << 28  # bytes of all folded constants and graph constants together


@dataclass(frozen=True)
class Constant:
    """A value known when the file is read. With `quantization`, the value is what dequantizing `array` gives."""

    array: Array
    quantization: Quantization | None = None

    def real(self) -> Array:
        """The value itself, dequantized where needed."""
        q = self.quantization
        if q is None:
            return self.array
        shape = [1] * self.array.ndim
        if q.axis is not None:
            shape[q.axis] = -1
        scale, zero = (v.reshape(shape if q.axis is not None else ()) for v in (q.scale, q.zero_point))
        return ((self.array.astype(np.int64) - zero) * scale.astype(np.float64)).astype(np.float32)

    def transposed(self, perm: Sequence[int]) -> Constant:
        q = self.quantization
        if q is not None and q.axis is not None:
            q = Quantization(q.scale, q.zero_point, list(perm).index(q.axis))
        return Constant(self.array.transpose(perm), q)


class Importer:
    """The state of one import. Handlers get it together with their node.

    Args:
        name: of the graph.
        keep_integers: emit quantized constants as integers with a dequantize node (for models with quantized
            activations), instead of as the real values.
    """

    def __init__(self, name: str, keep_integers: bool) -> None:
        self.graph = Graph(name)
        self.values: dict[str, Constant | str] = {}
        self.keep_integers = keep_integers
        self.writers: dict[str, Node] = {}
        self._taken: dict[str, int] = {}
        self._constants: dict[str, str] = {}
        self._spent = 0

    # -- values ----------------------------------------------------------------------------------------------------

    def value(self, name: str) -> Constant | str:
        if name not in self.values:
            raise InputError(self.graph.name, f"value {name!r} is read before it is computed (a loop, or wrong order)")
        return self.values[name]

    def constant(self, node: OnnxNode, index: int, what: str) -> Array | None:
        """Input `index` as an array; None when absent. Raises UnsupportedError when it is computed at run time."""
        if not node.has(index):
            return None
        value = self.value(node.inputs[index])
        if isinstance(value, str):
            raise node.unsupported(f"{what} must be a constant, found a value computed at run time",
                                   "export with constant folding and static shapes")  # fmt: skip
        return value.real()

    def required(self, node: OnnxNode, index: int, what: str) -> Array:
        """`constant` of an input that must be there. Raises InputError when it is not."""
        array = self.constant(node, index, what)
        if array is None:
            raise InputError(node.where, f"needs {what}")
        return array

    def integers(self, node: OnnxNode, index: int, what: str) -> list[int] | None:
        """Input `index` as a list of integers; None when absent."""
        array = self.constant(node, index, what)
        if array is None:
            return None
        node.require(array.dtype.kind in "iu" and array.ndim <= 1 and array.size <= 64, f"{what} must be few integers",
                     f"{array.dtype} {array.shape}")  # fmt: skip
        return [int(v) for v in array.reshape(-1)]

    def required_integers(self, node: OnnxNode, index: int, what: str) -> list[int]:
        """`integers` of an input that must be there. Raises InputError when it is not."""
        self.required(node, index, what)
        return self.integers(node, index, what) or []

    def is_constant(self, name: str) -> bool:
        return isinstance(self.value(name), Constant)

    def shape(self, name: str) -> Shape:
        """Shape of a value in the file's own layout."""
        value = self.value(name)
        return self.graph.tensors[value].shape if isinstance(value, str) else value.array.shape

    def tensor(self, name: str) -> str:
        """The graph tensor of a value; constants are added to the graph."""
        value = self.value(name)
        if isinstance(value, str):
            return value
        if name not in self._constants:
            self._constants[name] = self.add_constant(value, name)
        return self._constants[name]

    def add_constant(self, value: Constant | Array, stem: str) -> str:
        """A graph tensor that holds a constant; quantized ones come with their dequantize node (`keep_integers`)."""
        if not isinstance(value, Constant):
            value = Constant(value)
        if value.quantization is None or not self.keep_integers:
            array = _as_float32(value.real(), stem)
            self._spend(array)
            return self.graph.add(Tensor.constant(self.unique(stem), array))
        self._spend(value.array)
        source = self.graph.add(Tensor.constant(self.unique(f"{stem}_quantized"), value.array, value.quantization))
        target = Tensor(self.unique(stem), value.array.shape, "float32")
        self.graph.nodes.append(Node(Dequantize(), (source,), (self.graph.add(target),)))
        return target.name

    def unique(self, stem: str) -> str:
        """A free name of the graph made from `stem`, in constant time however often a file makes us ask."""
        name = stem
        while name in self.graph.tensors:
            self._taken[stem] = self._taken.get(stem, 0) + 1
            name = f"{stem}_{self._taken[stem]}"
        return name

    def bind(self, name: str, value: Constant | Array | str) -> None:
        """Give an ONNX value its meaning: a graph tensor's name or a constant."""
        if name in self.values:
            raise InputError(self.graph.name, f"value {name!r} is computed twice")
        self.values[name] = value if isinstance(value, str | Constant) else Constant(value)

    def _spend(self, array: Array) -> None:
        self._spent += array.nbytes
        if self._spent > TOTAL_LIMIT:
            raise InputError(self.graph.name, f"needs more than {TOTAL_LIMIT >> 20} MiB of constants")

    # -- emission --------------------------------------------------------------------------------------------------

    def emit_all(self, op: Operator, inputs: Sequence[str | None], stems: Sequence[str], *, dtype: str | None = None,
                 quantization: Quantization | None = None) -> list[str]:  # fmt: skip
        """Append a node; its outputs, named after `stems`, take the type of the first input unless told otherwise."""
        given = [None if n is None else self.graph.tensors[n] for n in inputs]
        try:
            shapes = op.infer(given)
        except ShapeError as error:
            raise InputError(f"node {stems[0]} ({op.name})", str(error)) from error
        first = given[0]
        assert first is not None
        names = []
        for shape, stem in zip(shapes, stems, strict=True):
            if len(shape) > MAX_RANK or prod(shape) > MAX_ELEMENTS or min(shape, default=1) < 1:
                limit = f"tensors have at most {MAX_RANK} positive dimensions and 2^28 elements, found {shape}"
                raise InputError(f"node {stem} ({op.name})", limit)
            kind = (dtype, quantization) if dtype else (first.dtype, first.quantization)
            names.append(self.graph.add(Tensor(self.unique(stem), shape, *kind)))
        node = Node(op, tuple(inputs), tuple(names))
        self.graph.nodes.append(node)
        self.writers.update(dict.fromkeys(names, node))
        return names

    def emit(self, op: Operator, inputs: Sequence[str | None], stem: str, *, dtype: str | None = None,
             quantization: Quantization | None = None) -> str:  # fmt: skip
        """`emit_all` for an operator with one output."""
        return self.emit_all(op, inputs, [stem], dtype=dtype, quantization=quantization)[0]

    def transpose(self, tensor: str, perm: tuple[int, ...], stem: str) -> str:
        if perm == tuple(range(len(perm))):
            return tensor
        return self.emit(Transpose(perm), [tensor], stem)

    def reshape(self, tensor: str, shape: Shape, stem: str) -> str:
        return tensor if self.graph.tensors[tensor].shape == shape else self.emit(Reshape(shape), [tensor], stem)

    def nhwc(self, node: OnnxNode, index: int = 0) -> str:
        """Input `index`, an NCHW image, as an NHWC tensor. Raises UnsupportedError unless it has 4 dimensions."""
        rank = len(self.shape(node.inputs[index]))
        if rank != 4:
            raise node.unsupported(f"takes images (N, C, H, W) or signals (N, C, L), found {rank} dimensions")
        return self.transpose(self.tensor(node.inputs[index]), TO_NHWC, f"{node.inputs[index]}_nhwc")

    def bind_nchw(self, node: OnnxNode, tensor: str) -> None:
        """Bind the node's output to an NHWC tensor."""
        self.bind(node.outputs[0], self.transpose(tensor, TO_NCHW, f"{node.outputs[0]}_nchw"))

    def permuted(self, node: OnnxNode, index: int, perm: tuple[int, ...], what: str) -> str:
        """Input `index`, which must be constant, transposed: how weights change their layout."""
        value = self.value(node.inputs[index])
        if isinstance(value, str):
            raise node.unsupported(f"{what} must be constant, found a value computed at run time")
        node.require(value.array.ndim == len(perm), f"{what} must have {len(perm)} dimensions", value.array.shape)
        return self.add_constant(value.transposed(perm), node.inputs[index])

    # -- running over the file's nodes -----------------------------------------------------------------------------

    def run(self, node: OnnxNode) -> None:
        """Fold or emit one node.

        Raises:
            UnsupportedError: no handler, or the handler cannot express the node. InputError: it breaks the standard.
        """
        from edgekit.frontend.onnx import signals

        handler = plugins.module(HANDLERS, node.file)
        if handler is None or node.domain not in ("", "ai.onnx", getattr(handler, "DOMAIN", "")):
            where = f" of domain {node.domain}" if node.domain else ""
            raise node.unsupported(f"operator {node.op}{where} is not supported",
                                   "replace it in the network, or export it as simpler operators")  # fmt: skip
        given = [self.value(name) if name else None for name in node.inputs]
        if hasattr(handler, "fold") and all(v is None or isinstance(v, Constant) for v in given):
            self._fold(handler, node, [v.real() if isinstance(v, Constant) else None for v in given])
        elif hasattr(handler, "emit"):
            if signals.is_signal(self, node):
                signals.emit(self, node, handler)
            else:
                handler.emit(self, node)
        else:
            raise node.unsupported(f"operator {node.op} is supported on constants only",
                                   "export with static shapes and constant folding")  # fmt: skip
        for name in node.outputs:
            if name and name not in self.values:
                raise node.unsupported(f"its output {name} is not supported")

    def _fold(self, handler: Any, node: OnnxNode, arrays: list[Array | None]) -> None:
        with np.errstate(all="ignore"):
            try:
                results = handler.fold(node, arrays)
            except (ValueError, IndexError, TypeError, OverflowError, ZeroDivisionError, AttributeError) as error:
                raise InputError(node.where, f"cannot be computed: {error}") from error
        for name, array in zip((n for n in node.outputs), results, strict=False):
            check_size(node, np.shape(array))
            self._spend(np.asarray(array))
            self.bind(name, array if isinstance(array, Constant) else np.asarray(array))


def check_size(node: OnnxNode, shape: Sequence[int]) -> None:
    """InputError when a folded constant of this shape would be too large; call before it is computed."""
    if prod(shape) > FOLD_LIMIT or len(shape) > 16:
        raise InputError(node.where, f"gives a constant of shape {tuple(shape)}, above the limit of 2^24 elements")


def _as_float32(array: Array, what: str) -> Array:
    if array.dtype.name not in ("float16", "float32", "float64", "bfloat16"):
        raise UnsupportedError(f"constant {what}", f"type {array.dtype} is not supported", "export as float32")
    with np.errstate(over="ignore"):
        result: Array = array.astype(np.float32)
    if not np.isfinite(result).all():
        raise InputError(f"constant {what}", "holds NaN or infinite values", "retrain or repair the model")
    return result
