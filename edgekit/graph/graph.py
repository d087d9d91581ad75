"""The graph: tensors by name, nodes in execution order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from edgekit.errors import InputError
from edgekit.graph.operator import Operator, ShapeError
from edgekit.graph.tensor import DTYPES, Tensor

MAX_ELEMENTS = 1 << 28  # per tensor: far above any edge model, far below what would exhaust the host
MAX_RANK = 6


@dataclass(frozen=True)
class Node:
    """One call of an operator.

    Attributes:
        op: the operator with its attributes.
        inputs: tensor names; None for an absent optional input.
        outputs: tensor names.
    """

    op: Operator
    inputs: tuple[str | None, ...]
    outputs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The layer's name in messages, reports and per-layer tables: its first output."""
        return self.outputs[0]


@dataclass
class Graph:
    """A static dataflow graph, NHWC, single assignment.

    Attributes:
        name: for people.
        tensors: every tensor, constants included, by name.
        nodes: topologically ordered.
        inputs, outputs: names of the graph's inputs and outputs, in order.
        arithmetic: the named requantization arithmetic that defines the integers (`tflm`, `litert-reference`, ...).
    """

    name: str
    tensors: dict[str, Tensor] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    arithmetic: str = "tflm"

    def add(self, tensor: Tensor) -> str:
        """Insert a tensor under its name; a second tensor of the same name is a ValueError."""
        if tensor.name in self.tensors:
            raise ValueError(f"two tensors named {tensor.name}")
        self.tensors[tensor.name] = tensor
        return tensor.name

    def unique(self, stem: str) -> str:
        """A tensor name that is still free, made from `stem`."""
        name, count = stem, 1
        while name in self.tensors:
            name, count = f"{stem}_{count}", count + 1
        return name

    def copy(self) -> Graph:
        """A copy that can be rewritten; tensors and nodes are immutable and shared."""
        return replace(self, tensors=dict(self.tensors), nodes=list(self.nodes), inputs=list(self.inputs),
                       outputs=list(self.outputs))  # fmt: skip

    def node_inputs(self, node: Node) -> list[Tensor | None]:
        return [None if name is None else self.tensors[name] for name in node.inputs]

    def node_outputs(self, node: Node) -> list[Tensor]:
        return [self.tensors[name] for name in node.outputs]

    def producers(self) -> dict[str, Node]:
        """Tensor name -> the node that writes it."""
        return {name: node for node in self.nodes for name in node.outputs}

    def consumers(self) -> dict[str, list[Node]]:
        """Tensor name -> the nodes that read it, in execution order; names nobody reads are absent."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in dict.fromkeys(n for n in node.inputs if n is not None):
                found.setdefault(name, []).append(node)
        return found

    def activations(self) -> Iterator[Tensor]:
        """Every tensor that is no constant, in order of insertion."""
        return (t for t in self.tensors.values() if not t.is_constant)

    def macs(self) -> int:
        return sum(node.op.macs(self.node_inputs(node), self.node_outputs(node)) for node in self.nodes)

    def parameters(self) -> int:
        """Elements of all constants."""
        return sum(t.elements for t in self.tensors.values() if t.is_constant)

    def expose(self, names: Iterable[str]) -> Graph:
        """A copy that has `names` as outputs too, after its own: how runtimes are asked for intermediate tensors."""
        graph = self.copy()
        graph.outputs += [n for n in names if n not in graph.outputs]
        return graph

    def fingerprint(self) -> str:
        """SHA-256 over everything that defines the computation; equal graphs have equal fingerprints."""
        digest = hashlib.sha256(repr((self.inputs, self.outputs, self.arithmetic)).encode())
        for node in self.nodes:
            digest.update(repr(node).encode())
        for name in sorted(self.tensors):
            t = self.tensors[name]
            digest.update(repr((t.name, t.shape, t.dtype)).encode())
            if t.quantization is not None:
                q = t.quantization
                digest.update(repr(q.axis).encode() + q.scale.tobytes() + q.zero_point.tobytes())
            if t.data is not None:
                digest.update(t.data.tobytes())
        return digest.hexdigest()

    def validate(self) -> None:
        """Check every rule of the IR.

        Raises:
            InputError: names the layer or tensor, the rule and the value found.
        """
        for key, tensor in self.tensors.items():
            _check_tensor(self.name, key, tensor)
        known = {n for n, t in self.tensors.items() if t.is_constant} | set(self.inputs)
        for role, names in (("input", self.inputs), ("output", self.outputs)):
            for name in names:
                if name not in self.tensors:
                    raise InputError(self.name, f"graph {role} {name} is not among the tensors")
            if len(set(names)) != len(names):
                raise InputError(self.name, f"a graph {role} is listed twice: {names}")
        for node in self.nodes:
            self._check_node(node, known)
            known.update(node.outputs)
        for name in self.outputs:
            if name not in known:
                raise InputError(self.name, f"graph output {name} is never computed")

    def _check_node(self, node: Node, known: set[str]) -> None:
        where = f"{self.name}: layer {node.outputs[0] if node.outputs else '?'} ({node.op.name})"
        for name in node.inputs:
            if name is not None and name not in self.tensors:
                raise InputError(where, f"reads the unknown tensor {name}")
            if name is not None and name not in known:
                raise InputError(where, f"reads {name} before it is computed (a loop, or wrong order)")
        count, low, high = len(node.inputs), node.op.min_inputs, node.op.max_inputs
        if count < low or (high is not None and count > high) or None in node.inputs[:low]:
            raise InputError(where, f"takes {low} to {high or 'any'} inputs, found {count}")
        for name in node.outputs:
            if name not in self.tensors or name in known:
                raise InputError(where, f"writes {name}, which is " + ("written twice" if name in known else "unknown"))
        try:
            shapes = node.op.infer(self.node_inputs(node))
        except ShapeError as error:
            raise InputError(where, str(error)) from error
        found = [t.shape for t in self.node_outputs(node)]
        if shapes != found:
            raise InputError(where, f"its output shapes must be {shapes}, the model says {found}")


def _check_tensor(where: str, key: str, tensor: Tensor) -> None:
    where = f"{where}: tensor {key}"
    if tensor.name != key:
        raise InputError(where, f"is filed under another name than its own, {tensor.name}")
    if tensor.dtype not in DTYPES:
        raise InputError(where, f"type {tensor.dtype} is not supported", f"supported: {', '.join(DTYPES)}")
    if len(tensor.shape) > MAX_RANK or any(d < 1 for d in tensor.shape) or tensor.elements > MAX_ELEMENTS:
        raise InputError(where, f"needs at most {MAX_RANK} positive dimensions and 2^28 elements, found {tensor.shape}")
    if tensor.data is not None and tensor.dtype == "float32" and not np.isfinite(tensor.data).all():
        raise InputError(where, "holds NaN or infinite values", "retrain or repair the model")
    q = tensor.quantization
    if q is None:
        return
    if not (np.isfinite(q.scale).all() and (q.scale > 0).all()):
        raise InputError(where, f"its scales must be positive and finite, found {q.scale[:4].tolist()}")
    if tensor.dtype in ("int8", "uint8", "int16"):
        info = np.iinfo(tensor.dtype)
        if ((q.zero_point < info.min) | (q.zero_point > info.max)).any():
            raise InputError(where, f"its zero points must fit {tensor.dtype}, found {q.zero_point[:4].tolist()}")
    if q.axis is None and q.scale.size != 1:
        raise InputError(where, f"a per-tensor quantization has one scale, found {q.scale.size}")
    if q.axis is not None and not (0 <= q.axis < len(tensor.shape) and q.scale.size == tensor.shape[q.axis]):
        raise InputError(where, f"has {q.scale.size} scales along axis {q.axis} of shape {tensor.shape}")


def is_quantized(graph: Graph) -> bool:
    """True once any activation carries integers with scales."""
    return any(t.quantization is not None and t.dtype in ("int8", "uint8", "int16") for t in graph.activations())
