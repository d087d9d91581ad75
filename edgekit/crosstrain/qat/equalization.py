"""Cross-layer equalization before the tuning: what no step size can mend, channels of one activation whose ranges are
far apart, is mended in the weights first.

Between two layers that only a ReLU separates, channel c of the first may be divided by any s_c > 0 when the second
multiplies what it reads of that channel by s_c: the same function, other ranges. Source and choice of s as in
`edgekit.quantization.fixes.equalization`, which does this to a float graph; here it is done to weights and batch norms.
"""

from __future__ import annotations

import torch

from edgekit.crosstrain.qat.network import FakeQuantized
from edgekit.crosstrain.qat.operation import INPUT
from edgekit.crosstrain.qat.weighted import Weighted

SWEEPS = 20
SETTLED = 1e-3
LIMIT = 2.0**16  # of a channel's scale: weights shall stay well inside float32
SAMPLES = 256  # at once
TINY = 1e-30


def pairs(network: FakeQuantized) -> list[tuple[str, str]]:
    """Names of layers with weights between which nothing but a ReLU lies, if anything."""
    readers: dict[str, list[str]] = {network.output: [""]}
    for layer in network.order:
        for name in layer.inputs:
            readers.setdefault(name, []).append(layer.name)
    found = []
    for first, names in readers.items():
        if first == INPUT or len(names) != 1 or not names[0]:
            continue
        one, two = network.operation(first), network.operation(names[0])
        if isinstance(one, Weighted) and isinstance(two, Weighted) and one.activation in ("none", "relu"):
            channels = two.folded.weight.shape
            if channels[1] == len(one.folded.weight) or _depthwise(one, two):
                found.append((first, names[0]))
    return found


def divide(network: FakeQuantized, pair: tuple[str, str], scale: torch.Tensor) -> None:
    """Divide what the first layer gives by `scale` (channels,), and let the second take it back."""
    one, two = (network.operation(name) for name in pair)
    weight, first = two.folded.weight, one.folded
    with torch.no_grad():
        if first.norm is not None:
            first.norm.weight /= scale
            first.norm.bias /= scale
        else:
            first.weight /= scale.reshape(-1, *[1] * (first.weight.ndim - 1))
            if hasattr(first, "bias"):
                first.bias /= scale
        axis = 0 if _depthwise(one, two) else 1
        weight *= scale.reshape([-1 if i == axis else 1 for i in range(weight.ndim)])


def equalize(network: FakeQuantized, x: torch.Tensor) -> bool:
    """Give the channels between layers alike ranges, over samples x (N, ...). False where no pair of layers is."""
    found = pairs(network)
    reach: dict[str, torch.Tensor] = {}
    with network.floating():
        for batch in x.split(SAMPLES):
            values = network.values(batch)
            for first, _ in found:
                largest = values[first].abs().amax([0, *range(2, values[first].ndim)])
                reach[first] = torch.maximum(reach.get(first, largest), largest)
    for _ in range(SWEEPS):
        moved = 0.0
        for pair in found:
            scale = _scale(network, pair, reach[pair[0]])
            divide(network, pair, scale)
            reach[pair[0]] = reach[pair[0]] / scale
            moved = max(moved, float(scale.log().abs().max()))
        if moved < SETTLED:
            break
    return bool(found)


def _depthwise(one: torch.nn.Module, two: torch.nn.Module) -> bool:
    weight = two.folded.weight
    return bool(weight.ndim == 4 and weight.shape[1] == 1 and len(weight) == len(one.folded.weight) > 1)


def _scale(network: FakeQuantized, pair: tuple[str, str], reach: torch.Tensor) -> torch.Tensor:
    one, two = (network.operation(name) for name in pair)
    weight = two.folded.weight.detach().abs().flatten(2) if two.folded.weight.ndim > 2 else two.folded.weight.abs()
    if _depthwise(one, two):  # its weights have a scale per channel of their own
        ratio, alive = reach, reach > 0
    else:
        weight = weight.detach().reshape(len(weight), len(reach), -1)
        whole = weight.amax((1, 2) if two.PER_CHANNEL else (0, 1, 2)).clamp(min=TINY)
        reads = (weight / whole.reshape(-1, 1, 1)).amax((0, 2))
        alive = (reach > 0) & (reads > 0)
        ratio = torch.sqrt(reach / reads.clamp(min=TINY))
    if not alive.any():
        return torch.ones_like(reach)
    ratio = torch.where(alive, ratio / ratio[alive].log().mean().exp(), 1.0)
    return ratio.clamp(1 / LIMIT, LIMIT)
