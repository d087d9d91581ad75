"""Nodes of constants become constants, computed by the simulator's own float kernels.

Quantize and dequantize stay: they say which integers a constant is to have.
"""

from __future__ import annotations

from edgekit import plugins
from edgekit.graph import Graph, Tensor
from edgekit.passes._rewrite import Sweep

ORDER = 10
LIMIT = 1 << 24  # elements of a result: beyond, a constant would only make the model larger
MOVES = frozenset(["reshape", "transpose"])
"""Operators that are right on integers as they are."""


def run(graph: Graph) -> Graph:
    sweep = Sweep(graph)
    tensors = sweep.graph.tensors
    for node in graph.nodes:
        inputs = [None if n is None else tensors[n] for n in node.inputs]
        outputs = [tensors[n] for n in node.outputs]
        module = plugins.module("edgekit.reference.ops", node.op.name)
        plain = all(t is None or (t.dtype == "float32" and t.quantization is None) for t in [*inputs, *outputs])
        foldable = (
            all(t is None or t.is_constant for t in inputs)
            and node.op.name not in ("quantize", "dequantize")
            and (plain or (node.op.name in MOVES and _per_tensor(inputs)))
            and not set(node.outputs) & set(graph.outputs)
            and sum(t.elements for t in outputs) <= LIMIT
            and hasattr(module, "prepare_float")
        )
        if not foldable or module is None:
            sweep.keep(node)
            continue
        results = module.prepare_float(node.op, inputs, outputs)([None if t is None else t.data for t in inputs])
        for old, array in zip(outputs, results, strict=True):
            value = Tensor.constant(old.name, array.astype(old.dtype), old.quantization)
            tensors[old.name] = value
        sweep.changed = True
    return sweep.finish()


def _per_tensor(inputs: list[Tensor | None]) -> bool:
    return all(t is None or t.quantization is None or t.quantization.axis is None for t in inputs)
