"""An ONNX model on this host in ONNX Runtime without its fusions, which is the model's own arithmetic in float32.

The vendor's kernels are not here: what is proven is that the file says what the simulator computes. Each layer gets the
simulator's own integers; what is left is one rounding, ties to even in float32 instead of the simulator's fixed point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import numpy as np

from edgekit import layerwise
from edgekit.backends._contract import Array
from edgekit.errors import RefusedError
from edgekit.export import onnx
from edgekit.export.onnx import Style
from edgekit.graph import Graph, Node
from edgekit.verification import LayerDifference, Verification

STYLE = Style(opset=13, float_interface=True, float_bias=True, float_weights=True)
BOUND = 1.0
BOUNDS = {"resize_bilinear": 3.0, "hard_swish": 2.0}  # the simulator interpolates and ramps in fixed point
REAL_BOUND = 1e-4  # of a float32 value, relative to the largest


def vehicle() -> str:
    return f"onnxruntime {metadata.version('onnxruntime')} on the host, unfused"


def session(data: bytes) -> Any:
    """Raises RefusedError."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    try:
        return onnxruntime.InferenceSession(data, options, ["CPUExecutionProvider"])
    except Exception as error:
        raise RefusedError("ONNX Runtime", f"refuses the model: {error}") from error


def run_all(data: bytes, samples: Sequence[Mapping[str, Array]]) -> list[dict[str, Array]]:
    """Outputs in real units of inputs in real units."""
    found = session(data)
    names = [output.name for output in found.get_outputs()]
    return [dict(zip(names, found.run(None, dict(sample)), strict=True)) for sample in samples]


def real(graph: Graph, sample: Mapping[str, Array]) -> dict[str, Array]:
    from edgekit.reference import dequantize_array

    return {n: dequantize_array(a, graph.tensors[n]) for n, a in sample.items()}


def verify(graph: Graph, data: bytes, inputs: Mapping[str, Array], against: str) -> Verification:
    """Every layer on the simulator's own integers.

    Args: graph: what was written; data: its ONNX file; inputs: in real units or the graph's
        integers; against: the name in the report.
    """
    from edgekit.reference import Simulator

    simulator = Simulator(graph)
    arrays, count = simulator.prepare_inputs(inputs)
    samples = layerwise.samples(graph, {**arrays, **simulator.run(arrays, layers=True)}, count)
    cut, given = layerwise.apart(graph)
    fed = [real(cut, {own: s[name] for own, name in given.items()}) for s in samples]
    found = run_all(onnx.write(cut, STYLE), fed)
    layers = tuple(
        _difference(graph, node, n, [f[n] for f in found], [s[n] for s in samples])
        for node in graph.nodes
        for n in node.outputs
    )
    whole = run_all(data, [real(graph, {n: s[n] for n in graph.inputs}) for s in samples])
    producers = graph.producers()
    outputs = tuple(
        _difference(graph, producers[n], n, [w[n] for w in whole], [s[n] for s in samples]) for n in graph.outputs
    )
    return Verification(against, vehicle(), graph.arithmetic, count, layers, outputs)


def _difference(
    graph: Graph, node: Node, name: str, found: Sequence[Array], wanted: Sequence[Array]
) -> LayerDifference:
    """In steps of the integers that real values stand for; a float32 tensor in real units."""
    tensor = graph.tensors[name]
    found = [f.reshape(w.shape) for f, w in zip(found, wanted, strict=True)]  # a scalar of many samples is one long
    if tensor.quantization is None:
        largest = max(float(np.abs(w).max(initial=0)) for w in wanted)
        return layerwise.difference(graph, node, name, found, wanted, REAL_BOUND * max(largest, 1e-6))
    steps = [np.rint(f.astype(np.float64) / float(tensor.scale)) + tensor.zero_point for f in found]
    return layerwise.difference(graph, node, name, steps, wanted, BOUNDS.get(node.op.name, BOUND))
