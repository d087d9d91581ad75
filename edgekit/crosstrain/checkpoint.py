"""Networks that stages have changed, on disk: safetensors, and in its header the changes as JSON. No pickle.

The network is rebuilt by the recipe's factory, each change is made again by the stage that made it, and the weights are
filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from edgekit import plugins
from edgekit.crosstrain import STAGES
from edgekit.errors import InputError
from edgekit.recipe import Recipe
from edgekit.train import checkpoint
from edgekit.train.export import signature_of
from edgekit.train.network import Signature, build

CHANGES = "changes"
Change = dict[str, Any]  # {"stage": its name, "change": JSON of its own}
# What a checkpoint says about its network, whoever wrote it.
ABOUT = ("network", "options", "task", "shape", "outputs", "classes", "preprocessing")


@dataclass(frozen=True)
class Loaded:
    """A network with its weights, in eval mode; `about`: the header's entries that later checkpoints keep."""

    network: torch.nn.Module
    signature: Signature
    about: dict[str, Any]
    changes: tuple[Change, ...]


def load(recipe: Recipe, path: Path) -> Loaded:
    """The network of a checkpoint, of plain training or of a stage.

    Raises:
        InputError: malformed, of another recipe's network, or its changes do not fit it.
    """
    tensors, header = checkpoint.load_tensors(path)
    signature = signature_of(recipe, header, path)
    network = build(recipe.model, signature)
    changes = _changes(header, path)
    try:
        for one in changes:
            network = _stage(one).rebuild(network, one["change"])
        if changes:
            with torch.no_grad():
                network.eval()(torch.zeros((1, *signature.shape)))
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        text = f"its changes do not fit the network: {type(error).__name__}: {str(error)[:200]}"
        raise InputError(str(path), text, "train again") from error
    checkpoint.load_weights(network, tensors, path)
    for one in changes:
        if hasattr(_stage(one), "filled"):
            _stage(one).filled(network, one["change"])
    about = {name: header[name] for name in ABOUT if name in header}
    return Loaded(network.eval(), signature, about, changes)


def save(path: Path, network: torch.nn.Module, about: dict[str, Any], changes: tuple[Change, ...]) -> None:
    """Write a checkpoint atomically. Raises MachineError."""
    checkpoint.save_tensors(path, network.state_dict(), {**about, CHANGES: list(changes)})


def _stage(change: Change) -> Any:
    return plugins.module(STAGES, change["stage"])


def _changes(header: dict[str, Any], path: Path) -> tuple[Change, ...]:
    found = header.get(CHANGES, [])
    whole = isinstance(found, list) and all(
        isinstance(one, dict) and set(one) == {"stage", "change"} and isinstance(one["stage"], str) for one in found
    )
    known = [one["stage"] for one in found if hasattr(_stage(one), "rebuild")] if whole else []
    if not whole or len(known) < len(found):
        raise InputError(str(path), f"its header names changes that no stage makes: {found!r:.80}", "train again")
    return tuple(found)
