"""What to expect of FP16: the layers of a float graph with weights and results rounded to float16.

The chip's order of summation is its own, so this is no bit-exact model of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from edgekit.backends._contract import Array
from edgekit.graph import Graph, Tensor
from edgekit.reference import Simulator


def run(graph: Graph, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Outputs of a float graph in FP16: each layer computed in float32 on float16 operands, then rounded to float16."""
    arrays, _ = Simulator(graph).prepare_inputs(inputs)
    values = {name: _round(array) for name, array in arrays.items()}
    tensors = {
        n: Tensor.constant(n, _round(np.asarray(t.data))) if t.is_constant and t.dtype == "float32" else t
        for n, t in graph.tensors.items()
    }
    for node in graph.nodes:
        names = list(dict.fromkeys(n for n in (*node.inputs, *node.outputs) if n is not None))
        given = [n for n in dict.fromkeys(node.inputs) if n is not None and not tensors[n].is_constant]
        alone = Graph(node.name, {n: tensors[n] for n in names}, [node], given, list(node.outputs))
        made = Simulator(alone).run({n: values[n] for n in given})
        values |= {name: _round(array) for name, array in made.items()}
    return {name: values[name] for name in graph.outputs}


def _round(array: Array) -> Array:
    return np.asarray(array.astype(np.float16).astype(np.float32))
