"""Pieces of the lowering to int8: weights without zero points, constants, and the graph's own inputs and outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.graph import Graph, Node, Quantization
from edgekit.passes._rewrite import rename


def symmetric(data: NDArray[Any], q: Quantization, axis: int) -> tuple[NDArray[Any], Quantization]:
    """Weights with zero point 0.

    Shifted exactly where the result fits int8; a channel that does not fit is quantized anew over its own range, at
    worst half a step of it away (such weights are not symmetric, which int8 kernels demand).
    """
    if not q.zero_point.any():
        return data, q
    shape = [1] * data.ndim
    shape[axis] = -1
    zero = q.zero_point.reshape(shape) if q.axis is not None else q.zero_point
    shifted = data.astype(np.int64) - zero
    if np.abs(shifted).max(initial=0) <= 127:
        return shifted.astype(np.int8), Quantization(q.scale, np.zeros_like(q.zero_point), q.axis)
    others = tuple(i for i in range(data.ndim) if i != axis)
    largest = np.abs(shifted).max(axis=others)
    factor = np.maximum(largest / 127.0, 1.0)
    integers = np.rint(shifted / factor.reshape(shape)).astype(np.int8)
    scale = (np.broadcast_to(q.scale, factor.shape).astype(np.float64) * factor).astype(np.float32)
    return integers, Quantization.per_channel(scale, axis)


def finer(q: Quantization) -> Quantization:
    """int16 parameters that hold every value of int8 ones exactly: q - z fits 9 bits, which get 7 more."""
    return Quantization.per_tensor(float(q.scale[0]) / 128, 0)


def over_its_range(data: NDArray[np.float64], dtype: str = "int8") -> tuple[NDArray[Any], Quantization]:
    """A float constant as int8 over its own range, or as int16 around 0; one value is exact."""
    low, high = min(float(data.min()), 0.0), max(float(data.max()), 0.0)
    if dtype == "int16":
        scale = float(np.float32((max(-low, high) or 1.0) / 32767))
        return np.clip(np.rint(data / scale), -32768, 32767).astype(np.int16), Quantization.per_tensor(scale, 0)
    if data.size == 1 or low == high:
        scale = float(np.float32(max(abs(low), abs(high)) or 1.0))
        return np.sign(data).astype(np.int8), Quantization.per_tensor(scale, 0)
    scale = float(np.float32((high - low) / 255))
    zero = int(np.clip(np.rint(-128 - low / scale), -128, 127))
    return np.clip(np.rint(data / scale) + zero, -128, 127).astype(np.int8), Quantization.per_tensor(scale, zero)


def integer_interface(graph: Graph) -> Graph:
    """Float inputs that are only quantized and float outputs that are only dequantized become int8."""
    for name in list(graph.inputs):
        readers = graph.consumers().get(name, [])
        if graph.tensors[name].dtype != "float32" or len(readers) != 1 or readers[0].op.name != "quantize":
            continue
        inner = readers[0].outputs[0]
        if inner in graph.outputs:
            continue
        graph = _drop(graph, readers[0], keep=inner, gone=name)
        graph.inputs = [inner if n == name else n for n in graph.inputs]
        graph = rename(graph, inner, name)
    for name in list(graph.outputs):
        writer = graph.producers().get(name)
        if writer is None or writer.op.name != "dequantize" or graph.consumers().get(name):
            continue
        inner = str(writer.inputs[0])
        if inner in graph.outputs or inner in graph.inputs or graph.tensors[inner].is_constant:
            continue
        graph = _drop(graph, writer, keep=inner, gone=name)
        graph.outputs = [inner if n == name else n for n in graph.outputs]
        graph = rename(graph, inner, name)
    return graph


def _drop(graph: Graph, node: Node, keep: str, gone: str) -> Graph:
    tensors = {k: t for k, t in graph.tensors.items() if k != gone}
    return replace(graph.copy(), nodes=[n for n in graph.nodes if n is not node], tensors=tensors)
