"""Zeros inside the weights that stay, for the targets whose kernels skip them.

"2:4": of every four consecutive input channels two are zero, for each output channel and tap: what NVIDIA's sparse
tensor cores read (A. Mishra et al., "Accelerating Sparse Deep Neural Networks", arXiv:2104.08378). "unstructured": the
smallest weights of every layer (S. Han et al., arXiv:1506.02626).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgekit.errors import UsageError
from edgekit.recipe import PruneSection, Recipe
from edgekit.target import Target

if TYPE_CHECKING:
    import torch
    from torch import nn

NONE, TWO_OF_FOUR = "none", "2:4"
KINDS = (NONE, TWO_OF_FOUR, "unstructured")


def gains(target: Target, kind: str) -> bool:
    """Whether the target's backend declares that zeros of this kind make it faster or smaller (`sparsity`)."""
    from edgekit import backends

    backend = backends.backend(target.backend)
    return hasattr(backend, "sparsity") and kind in backend.sparsity(target)


def require(recipe: Recipe) -> None:
    """Raises UsageError where no target of the recipe gains by the zeros that it asks for."""
    from edgekit.target import find_target

    assert recipe.prune is not None
    kind, names = recipe.prune.sparsity, recipe.build.targets
    if kind == NONE or not names:
        return
    chosen = [find_target(name).with_options(recipe.target.get(name, {})) for name in names]
    if not any(gains(target, kind) for target in chosen):
        raise UsageError(
            "[prune] sparsity", f"{', '.join(names)} {'gains' if len(names) == 1 else 'gain'} nothing by {kind} zeros",
            "prune channels (macs, parameters, fit): every target gains by that",
        )  # fmt: skip


def sparsify(network: nn.Module, section: PruneSection, targets: tuple[Target, ...] = ()) -> str:
    """Set the smallest weights of convolutions and fully connected layers to zero, in place; a sentence about it."""
    import torch

    zeros = total = 0
    with torch.no_grad():
        for layer in _layers(network):
            mask = (
                two_of_four(layer.weight) if section.sparsity == TWO_OF_FOUR else smallest(layer.weight, section.zeros)
            )
            layer.weight.mul_(~mask)
            zeros, total = zeros + int(mask.sum()), total + mask.numel()
    without = [target.name for target in targets if not gains(target, section.sparsity)]
    note = f" ({', '.join(without)} gains nothing by it)" if without else ""
    return f"{zeros / total:.1%} of the weights are zero, {section.sparsity}{note}"


def two_of_four(weight: torch.Tensor) -> torch.Tensor:
    """Where the two smallest of every four input channels are; a weight (out, in, ...) whose `in` is no multiple of 4
    has none in its rest, and a depthwise one has none at all."""
    import torch

    groups = weight.shape[1] // 4
    mask = torch.zeros_like(weight, dtype=torch.bool)
    if groups:
        whole = weight[:, : 4 * groups].abs().reshape(weight.shape[0], groups, 4, -1)
        chosen = whole.argsort(dim=2, stable=True)[:, :, :2]
        found = torch.zeros_like(whole, dtype=torch.bool).scatter_(2, chosen, True)
        mask[:, : 4 * groups] = found.reshape(weight.shape[0], 4 * groups, *weight.shape[2:])
    return mask


def smallest(weight: torch.Tensor, share: float) -> torch.Tensor:
    """Where the smallest `share` of the weights are."""
    import torch

    mask = torch.zeros(weight.numel(), dtype=torch.bool)
    mask[weight.detach().abs().flatten().argsort(stable=True)[: int(share * weight.numel())]] = True
    return mask.reshape(weight.shape)


def freeze_zeros(network: nn.Module) -> None:
    """Weights that are zero stay zero in training: they get no gradient, and decay and momentum leave zeros alone."""
    for layer in _layers(network):
        kept = layer.weight.detach() != 0

        def masked(gradient: torch.Tensor, kept: torch.Tensor = kept) -> torch.Tensor:
            return gradient * kept.to(gradient.device)

        layer.weight.register_hook(masked)


def _layers(network: nn.Module) -> list[nn.Module]:
    from torch import nn

    return [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
