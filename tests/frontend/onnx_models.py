"""ONNX models made here, and their comparison with onnxruntime."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgekit.frontend.onnx import read
from edgekit.graph import Graph
from edgekit.reference import Simulator, dequantize_array

Array = NDArray[Any]


def model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, Sequence[int | str]],
    constants: Mapping[str, Array] | None = None,
    outputs: Sequence[str] = ("y",),
    opset: int = 18,
    types: Mapping[str, int] | None = None,
    shapes: Mapping[str, Sequence[int]] | None = None,
) -> bytes:
    """A serialized model; inputs and outputs are float32 unless `types` says otherwise, outputs of inferred shape
    unless `shapes` does."""
    kinds = types or {}
    graph = helper.make_graph(
        list(nodes),
        "test",
        [helper.make_tensor_value_info(n, kinds.get(n, TensorProto.FLOAT), list(s)) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, kinds.get(n, TensorProto.FLOAT), (shapes or {}).get(n)) for n in outputs],
        [numpy_helper.from_array(np.asarray(a), n) for n, a in (constants or {}).items()],
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    with contextlib.suppress(Exception):  # what is wrong with a wrong model is for the reader to say
        made = onnx.shape_inference.infer_shapes(made, data_prop=True)
        del made.graph.value_info[:]
        for value in made.graph.output:
            if value.name not in (
                shapes or {}
            ):  # the rank will do: inference is of another mind than onnxruntime at times
                for dim in value.type.tensor_type.shape.dim:
                    dim.Clear()
    for value in made.graph.output:
        if not value.type.tensor_type.HasField("shape"):
            value.type.tensor_type.shape.dim.add()
    return made.SerializeToString()


def session(data: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def inputs_of(peer: Any, seed: int, low: float = -2.0, high: float = 2.0) -> dict[str, Array]:
    """Random inputs in the file's own layout, dynamic dimensions as 1."""
    rng = np.random.default_rng(seed)
    shapes = {i.name: [d if isinstance(d, int) else 1 for d in i.shape] for i in peer.get_inputs()}
    return {name: rng.uniform(low, high, shape).astype(np.float32) for name, shape in shapes.items()}


def to_nhwc(array: Array) -> Array:
    return array.transpose(0, 2, 3, 1) if array.ndim == 4 else array


def largest_gap(data: bytes, graph: Graph, feeds: Sequence[dict[str, Array]], nhwc: bool = True) -> float:
    """Largest difference of the simulator's outputs from onnxruntime's: relative to the largest value for float
    outputs, in output steps for int8 ones. With `nhwc`, 4-D inputs and outputs lie so in the graph, and 3-D ones whose
    shape says so."""
    peer, simulator = session(data), Simulator(graph)
    names = [o.name for o in peer.get_outputs()]
    assert graph.outputs == names

    def turn(name: str, array: Array) -> Array:
        if array.ndim == 3 and array.shape[1:] != graph.tensors[name].shape[1:]:
            return array.transpose(0, 2, 1)
        return to_nhwc(array) if nhwc else array

    largest = 0.0
    for feed in feeds:
        expected = peer.run(None, feed)
        found = simulator.run({name: turn(name, a) for name, a in feed.items()})
        for name, value in zip(names, expected, strict=True):
            tensor, want = graph.tensors[name], turn(name, value)
            real = dequantize_array(found[name], tensor)
            assert real.shape == want.shape
            unit = float(tensor.scale) if tensor.quantization is not None else max(1e-6, float(np.abs(want).max()))
            largest = max(largest, float(np.abs(real - want).max()) / unit)
    return largest


def compared(data: bytes, *, nhwc: bool = True, tolerance: float = 1e-5, samples: int = 3) -> Graph:
    """Read a float model, assert that it computes what onnxruntime does, and return its graph."""
    graph = read(data)
    peer = session(data)
    feeds = [inputs_of(peer, seed) for seed in range(samples)]
    assert largest_gap(data, graph, feeds, nhwc) <= tolerance
    return graph


def operators_of(graph: Graph) -> list[str]:
    return [node.op.name for node in graph.nodes]
