"""Checkpoints: safetensors with one JSON document in the header. No pickle, written atomically.

Random numbers and the learning rate are functions of seed, epoch and step (see `loop` and `schedule`), so the state of
a training is its weights, its optimizer and its history.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from edgekit.errors import InputError
from edgekit.files import write_atomic

BEST, LAST, RESULT = "best.safetensors", "last.safetensors", "result.json"
# One key only: the header's order of several keys is not defined, and equal states shall be equal files.
KEY = "edgekit"


def save_tensors(path: Path, tensors: dict[str, torch.Tensor], about: dict[str, Any]) -> None:
    """Write `tensors` and the JSON document `about` atomically. Raises MachineError."""
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in sorted(tensors.items())}
    write_atomic(path, save(plain, {KEY: json.dumps(about, sort_keys=True)}))


def load_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The tensors, on the CPU, and the JSON document of a checkpoint.

    Raises:
        InputError: missing, truncated, not safetensors, or not written by edgekit.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            about = json.loads((file.metadata() or {})[KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError, RecursionError) as error:
        text = f"is not a whole checkpoint of edgekit: {type(error).__name__}: {error}"
        raise InputError(str(path), text, "train again") from error
    if not isinstance(about, dict):
        raise InputError(str(path), f"its header must be a JSON object, found {type(about).__name__}", "train again")
    return tensors, about


def load_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in `path`, or None when there is none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def load_weights(network: torch.nn.Module, tensors: dict[str, torch.Tensor], where: Path) -> None:
    """Fill `network` with `tensors`. Raises InputError when names or shapes differ."""
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        first = str(error).splitlines()[1:2] or [str(error)]
        text = f"holds the weights of another network: {first[0].strip()[:200]}"
        raise InputError(str(where), text, "train again, or use the recipe it was trained with") from error


def flatten_optimizer(optimizer: torch.optim.Optimizer) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The state of an optimizer as tensors named `optimizer.INDEX.NAME` and a JSON document with the rest."""
    state = optimizer.state_dict()
    tensors, numbers = {}, {}
    for index, entries in state["state"].items():
        for name, value in entries.items():
            if isinstance(value, torch.Tensor):
                tensors[f"optimizer.{index}.{name}"] = value
            else:
                numbers[f"{index}.{name}"] = value
    return tensors, {"groups": state["param_groups"], "numbers": numbers}


def unflatten_optimizer(
    optimizer: torch.optim.Optimizer, tensors: dict[str, torch.Tensor], about: dict[str, Any]
) -> None:
    """Inverse of `flatten_optimizer`; tensors that are no `optimizer.` ones are ignored."""
    state: dict[int, dict[str, Any]] = {}
    for key, value in [*tensors.items(), *((f"optimizer.{key}", value) for key, value in about["numbers"].items())]:
        kind, _, rest = key.partition(".")
        index, _, name = rest.partition(".")
        if kind == "optimizer":
            state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": about["groups"]})
