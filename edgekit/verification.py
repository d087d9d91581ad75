"""Proof, layer by layer: what a runtime computes against what the simulator says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.frontend.tflite import write
from edgekit.graph import Graph
from edgekit.reference import Simulator
from edgekit.runtimes import runtime

Array = NDArray[Any]
BLOCK = 16  # samples of which all layers are held in memory at once


@dataclass(frozen=True)
class LayerDifference:
    """One activation tensor compared.

    Attributes:
        layer: the tensor's name; `op`: the operator that wrote it.
        values: how many values were compared; `differing`: how many were not equal; `largest`: the largest difference,
            in integer steps (or in real units for float tensors).
        bound: the largest difference that is allowed: 0 unless the runtime's arithmetic is its own.
    """

    layer: str
    op: str
    values: int
    differing: int
    largest: float
    bound: float = 0.0

    @property
    def holds(self) -> bool:
        """No value differs by more than the bound; a difference of unknown size (NaN) never holds."""
        return not self.differing or self.largest <= self.bound


@dataclass(frozen=True)
class Verification:
    """The result of `verify`.

    Attributes:
        layers: in execution order. Where a bound is stated, each layer was given the simulator's own inputs.
        whole: the graph's outputs when every layer was given what the runtime computed before: measured, not bounded.
    """

    against: str
    version: str
    arithmetic: str
    samples: int
    layers: tuple[LayerDifference, ...]
    whole: tuple[LayerDifference, ...] = ()

    @property
    def first_difference(self) -> LayerDifference | None:
        """The first layer in execution order that differs, None when all integers are equal."""
        return next((layer for layer in self.layers if layer.differing), None)

    @property
    def exact(self) -> bool:
        return self.first_difference is None and not any(layer.differing for layer in self.whole)

    @property
    def first_failure(self) -> LayerDifference | None:
        """The first layer in execution order that differs by more than its bound."""
        return next((layer for layer in self.layers if not layer.holds), None)

    @property
    def holds(self) -> bool:
        """Every layer is within its bound: without bounds the same as `exact`."""
        return self.first_failure is None


def random_inputs(graph: Graph, samples: int, seed: int = 0) -> dict[str, Array]:
    """Reproducible random inputs: the whole integer range, or [-1, 1) for float inputs; one in four is saturated."""
    rng = np.random.default_rng(seed)
    inputs: dict[str, Array] = {}
    for name in graph.inputs:
        tensor = graph.tensors[name]
        shape = (samples * tensor.shape[0], *tensor.shape[1:])
        if tensor.dtype == "float32":
            inputs[name] = rng.uniform(-1, 1, shape).astype(np.float32)
        else:
            info = np.iinfo(tensor.dtype)
            full = rng.integers(info.min, info.max, shape, tensor.dtype, endpoint=True)
            ends = rng.choice(np.array([info.min, info.max], tensor.dtype), shape)
            mostly = (np.arange(shape[0]) // tensor.shape[0] % 4 == 3).reshape(-1, *[1] * (len(shape) - 1))
            inputs[name] = np.where(mostly, ends, full)
    return inputs


def verify(
    graph: Graph,
    against: str = "tflite-micro",
    inputs: Mapping[str, Array] | None = None,
    samples: int = 8,
    seed: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> Verification:
    """Run `graph` on a runtime and in the simulator under the runtime's arithmetic, and compare every layer.

    Every activation is made an output of the model that the runtime gets, so that each layer is seen.

    Args:
        against: name of a runtime in `edgekit.runtimes`.
        inputs: arrays by input name, N samples on axis 0; random ones (`random_inputs`) without.
        progress: called as (done, total, text).

    Raises:
        UsageError: unknown runtime. ToolError: it is absent or refuses the model. InputError: bad inputs.
    """
    vehicle = runtime(against)
    simulator = Simulator(graph, vehicle.ARITHMETIC)
    given = dict(inputs) if inputs is not None else random_inputs(graph, samples, seed)
    arrays, count = simulator.prepare_inputs(given)
    session = vehicle.Session(write(graph.expose(name for node in graph.nodes for name in node.outputs)))
    tally = {name: [0, 0, 0.0] for node in graph.nodes for name in node.outputs}
    for start in range(0, count, BLOCK):
        stop = min(start + BLOCK, count)
        block = _samples(graph, arrays, count, start, stop)
        expected = simulator.run(block, layers=True)
        for index in range(stop - start):
            found = session.run(_samples(graph, block, stop - start, index, index + 1))
            wanted = _samples(graph, {n: expected[n] for n in tally}, stop - start, index, index + 1)
            for name, sums in tally.items():
                gap = np.abs(found[name].astype(np.float64) - wanted[name].astype(np.float64))
                sums[0] += wanted[name].size
                sums[1] += int((gap != 0).sum())
                sums[2] = max(sums[2], float(gap.max(initial=0)))
        if progress is not None:
            progress(stop, count, f"{against} against the simulator")
    layers = tuple(
        LayerDifference(name, node.op.name, int(tally[name][0]), int(tally[name][1]), tally[name][2])
        for node in graph.nodes
        for name in node.outputs
    )
    return Verification(against, vehicle.version(), vehicle.ARITHMETIC, count, layers)


def _samples(graph: Graph, arrays: Mapping[str, Array], count: int, start: int, stop: int) -> dict[str, Array]:
    """Samples start..stop of `count`; a sample is as long on axis 0 as its tensor, arrays of one sample are whole."""
    if count == 1:
        return dict(arrays)
    lengths = {name: (*graph.tensors[name].shape, 1)[0] for name in arrays}  # a scalar is one long per sample
    return {name: a[start * lengths[name] : stop * lengths[name]] for name, a in arrays.items()}
