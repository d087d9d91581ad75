"""The int8 graph beside the network it came from: the same integers, layer by layer?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from edgekit.crosstrain.qat.network import FakeQuantized
from edgekit.crosstrain.qat.operation import INPUT
from edgekit.errors import VerificationError
from edgekit.graph import Graph
from edgekit.reference import Simulator

Array = NDArray[Any]
SAME_TOP1 = 0.999  # of the samples, at least
LAYER_SAMPLES, BATCH = 64, 256


@dataclass(frozen=True)
class LayerAgreement:
    """One value: `tensor` of the graph, its scale and zero point, and differences in steps of its scale.

    Attributes:
        largest: of the network in evaluation, which computes integers. once: rounded as in training.
    """

    layer: str
    tensor: str
    dtype: str
    scale: float
    zero_point: int
    largest: int
    once: int


@dataclass(frozen=True)
class Agreement:
    """Of a network with fake quantization and its graph.

    Attributes:
        samples: compared. same: share of them with the same most likely class, or without classes, with equal outputs.
        same_once: likewise, of the network that rounds as in training.
        classes: which of the two `same` is.
        layers: differences over the first samples. moved: values that are other values' integers in another shape.
    """

    samples: int
    same: float
    same_once: float
    classes: bool
    layers: tuple[LayerAgreement, ...]
    moved: tuple[str, ...]

    @property
    def largest(self) -> int:
        """The largest difference of any layer, in steps."""
        return max(layer.largest for layer in self.layers)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "largest": self.largest}

    def require(self, where: str) -> None:
        """Raises VerificationError when they answer differently too often."""
        if self.same < SAME_TOP1:
            worst = max(self.layers, key=lambda layer: layer.largest)
            raise VerificationError(
                where, f"the int8 graph must answer as the trained network for {SAME_TOP1:.1%} of the samples, found "
                f"{self.same:.2%}", f"layer {worst.layer} differs most, by {worst.largest} steps: please report it",
            )  # fmt: skip


def compare(network: FakeQuantized, graph: Graph, x: Array, classes: bool) -> Agreement:
    """Run both on samples x (N, H, W, C) or (N, F).

    Args:
        graph: read from the model that `onnx_writer.model` makes of `network`.
        classes: compare the most likely class, else the output's integers.
    """
    simulator, name_in = Simulator(graph), graph.inputs[0]
    given = x.reshape(len(x), *graph.tensors[name_in].shape[1:])
    theirs = np.concatenate([simulator.run({name_in: b})[graph.outputs[0]] for b in _batches(given)])
    found = simulator.run({name_in: given[:LAYER_SAMPLES]}, layers=True)
    found[name_in] = simulator.prepare_inputs({name_in: given[:LAYER_SAMPLES]})[0][name_in]
    exactly, few = _run(network, x)
    with network.rounding_once():
        once, few_once = _run(network, x)

    def gap(name: str, tensor: str, values: dict[str, torch.Tensor]) -> int:
        integers = _integers(network, name, values[name].numpy())
        integers = integers.transpose(0, 2, 3, 1) if integers.ndim == 4 else integers
        return int(np.abs(integers.reshape(-1) - found[tensor].astype(np.int64).reshape(-1)).max())

    layers, moved = [], []
    for name in few:
        tensor = _tensor_of(network, graph, name)
        if tensor is None:
            moved.append(name)
            continue
        q, dtype = network.quantizer(name).quantization(), network.quantizer(name).dtype
        gaps = gap(name, tensor, few), gap(name, tensor, few_once)
        layers.append(LayerAgreement(name, tensor, dtype, float(q.scale[0]), int(q.zero_point[0]), *gaps))
    same, same_once = (_same(network, mine, theirs, classes) for mine in (exactly, once))
    return Agreement(len(x), same, same_once, classes, tuple(layers), tuple(moved))


def _run(network: FakeQuantized, x: Array) -> tuple[Array, dict[str, torch.Tensor]]:
    """The outputs for all samples, and all values for the first of them."""
    network.eval()
    with torch.no_grad():
        parts = [network(torch.from_numpy(part)).numpy() for part in map(_channels_first, _batches(x))]
        return np.concatenate(parts), network.values(torch.from_numpy(_channels_first(x[:LAYER_SAMPLES])))


def _same(network: FakeQuantized, mine: Array, theirs: Array, classes: bool) -> float:
    mine, theirs = mine.reshape(len(mine), -1), theirs.reshape(len(theirs), -1)
    if classes:
        return float((mine.argmax(1) == theirs.argmax(1)).mean())
    return float((_integers(network, network.output, mine) == theirs).all(1).mean())


def _batches(x: Array) -> list[Array]:
    return [x[i : i + BATCH] for i in range(0, len(x), BATCH)]


def _channels_first(x: Array) -> Array:
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2) if x.ndim == 4 else x)


def _integers(network: FakeQuantized, name: str, value: Array) -> Array:
    q = network.quantizer(name).quantization()
    return np.asarray(np.rint(value / q.scale[0]).astype(np.int64) + q.zero_point[0])


def _tensor_of(network: FakeQuantized, graph: Graph, name: str) -> str | None:
    """The tensor of the graph that holds a value; None for a value in another shape, which computes nothing."""
    tensor = f"{name}_int8"
    if name == INPUT:
        tensor = graph.inputs[0]
    elif name == network.output and tensor not in graph.tensors:
        tensor = graph.outputs[0]
    if name != INPUT and network.operation(name).SAME and tensor not in graph.tensors:
        return None
    return tensor
