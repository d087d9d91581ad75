"""The int8 graph beside the network it came from: the same integers, layer by layer?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import prod
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
    """One value: `tensor` of the graph, its scale and zero point, and the largest difference in steps of its scale."""

    layer: str
    tensor: str
    dtype: str
    scale: float
    zero_point: int
    largest: int


@dataclass(frozen=True)
class Agreement:
    """Of a network with fake quantization and its graph.

    Attributes:
        samples: compared. same: share of them with the same most likely class, or without classes, with equal outputs.
        classes: which of the two `same` is.
        layers: differences over the first samples. moved: values that are other values' integers in another shape.
    """

    samples: int
    same: float
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
    network.eval()
    with torch.no_grad():
        parts = [network(torch.from_numpy(part)).numpy() for part in map(_channels_first, _batches(x))]
        few = network.values(torch.from_numpy(_channels_first(x[:LAYER_SAMPLES])))
    mine = np.concatenate(parts).reshape(len(x), -1)
    theirs = np.concatenate([simulator.run({name_in: b})[graph.outputs[0]] for b in _batches(given)]).reshape(
        len(x), -1
    )
    if classes:
        same = mine.argmax(1) == theirs.argmax(1)
    else:
        same = (_integers(network, network.output, mine) == theirs).all(1)
    found = simulator.run({name_in: given[:LAYER_SAMPLES]}, layers=True)
    found[name_in] = simulator.prepare_inputs({name_in: given[:LAYER_SAMPLES]})[0][name_in]
    layers, moved = [], []
    for name, value in few.items():
        tensor = _tensor_of(network, graph, name)
        if tensor is None:
            moved.append(name)
            continue
        q = network.quantizer(name)
        integers = _integers(network, name, value.numpy())
        if integers.ndim == 4:
            integers = integers.transpose(0, 2, 3, 1)
        gap = np.abs(integers.reshape(len(integers), -1) - found[tensor].astype(np.int64).reshape(len(integers), -1))
        scale = q.quantization()
        layers.append(
            LayerAgreement(name, tensor, q.dtype, float(scale.scale[0]), int(scale.zero_point[0]), int(gap.max()))
        )
    return Agreement(len(x), float(same.mean()), classes, tuple(layers), tuple(moved))


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
    if graph.tensors[tensor].shape[0] != 1:
        raise AssertionError(f"{tensor} mixes samples: {prod(graph.tensors[tensor].shape)}")
    return tensor
