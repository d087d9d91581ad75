"""The fixed-point simulator: runs a graph, float or quantized, by the functions in `reference/ops/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edgekit import plugins
from edgekit.arrays import channels_first
from edgekit.errors import InputError, UnsupportedError
from edgekit.graph import Graph, Node, Tensor
from edgekit.reference.arithmetics import Arithmetic, arithmetic

Array = NDArray[Any]
Kernel = Callable[[Sequence[Array | None]], list[Array]]
"""A prepared operator: arrays of all inputs (constants included) to arrays of all outputs. Where the operator is
`batch_independent`, the kernel takes any length of axis 0."""

CHUNK = 32  # samples at once: measured best of 16, 32 and 64; more only costs memory

ENGINE_FROM = 32  # samples: the engine's proofs take up to a second, once; fewer samples hardly earn that back


@dataclass(frozen=True)
class Step:
    """A kernel with the names of what it reads and writes."""

    inputs: tuple[str | None, ...]
    outputs: tuple[str, ...]
    kernel: Kernel


class Simulator:
    """A graph prepared for execution. Preparing folds constants once; `run` may be called any number of times.

    Each file in `reference/ops/` offers `prepare_integer(op, inputs, outputs, arithmetic) -> Kernel` and, where float
    graphs have the operator, `prepare_float(op, inputs, outputs) -> Kernel`.

    Args:
        graph: a validated graph.
        arithmetic: name of the arithmetic; the graph's own by default.
        engine: "auto": batches of `ENGINE_FROM` samples and more take the runs of layers that `reference/engine/`
            proves equal through ONNX Runtime's floating-point kernels, one thread, prepared at the first such batch.
            The integers are the same. "numpy": the NumPy kernels only, which are the specification.

    Raises:
        UnsupportedError: the simulator has no such operator or type; names the layer.
    """

    def __init__(
        self, graph: Graph, arithmetic_name: str | None = None, engine: Literal["auto", "numpy"] = "auto"
    ) -> None:
        self.graph = graph
        self.arithmetic = arithmetic(arithmetic_name or graph.arithmetic)
        self.engine = engine
        self._steps = [Step(n.inputs, n.outputs, prepare_node(graph, n, self.arithmetic)) for n in graph.nodes]
        self.batchable = all(
            node.op.batch_independent(graph.node_inputs(node), graph.node_outputs(node)) for node in graph.nodes
        ) and all(graph.tensors[name].shape[:1] == (1,) for name in [*graph.inputs, *graph.outputs])

    def run(self, inputs: Mapping[str, Array], layers: bool = False) -> dict[str, Array]:
        """Run the graph.

        Args:
            inputs: array by input name, of the graph's own type; float arrays for quantized inputs are quantized with
                the input's parameters (`quantize_array`). Shape as in the graph, or N times as long on axis 0 of all
                inputs for N independent samples.
            layers: return every activation tensor, not only the outputs.

        Returns:
            Array by tensor name: the graph's outputs, or all activations. Scalars come as (N,) for N > 1 samples.

        Raises:
            InputError: an input is missing, unknown, or of the wrong shape or type.
        """
        arrays, count = self.prepare_inputs(inputs)
        steps = self._steps
        if self.engine == "auto" and self.batchable and count >= ENGINE_FROM and not layers:
            steps = self._fast_steps
        if count == 1:
            return self._run_once(arrays, layers, steps)
        size = CHUNK if self.batchable else 1
        parts = [self._run_once(part, layers, steps) for part in self._split(arrays, count, size)]
        return {name: np.concatenate([np.atleast_1d(part[name]) for part in parts]) for name in parts[0]}

    @cached_property
    def _fast_steps(self) -> list[Step]:
        """The steps with the engine's segments in place of the nodes they cover."""
        from edgekit.reference.engine.segments import segments  # its operators use the kernels' helpers, which use this

        steps, done = [], 0
        for segment in segments(self.graph, self.arithmetic):
            steps += [*self._steps[done : segment.start], Step(segment.inputs, segment.outputs, segment)]
            done = segment.stop
        return steps + self._steps[done:]

    def prepare_inputs(self, inputs: Mapping[str, Array]) -> tuple[dict[str, Array], int]:
        """Inputs in the graph's own types, float ones quantized, and the number of samples. Raises as `run`."""
        arrays = self._checked(inputs)
        return arrays, self._batches(arrays)

    def _checked(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        unknown = sorted(set(inputs) - set(self.graph.inputs))
        missing = sorted(set(self.graph.inputs) - set(inputs))
        if unknown or missing:
            raise InputError(
                "inputs",
                f"missing: {missing or 'none'}, unknown: {unknown or 'none'}",
                f"name the arrays {', '.join(self.graph.inputs)}",
            )
        return {name: _as_input(self.graph.tensors[name], np.asarray(inputs[name])) for name in self.graph.inputs}

    def _batches(self, arrays: dict[str, Array]) -> int:
        counts = set()
        for name, array in arrays.items():
            shape = self.graph.tensors[name].shape
            if array.shape == shape:
                counts.add(1)
            elif shape and array.ndim == len(shape) and array.shape[1:] == shape[1:] and array.shape[0] % shape[0] == 0:
                counts.add(array.shape[0] // shape[0])
            else:
                takes = f"has shape {array.shape}, the model takes {shape} (or N of them)"
                raise InputError(f"input {name}", takes, channels_first(array.shape, shape))
        if len(counts) != 1 or 0 in counts:
            raise InputError("inputs", f"hold different numbers of samples: {sorted(counts)}")
        return counts.pop()

    def _split(self, arrays: dict[str, Array], count: int, step: int) -> Iterator[dict[str, Array]]:
        for start in range(0, count, step):
            stop = min(start + step, count)
            lengths = {name: self.graph.tensors[name].shape[0] for name in arrays}
            yield {name: a[start * lengths[name] : stop * lengths[name]] for name, a in arrays.items()}

    def _run_once(self, arrays: dict[str, Array], layers: bool, steps: Sequence[Step]) -> dict[str, Array]:
        values: dict[str, Array] = dict(arrays)
        constants = self.graph.tensors
        keep = set(self.graph.outputs)
        last_use = {name: i for i, step in enumerate(steps) for name in step.inputs if name is not None}
        for index, step in enumerate(steps):
            given = [None if n is None else values[n] if n in values else constants[n].data for n in step.inputs]
            values.update(zip(step.outputs, step.kernel(given), strict=True))
            if not layers:
                for name in step.inputs:
                    if name in values and name not in keep and last_use[name] == index:
                        del values[name]
        if layers:
            return values
        return {n: values[n] if n in values else np.asarray(constants[n].data) for n in self.graph.outputs}


def simulate(
    graph: Graph, inputs: Mapping[str, Array], *, layers: bool = False, arithmetic: str | None = None
) -> dict[str, Array]:
    """Run `graph` once by the simulator; see `Simulator` and `Simulator.run` for arguments and errors."""
    return Simulator(graph, arithmetic).run(inputs, layers)


def quantize_array(x: Array, tensor: Tensor) -> Array:
    """Quantize float values with a tensor's parameters: round(x / scale) + zero_point, ties away, saturated.

    Computed in float32 as TFLite's quantize operator does. NaN is refused with an InputError.
    """
    info = np.iinfo(tensor.dtype)
    if np.isnan(x).any():
        raise InputError(f"input {tensor.name}", "holds NaN")
    with np.errstate(over="ignore", invalid="ignore"):  # infinity saturates
        scaled = x.astype(np.float32) / tensor.scale
        up = np.abs(scaled - np.trunc(scaled)) >= 0.5  # adding 0.5 first would itself round just below a tie
    rounded = np.trunc(scaled) + np.where(up, np.copysign(np.float32(1), scaled), np.float32(0))
    clipped: Array = np.clip(rounded + np.float32(tensor.zero_point), info.min, info.max)
    return clipped.astype(tensor.dtype)


def dequantize_array(q: Array, tensor: Tensor) -> NDArray[np.float32]:
    """Real values of integers: scale * (q - zero_point) in float32; floats pass unchanged."""
    if tensor.quantization is None or q.dtype.kind == "f":
        return q.astype(np.float32)
    return (q.astype(np.int32) - np.int32(tensor.zero_point)).astype(np.float32) * tensor.scale


def _as_input(tensor: Tensor, array: Array) -> Array:
    if array.dtype == np.dtype(tensor.dtype):
        return array
    if array.dtype.kind == "f" and tensor.dtype == "float32":
        return array.astype(np.float32)
    if array.dtype.kind == "f" and tensor.quantization is not None:
        return quantize_array(array, tensor)
    raise InputError(f"input {tensor.name}", f"holds {array.dtype}, the model takes {tensor.dtype} or float32")


def prepare_node(graph: Graph, node: Node, rules: Arithmetic) -> Kernel:
    """The kernel of one node. Raises UnsupportedError; names the layer."""
    where = f"layer {node.name} ({node.op.name})"
    module = plugins.module("edgekit.reference.ops", node.op.name)
    if module is None:
        raise UnsupportedError(where, "the simulator has no such operator")
    inputs, outputs = graph.node_inputs(node), graph.node_outputs(node)
    quantized = any(t is not None and t.quantization is not None for t in [*inputs, *outputs])
    try:
        why = rules.refuse(node.op, inputs, outputs) if quantized else None
        if why is not None:
            raise UnsupportedError(where, f"what {rules.source} computes is not predicted: {why}")
        rules = rules.of(node.op, inputs, outputs)
        if (quantized or outputs[0].dtype != "float32") and rules.rule(node.op.name) == "through-float":
            from edgekit.reference import through_float  # which needs this module

            kernel: Kernel = through_float.prepare(module, node.op, inputs, outputs)
        elif quantized or outputs[0].dtype != "float32":
            kernel = module.prepare_integer(node.op, inputs, outputs, rules)
        elif hasattr(module, "prepare_float"):
            kernel = module.prepare_float(node.op, inputs, outputs)
        else:
            raise UnsupportedError(where, "has no float form in the simulator")
    except ValueError as error:  # a tensor without the quantization the operator needs
        raise UnsupportedError(where, str(error)) from error
    return kernel
