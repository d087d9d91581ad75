"""From a graph of float operators between quantize and dequantize nodes to an int8 graph.

A float operator whose inputs are all dequantized and whose output goes only into quantize nodes of equal parameters
becomes one integer operator. Operators that move, select or average values need no quantize node: their output keeps
the input's parameters. An operator that has int16 at its input or output computes 16x8, with quantize nodes where its
neighbours are int8. What can't be lowered would stay float between two integer layers, and is refused by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import UnsupportedError
from edgekit.frontend.onnx.integers import finer, integer_interface, over_its_range, symmetric
from edgekit.graph import Graph, Node, Operator, Quantization, Tensor
from edgekit.graph.ops.dequantize import Dequantize
from edgekit.graph.ops.quantize import Quantize
from edgekit.passes import dead_code
from edgekit.passes._rewrite import prune, rename

WEIGHTED = {"conv_2d": 0, "depthwise_conv_2d": 3, "fully_connected": 0, "transpose_conv": 0}
"""Operators with weights, and the axis of their output channels."""

MOVES = frozenset(
    ["reshape", "transpose", "pad", "strided_slice", "split", "concatenation", "max_pool_2d", "resize_nearest_neighbor"]
)
"""Operators whose output is made of their input's values."""

KEEPS = MOVES | frozenset(["average_pool_2d", "resize_bilinear"])
"""Operators whose integer form has equal parameters at input and output."""

FIXED = {"softmax": (1 / 256, -128), "logistic": (1 / 256, -128), "tanh": (1 / 128, 0)}
"""Output parameters that the TensorFlow Lite 8-bit specification prescribes; int16 outputs have (2^-15, 0)."""

Wanted = tuple[Quantization, str]
"""Parameters and type that a value's readers quantize it to."""


def lower(graph: Graph) -> Graph:
    """The int8 graph.

    Inputs that are only quantized, and outputs that are only dequantized, become int8 under their own names.

    Raises:
        UnsupportedError: layers would stay float; lists them. Weights that are not symmetric beyond repair.
    """
    lowered = prune(_Lowering(graph).run())
    lowered = integer_interface(lowered)
    stay = [
        f"{node.name} ({node.op.name})"
        for node in lowered.nodes
        if node.op.name not in ("quantize", "dequantize")
        and any(
            t is not None and t.dtype == "float32" for t in (*lowered.node_inputs(node), *lowered.node_outputs(node))
        )
    ]
    if stay:
        shown = ", ".join(stay[:8]) + (f" and {len(stay) - 8} more" if len(stay) > 8 else "")
        raise UnsupportedError(graph.name, f"is quantized in part; these layers stay float: {shown}",
                               "quantize their inputs, weights and outputs too")  # fmt: skip
    return lowered


class _Lowering:
    def __init__(self, graph: Graph) -> None:
        self.old = graph
        self.new = replace(graph.copy(), nodes=[])
        self.readers = graph.consumers()
        self.integers: dict[str, str] = {}  # float value of the old graph -> the int8 tensor that stands for it
        self._alias: dict[str, str] = {}  # integers of the old graph -> the equal integers that the new graph has
        self._wanted: dict[str, Wanted | None] = {}
        self._outputs = set(graph.outputs)
        for node in reversed(graph.nodes):
            self._quantization(node)  # from the end, so that no call goes deep

    def run(self) -> Graph:
        for node in self.old.nodes:
            node = replace(node, inputs=tuple(n if n is None else self._alias.get(n, n) for n in node.inputs))
            if node.op.name == "quantize" and str(node.inputs[0]) in self.integers:
                self._requantize(node)
            elif node.op.name == "dequantize":
                self.integers[node.outputs[0]] = str(node.inputs[0])
                self.new.nodes.append(node)
            elif node.op.name == "quantize" or not self._lower(node):
                self.new.nodes.append(node)
        return self._finish()

    # -- one node --------------------------------------------------------------------------------------------------

    def _lower(self, node: Node) -> bool:
        """Append the integer form; False where there is none."""
        computed = [n for n in node.inputs if n is not None and not self.new.tensors[n].is_constant]
        floats = [n for n in computed if self.new.tensors[n].dtype == "float32"]
        self._quantize_early(node, floats)
        if not floats or not all(n in self.integers for n in floats) or not self._is_activation(floats[0]):
            return False
        wanted = self._quantization(node)
        if node.op.name in WEIGHTED:
            return wanted is not None and self._weighted(node, wanted)
        dtype = self._type(floats, None if node.op.name in KEEPS else wanted)
        inputs = [self._operand(str(n), dtype) for n in node.inputs]
        if any(self.new.tensors[n].dtype != dtype for n in inputs):
            return False
        if node.op.name in KEEPS:
            return self._keeping(node, inputs, wanted, dtype)
        if wanted is None and node.op.name in ("add", "mul") and getattr(node.op, "activation", "") == "relu6":
            # the middle of a HardSigmoid, which ONNX has no Q inside of
            wanted = Quantization.per_tensor(6 / 255, -128), "int8"
        if wanted is None:
            return False
        self._emit(node, node.op, inputs, wanted, dtype)
        return True

    def _type(self, floats: Sequence[str], wanted: Wanted | None) -> str:
        """In which an operator computes: int16 where it reads or writes any."""
        types = {self.new.tensors[self.integers[n]].dtype for n in floats} | ({wanted[1]} if wanted else set())
        return "int16" if "int16" in types else "int8"

    def _quantize_early(self, node: Node, floats: list[str]) -> None:
        """A graph input that is moved and then quantized (a pad before the first layer) is quantized first."""
        wanted = self._quantization(node) if node.op.name in MOVES and len(floats) == len(node.inputs) == 1 else None
        if wanted is None or floats[0] not in self.old.inputs or floats[0] in self.integers:
            return
        if any(self._quantization(r) != wanted for r in self.readers[floats[0]]):
            return
        tensor = self.old.tensors[floats[0]]
        name = self.new.add(Tensor(self.new.unique(f"{tensor.name}_{wanted[1]}"), tensor.shape, wanted[1], wanted[0]))
        self.new.nodes.append(Node(Quantize(), (tensor.name,), (name,)))
        self.integers[tensor.name] = name

    def _is_activation(self, name: str) -> bool:
        return self.new.tensors[self.integers[name]].dtype in ("int8", "int16")

    def _quantization(self, node: Node) -> Wanted | None:
        """The parameters with which all readers of the node's only output quantize it; None where they don't agree.

        Readers that only move values pass on what their own readers want: rounding before a move or after is the same.
        """
        if len(node.outputs) != 1 or node.outputs[0] in self._outputs:
            return None
        if node.outputs[0] not in self._wanted:
            readers = self.readers.get(node.outputs[0], [])
            found = [
                _wanted_by(self.old.tensors[r.outputs[0]])
                if r.op.name == "quantize"
                else self._quantization(r) if r.op.name in MOVES else None
                for r in readers
            ]  # fmt: skip
            agreed = bool(found) and all(q is not None and q == found[0] for q in found)
            self._wanted[node.outputs[0]] = found[0] if agreed else None
        return self._wanted[node.outputs[0]]

    def _operand(self, name: str, dtype: str) -> str:
        """The tensor of an operand in a type; a float constant is quantized over its own range."""
        if name in self.integers:
            found = self.new.tensors[self.integers[name]]
            if (found.dtype, dtype) == ("int8", "int16") and found.data is None and found.quantization is not None:
                return self._quantize(found.name, finer(found.quantization), "int16")
            return found.name
        data = self.old.tensors[name].data
        assert data is not None
        return self._constant(f"{name}_{dtype}", *over_its_range(data.astype(np.float64), dtype))

    def _constant(self, stem: str, data: NDArray[Any], quantization: Quantization | None) -> str:
        return self.new.add(Tensor.constant(self.new.unique(stem), data, quantization))

    def _emit(self, node: Node, op: Operator, inputs: Sequence[str | None], wanted: Wanted, dtype: str) -> None:
        """Append `op` with outputs of `dtype` that stand for the node's float ones; those are then as wanted."""
        fixed = FIXED.get(op.name)
        own = wanted[0] if wanted[1] == dtype else finer(wanted[0])
        if fixed:
            own = Quantization.per_tensor(*(fixed if dtype == "int8" else (2.0**-15, 0)))
        for name in node.outputs:
            stem = self.new.unique(f"{name}_{dtype}")
            tensor = self.old.tensors[name].with_(name=stem, dtype=dtype, quantization=own)
            self.integers[name] = self.new.add(tensor)
        outputs = tuple(self.integers[n] for n in node.outputs)
        self.new.nodes.append(Node(op, tuple(inputs), outputs))
        if (own, dtype) != wanted:
            self.integers[node.outputs[0]] = self._quantize(outputs[0], *wanted)

    def _quantize(self, tensor: str, quantization: Quantization, dtype: str) -> str:
        """A requantized tensor; the tensor itself where type and parameters are equal."""
        source = self.new.tensors[tensor]
        if _wanted_by(source) == (quantization, dtype):
            return tensor
        name = self.new.unique(f"{tensor}_requantized" if source.dtype == dtype else f"{tensor}_{dtype}")
        self.new.add(Tensor(name, source.shape, dtype, quantization))
        self.new.nodes.append(Node(Quantize(), (tensor,), (name,)))
        return name

    def _requantize(self, node: Node) -> None:
        """A quantize node of a value that has integers already: those, or one integer operator."""
        tensor, target = self.integers[str(node.inputs[0])], self.new.tensors[node.outputs[0]]
        if _wanted_by(self.new.tensors[tensor]) == _wanted_by(target):
            self._alias[node.outputs[0]] = tensor
        else:
            self.new.nodes.append(Node(Quantize(), (tensor,), node.outputs))

    def _keeping(self, node: Node, inputs: list[str], wanted: Wanted | None, dtype: str) -> bool:
        op: Any = node.op
        if node.op.name == "concatenation":
            common = wanted[0] if wanted and wanted[1] == dtype else self.new.tensors[inputs[0]].quantization
            assert common is not None
            if (wanted is None or wanted[1] != dtype) and any(
                self.new.tensors[n].quantization != common for n in inputs
            ):
                return False
            self._emit(node, op, [self._quantize(n, common, dtype) for n in inputs], (common, dtype), dtype)
            return True
        quantization = self.new.tensors[inputs[0]].quantization
        assert quantization is not None
        if node.op.name == "pad":
            lowest = float(quantization.scale[0]) * (int(np.iinfo(dtype).min) - int(quantization.zero_point[0]))
            op = replace(op, value=max(op.value, lowest))
        self._emit(node, op, inputs, (quantization, dtype), dtype)
        return True

    # -- operators with weights ------------------------------------------------------------------------------------

    def _weighted(self, node: Node, output: Wanted) -> bool:
        dtype = self._type([str(node.inputs[0])], output)
        x = self.new.tensors[self._operand(str(node.inputs[0]), dtype)]
        axis = WEIGHTED[node.op.name]
        source = self.integers.get(str(node.inputs[1]))
        if source is None or x.quantization is None:
            return False
        weights = self.new.tensors[source]
        if weights.data is None or weights.dtype != "int8" or weights.quantization is None:
            return False
        if weights.quantization.axis not in (None, axis):
            return False
        integers, quantization = symmetric(weights.data, weights.quantization, axis)
        inputs = [x.name, self._constant(f"{node.inputs[1]}_symmetric", integers, quantization)
                  if integers is not weights.data else source]  # fmt: skip
        given = node.inputs[2] if len(node.inputs) > 2 else None
        bias = self._bias(given, f"{node.outputs[0]}_bias", weights.shape[axis], x, quantization)
        if bias is None:
            return False
        inputs.append(bias)
        self._emit(node, node.op, inputs, output, dtype)
        return True

    def _bias(self, name: str | None, stem: str, channels: int, x: Tensor, w: Quantization) -> str | None:
        """The bias as int32, int64 beside int16 activations, of scale s_x * s_w; zeros where the file has none."""
        scale = np.float64(x.scale) * w.scale.astype(np.float64)
        if name is None:
            real = np.zeros(channels)
        elif name in self.integers:
            tensor = self.new.tensors[self.integers[name]]
            q = tensor.quantization
            if tensor.data is None or q is None:
                return None
            real = (tensor.data.astype(np.float64) - q.zero_point) * q.scale.astype(np.float64)
        else:
            data = self.old.tensors[name].data
            if data is None:
                return None
            real = data.astype(np.float64)
        kind, limit = ("int32", (1 << 31) - 1) if x.dtype == "int8" else ("int64", 1 << 46)
        integers = np.clip(np.rint(real / scale), -limit - 1, limit).astype(kind)
        own = Quantization.per_channel(scale.astype(np.float32), 0) if scale.size > 1 else Quantization.per_tensor(
            float(scale[0]), 0)  # fmt: skip
        return self._constant(f"{name or stem}_{kind}", integers, own)

    def _finish(self) -> Graph:
        computed = {n for node in self.new.nodes for n in node.outputs}
        for name in self.old.outputs:
            if name in self.integers and name not in computed:
                self.new.nodes.append(Node(Dequantize(), (self.integers[name],), (name,)))
        graph = dead_code.run(replace(self.new, outputs=[self._alias.get(n, n) for n in self.new.outputs]))
        for name in self.old.outputs:
            if name in self._alias:
                graph = rename(graph, self._alias[name], name)
        return graph


def _wanted_by(tensor: Tensor) -> Wanted | None:
    """Parameters and type of an integer tensor."""
    return None if tensor.quantization is None else (tensor.quantization, tensor.dtype)
