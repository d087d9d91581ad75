"""Channels of a network: which depend on each other, how much each matters, and taking some away.

The dependency graph and the importances are Torch-Pruning's (G. Fang et al., "DepGraph", arXiv:2301.12900): L2 norm of
all weights that would go; batch-norm scale (Z. Liu et al., "Network Slimming", arXiv:1708.06519); Taylor expansion,
|weight * gradient| (P. Molchanov et al., arXiv:1906.10771).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
import torch_pruning
from torch import nn

from edgekit.errors import InputError, UnsupportedError

ROOTS = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
Importance = Literal["magnitude", "bn-scale", "taylor"]
Scope = Literal["layer", "network"]


@dataclass(frozen=True)
class Group:
    """Channels that can only go together, in all layers that share them.

    Attributes:
        layer: the first of the layers that produce them.
        importance: of each channel (channels,), 1 on average over the group.
        channels: how many there are.
    """

    layer: str
    importance: torch.Tensor

    @property
    def channels(self) -> int:
        return len(self.importance)


@dataclass(frozen=True)
class Block:
    """Channels `indices` of the group that `layer` stands for, which go at once."""

    layer: str
    indices: tuple[int, ...]


def groups(network: nn.Module, example: torch.Tensor, importance: Importance, keep: Sequence[str]) -> list[Group]:
    """All groups of channels that may go; gradients must be there for "taylor".

    Not among them: the network's outputs, layers named in `keep`, channels of grouped convolutions that are not
    depthwise, and with "bn-scale" channels without a batch norm.

    Raises:
        InputError: no layer has a name in `keep`. UnsupportedError: the network's graph cannot be traced.
    """
    names = {module: name for name, module in network.named_modules()}
    for name in keep:
        if name not in names.values():
            known = ", ".join(n for m, n in names.items() if isinstance(m, ROOTS))
            raise InputError("[prune] keep", f"the network has no layer {name!r}", f"there are: {known:.300}")
    measure = _MEASURES[importance]()
    graph = _graph(network, example)
    found = []
    for group in graph.get_all_groups(root_module_types=list(ROOTS)):
        modules = [dep.target.module for dep, _ in group]
        if any(names.get(module) in keep for module in modules) or any(map(_grouped, modules)):
            continue
        if any(not dep.target.outputs and graph.is_out_channel_pruning_fn(dep.handler) for dep, _ in group):
            continue
        values = measure(group)
        if values is not None:
            found.append(Group(names[group[0].dep.target.module], values.detach().cpu()))
    return found


_MEASURES = {
    "magnitude": torch_pruning.importance.GroupMagnitudeImportance,
    "bn-scale": torch_pruning.importance.BNScaleImportance,
    "taylor": torch_pruning.importance.GroupTaylorImportance,
}


def _graph(network: nn.Module, example: torch.Tensor) -> Any:
    try:
        return torch_pruning.DependencyGraph().build_dependency(network.eval(), example)
    except Exception as error:
        text = f"Torch-Pruning cannot trace the network: {type(error).__name__}: {str(error)[:200]}"
        raise UnsupportedError(
            "[prune]", text, "leave [prune] out, or write the network without such operations"
        ) from error


def _grouped(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and 1 < module.groups < module.out_channels


def order(found: Sequence[Group], scope: Scope, multiple: int, first: Mapping[str, int]) -> list[Block]:
    """Blocks of channels in the order in which they go; after each, its group has a multiple of `multiple` channels.

    Scope "layer": all groups lose the same share of the channels that they had at `first`, rounded to the nearest
    multiple, the less important block first where shares are equal. Scope "network": by importance alone. At least
    `multiple` channels stay.
    """
    ranked = []
    for number, group in enumerate(found):
        indices = torch.argsort(group.importance, stable=True).tolist()
        left = group.channels
        while left - (size := left % multiple or multiple) >= multiple:
            chosen, indices = indices[:size], indices[size:]
            left -= size
            mean = float(group.importance[chosen].mean())
            share = 1 - (left + size / 2) / first[group.layer]
            key = (share, mean, number) if scope == "layer" else (mean, -left, number)
            ranked.append((key, Block(group.layer, tuple(chosen))))
    return [block for _, block in sorted(ranked, key=lambda one: one[0])]


def without(network: nn.Module, example: torch.Tensor, blocks: Sequence[Block]) -> nn.Module:
    """A copy of `network` that lacks the channels of `blocks`, whose indices count `network`'s channels."""
    gone: dict[str, list[int]] = {}
    for block in blocks:
        gone.setdefault(block.layer, []).extend(block.indices)
    made = copy.deepcopy(network)
    if not gone:
        return made
    graph = _graph(made, example)
    for name, indices in gone.items():
        layer = made.get_submodule(name)
        handler = graph.get_pruner_of_module(layer).prune_out_channels
        graph.get_pruning_group(layer, handler, sorted(indices)).prune()
    made.zero_grad(set_to_none=True)
    return made


# Attributes that say a module's size, and its parameters and buffers of that size.
_SIZES: dict[type[nn.Module], tuple[str, ...]] = {
    nn.Conv2d: ("in_channels", "out_channels", "groups"),
    nn.ConvTranspose2d: ("in_channels", "out_channels", "groups"),
    nn.Linear: ("in_features", "out_features"),
    nn.BatchNorm1d: ("num_features",),
    nn.BatchNorm2d: ("num_features",),
}
LARGEST = 1 << 20


def sizes(network: nn.Module, pruned: nn.Module) -> dict[str, dict[str, int]]:
    """Of every layer of `pruned` that has another size than in `network`: its sizes.

    Raises:
        UnsupportedError: a module changed whose sizes are not known here.
    """
    found = {}
    for (name, before), (_, after) in zip(network.named_modules(), pruned.named_modules(), strict=True):
        shapes = [[tuple(t.shape) for t in (*m.parameters(False), *m.buffers(False))] for m in (before, after)]
        if type(after) in _SIZES:
            values = {key: int(getattr(after, key)) for key in _SIZES[type(after)]}
            if values != {key: getattr(before, key) for key in values}:
                found[name] = values
        elif shapes[0] != shapes[1]:
            raise UnsupportedError(
                f"[prune] layer {name}", f"{type(after).__name__} cannot lose channels", "name it in keep"
            )
    return found


def resize(network: nn.Module, plan: Mapping[str, Mapping[str, int]]) -> nn.Module:
    """Give the layers of `network` the sizes of `plan`, as `sizes` tells them; their values are undefined afterwards.

    Raises:
        ValueError, AttributeError: the plan does not fit the network.
    """
    for name, values in plan.items():
        layer = network.get_submodule(name)
        keys = _SIZES.get(type(layer))
        if keys is None or set(values) != set(keys):
            raise ValueError(f"layer {name} has no sizes {sorted(values)}")
        if not all(type(v) is int and 0 < v < LARGEST for v in values.values()):
            raise ValueError(f"sizes of layer {name} must be whole numbers above 0, found {dict(values)}")
        fresh = _fresh(layer, dict(values))
        for key, value in values.items():
            setattr(layer, key, value)
        for key, tensor in (*fresh.named_parameters(), *fresh.named_buffers()):
            if isinstance(tensor, nn.Parameter):
                setattr(layer, key, tensor)
            else:
                layer.register_buffer(key, tensor)
    return network


def _fresh(layer: nn.Module, values: dict[str, int]) -> nn.Module:
    if isinstance(layer, nn.Linear):
        return nn.Linear(**values, bias=layer.bias is not None)
    if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
        return type(layer)(**values, affine=layer.affine, track_running_stats=layer.track_running_stats)
    assert isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
    return type(layer)(**values, kernel_size=layer.kernel_size, bias=layer.bias is not None)


def counted(network: nn.Module, example: torch.Tensor) -> tuple[int, int]:
    """(multiply-accumulates of convolutions and fully connected layers for one sample, parameters of those)."""
    macs = 0

    def count(layer: Any, _: Any, output: torch.Tensor) -> None:
        nonlocal macs
        if isinstance(layer, nn.ConvTranspose2d):
            raise UnsupportedError("[prune] macs", "transposed convolutions are not counted", "budget parameters")
        macs += layer.weight[0].numel() * output[0].numel()

    layers = [m for m in network.modules() if isinstance(m, ROOTS)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    try:
        with torch.no_grad():
            network.eval()(example)
    finally:
        for hook in hooks:
            hook.remove()
    return macs, sum(p.numel() for layer in layers for p in layer.parameters())
