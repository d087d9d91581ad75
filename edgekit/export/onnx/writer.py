"""A `Graph` becomes ONNX nodes, in the layouts that they need; what an operator is in ONNX says its file in `ops/`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from edgekit import __version__, plugins
from edgekit.errors import UnsupportedError
from edgekit.export.onnx.nodes import INT16_OPSET, Nodes, Style, Value, is_integer
from edgekit.graph import Graph, Node, Quantization, Tensor

Layout = Literal["natural", "nchw"]
NATURAL: Layout = "natural"
NCHW: Layout = "nchw"
TO_NCHW, TO_NHWC = (0, 3, 1, 2), (0, 2, 3, 1)
IR_VERSION = 8  # of ONNX 1.12: old enough for every vendor's parser


@dataclass(frozen=True)
class Place:
    """Where an activation of the graph is in the ONNX model.

    Attributes: layer: the tensor's name; real: the name of its real value; integers: that of its integers, None where
    it has none; layout: how the axes of both are ordered; nodes: names of the ONNX nodes that its operator became.
    """

    layer: str
    real: str
    integers: str | None
    layout: Layout
    nodes: tuple[str, ...]


class Writer(Nodes):
    """Writes one graph. `ops/NAME.py` offers `emit(writer, node)`, which calls `output` or `outputs` once."""

    def __init__(self, graph: Graph, style: Style) -> None:
        super().__init__(graph.name, style, {name for name in graph.tensors if not graph.tensors[name].is_constant})
        self.graph = graph
        self.values: dict[tuple[str, Layout], Value] = {}
        self.home: dict[str, Layout] = {}
        self.places: dict[str, Place] = {}

    def model(self) -> Any:
        """The checked ModelProto."""
        import onnx
        from onnx import helper

        inputs = [self._input(self.graph.tensors[name]) for name in self.graph.inputs]
        for node in self.graph.nodes:
            module = plugins.module("edgekit.export.onnx.ops", node.op.name)
            if module is None:
                raise UnsupportedError(f"layer {node.name} ({node.op.name})", "cannot be written as ONNX")
            before = len(self.nodes)
            module.emit(self, node)
            made = tuple(n.name for n in self.nodes[before:])
            for name in node.outputs:
                layout = self.home[name]
                found = self.values[name, layout]
                self.places[name] = Place(name, found.real, found.integers, layout, made)
        outputs = [self._output(self.graph.tensors[name]) for name in self.graph.outputs]
        made = helper.make_model(
            helper.make_graph(self.nodes, self.graph.name or "graph", inputs, outputs, self.initializers),
            opset_imports=[helper.make_opsetid("", self.style.opset)],
            ir_version=IR_VERSION if self.style.opset < INT16_OPSET else 10,
            producer_name="edgekit",
            producer_version=__version__,
        )
        onnx.checker.check_model(made, full_check=True)
        return made

    def layout(self, name: str | None) -> Layout:
        """The layout in which a tensor was computed; constants are at home everywhere, and said to be natural."""
        return self.home.get(name or "", NATURAL)

    def value(self, name: str | None, layout: Layout = NATURAL, rank: int | None = None) -> str:
        """The real value of a tensor in a layout, transposed there first where it is needed.

        Args:
            rank: a constant gets ones in front up to this rank, as broadcasting would, before it is transposed.
        """
        assert name is not None
        tensor = self.graph.tensors[name]
        if tensor.data is not None:
            return self._constant_value(tensor, layout, rank)
        known = self.values.get((name, layout))
        if known is None:
            permutation = TO_NCHW if layout == NCHW else TO_NHWC
            source = self.values[name, self.home[name]].real
            made = self._add("Transpose", [source], self._stem(name, layout), perm=permutation)
            known = self.values[name, layout] = self._quantized(tensor, layout, made)
        return known.real

    def output(
        self, name: str, kind: str, inputs: Sequence[str], layout: Layout = NATURAL, activation: str = "none",
        moved: str | None = None, **attributes: Any,
    ) -> None:  # fmt: skip
        """The node that computes tensor `name`, with its fused activation and its Q/DQ.

        Args: moved: the tensor whose integers are copied, when the operator only moves them.
        """
        tensor = self.graph.tensors[name]
        real = self._add(kind, inputs, self._stem(name, layout), **attributes)
        self.bind(name, self._activated(tensor, real, activation), layout, moved)

    def outputs(
        self, names: Sequence[str], kind: str, inputs: Sequence[str], layout: Layout, moved: str, **attributes: Any
    ) -> None:
        """As `output`, for a node of several outputs."""
        reals = [self.fresh(f"{self._stem(name, layout)}_real") for name in names]
        self._node(kind, inputs, reals, attributes)
        for name, real in zip(names, reals, strict=True):
            self.bind(name, real, layout, moved)

    def bind(self, name: str, real: str, layout: Layout = NATURAL, moved: str | None = None) -> None:
        """Tensor `name` is `real` before its own quantization."""
        self.home[name] = layout
        before = None if moved is None else self.graph.tensors[moved].quantization
        self.values[name, layout] = self._quantized(self.graph.tensors[name], layout, real, before)

    def step(
        self, kind: str, inputs: Sequence[str], like: Tensor | None, stem: str, activation: str = "none",
        **attributes: Any,
    ) -> str:  # fmt: skip
        """A node inside an operator; its value is quantized as `like` is, or stays real without."""
        real = self._add(kind, inputs, stem, **attributes)
        if like is None:
            return real
        real = self._activated(like, real, activation)
        return self._pair(real, like, stem).real if is_integer(like) else real

    def weights(self, node: Node, permutation: Sequence[int], axis: int) -> tuple[str, str]:
        """Constant weights (input 1) in another order of axes, and the bias (input 2, "" without).

        Args: axis: of the channels, after the permutation.
        """
        weights = self.graph.tensors[str(node.inputs[1])]
        if weights.data is None:
            raise self.unsupported(node, f"its weights {weights.name} are computed, not constant")
        data, q = weights.data.transpose(permutation), weights.quantization
        real = self._dequantized(weights.name, data, q, axis)
        if len(node.inputs) < 3 or node.inputs[2] is None:
            return real, ""
        return real, self._bias(node, self.graph.tensors[node.inputs[2]], q)

    def unsupported(self, node: Node, what: str) -> UnsupportedError:
        return UnsupportedError(f"layer {node.name} ({node.op.name})", what)

    def _stem(self, name: str, layout: Layout) -> str:
        return name if layout == NATURAL else f"{name}_nchw"

    def _quantized(self, tensor: Tensor, layout: Layout, real: str, before: Quantization | None = None) -> Value:
        if not is_integer(tensor):
            return Value(real)
        name = self._stem(tensor.name, layout)
        if self.style.float_interface or layout != NATURAL:
            name = self.fresh(f"{name}_q" if self.style.float_interface else name)
        return self._pair(real, tensor, name, exact=True, before=before)

    def _constant_value(self, tensor: Tensor, layout: Layout, rank: int | None) -> str:
        assert tensor.data is not None
        data, axis = tensor.data, None if tensor.quantization is None else tensor.quantization.axis
        grown = max(0, (rank or 0) - data.ndim)
        data = data.reshape((1,) * grown + data.shape)
        axis = None if axis is None else axis + grown
        if layout == NCHW and data.ndim == 4:
            data = data.transpose(TO_NCHW)
            axis = None if axis is None else TO_NCHW.index(axis)
        return self._dequantized(tensor.name, data, tensor.quantization, axis or 0)

    def _bias(self, node: Node, bias: Tensor, weights: Quantization | None) -> str:
        """The accumulator's own unit is s_in * s_w, whatever scale the bias tensor carries."""
        if bias.data is None:
            raise self.unsupported(node, f"its bias {bias.name} is computed, not constant")
        if weights is None:
            return self.constant(bias.data, bias.name)
        if bias.dtype != "int32":
            raise self.unsupported(node, f"its bias is {bias.dtype}, which ONNX has no DequantizeLinear for")
        first = self.graph.tensors[str(node.inputs[0])]
        scale = (first.scale * weights.scale).astype(np.float32)
        if self.style.float_bias:
            return self.constant((bias.data * scale.astype(np.float64)).astype(np.float32), bias.name)
        q = Quantization(scale, np.zeros(scale.shape, np.int64), 0 if scale.size > 1 else None)
        return self._dequantized(bias.name, bias.data, q, 0)

    def _input(self, tensor: Tensor) -> Any:
        from onnx import helper

        self.home[tensor.name] = NATURAL
        if is_integer(tensor) and not self.style.float_interface:
            back = self.fresh(f"{tensor.name}_dq")
            parameters = self._parameters(tensor.quantization, tensor.dtype)
            self._node("DequantizeLinear", [tensor.name, *parameters], [back], {})
            self.values[tensor.name, NATURAL] = Value(back, tensor.name)
            return helper.make_tensor_value_info(tensor.name, _element(tensor.dtype), tensor.shape)
        self.values[tensor.name, NATURAL] = self._quantized(tensor, NATURAL, tensor.name)
        return helper.make_tensor_value_info(tensor.name, _element("float32"), tensor.shape)

    def _output(self, tensor: Tensor) -> Any:
        """Declare an output; its value gets the tensor's own name."""
        from onnx import helper

        self.value(tensor.name)  # in the natural layout
        found = self.values[tensor.name, NATURAL]
        kind = "float32" if self.style.float_interface or not is_integer(tensor) else tensor.dtype
        if kind == "float32" and tensor.name not in self.graph.inputs:
            if found.integers is not None:
                parameters = self._parameters(tensor.quantization, tensor.dtype)
                self._node("DequantizeLinear", [found.integers, *parameters], [tensor.name], {})
            else:
                self._node("Identity", [found.real], [tensor.name], {})
        return helper.make_tensor_value_info(tensor.name, _element(kind), tensor.shape)


def _element(dtype: str) -> int:
    from onnx import helper

    return int(helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
