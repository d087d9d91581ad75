"""Networks by name: of the zoo or a user's own factory, checked by one forward pass."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from edgekit import plugins
from edgekit.errors import EdgekitError, InputError
from edgekit.recipe import ModelSection
from edgekit.zoo import MODELS
from edgekit.zoo.data import Data

TASKS = ("classification", "regression", "reconstruction")


@dataclass(frozen=True)
class Signature:
    """What a network maps to what: the shape of one sample as PyTorch sees it, (C, H, W) or (F,); number of outputs."""

    task: str
    shape: tuple[int, ...]
    outputs: int

    @classmethod
    def of(cls, data: Data, task: str) -> Signature:
        *rest, channels = data.sample_shape
        shape = (channels, *rest)
        if task == "classification":
            return cls(task, shape, len(data.classes))
        y = data.train_y
        return cls(task, shape, math.prod(shape) if task == "reconstruction" else y.shape[1] if y.ndim > 1 else 1)


def task_of(wanted: str, section: ModelSection, data: Data) -> str:
    """The task: `wanted` unless that is "auto", then the zoo network's own, then what the data set is made for.

    Raises:
        InputError: the data set does not fit the task.
    """
    if wanted == "auto":
        found = plugins.module(MODELS, section.network)
        floating = data.train_y.dtype.kind == "f"
        wanted = "classification" if data.classes else "regression" if floating else "reconstruction"
        wanted = getattr(found, "TASK", wanted)
    if wanted == "classification" and len(data.classes) < 2:
        raise InputError("[train] task", f"classification needs at least 2 classes, found {len(data.classes)}")
    if wanted == "regression" and data.train_y.dtype.kind != "f":
        raise InputError("[train] task", f"regression needs floating-point targets, found {data.train_y.dtype}")
    return wanted


def build(section: ModelSection, signature: Signature) -> torch.nn.Module:
    """Build the network and try it on two samples of zeros.

    Raises:
        InputError: no such network or factory, wrong options, an exception inside the factory or the forward pass, or
            outputs of the wrong shape.
    """
    where = f"[model] network {section.network}"
    factory = _factory(section.network, where)
    try:
        inspect.signature(factory).bind(signature.shape, signature.outputs, **section.options)
    except TypeError as error:
        raise InputError(where, f"does not take these options: {error}", _options(factory)) from error
    try:
        network = factory(signature.shape, signature.outputs, **section.options)
        if not isinstance(network, torch.nn.Module):
            raise InputError(where, f"the factory must return a torch.nn.Module, found {type(network).__name__}")
        mode = network.training
        with torch.no_grad():
            output = network.eval()(torch.zeros((2, *signature.shape)))
        network.train(mode)
    except EdgekitError:
        raise
    except Exception as error:
        text = f"fails for samples of shape {signature.shape}: {type(error).__name__}: {str(error)[:300]}"
        raise InputError(where, text, "check the options and the shape of the data set's samples") from error
    _check_output(output, signature, where)
    return network


def source_digest(section: ModelSection) -> str:
    """SHA-256 of the source file that the network's factory is in, or "" where it has none."""
    factory = _factory(section.network, f"[model] network {section.network}")
    try:
        return hashlib.sha256(Path(inspect.getfile(factory)).read_bytes()).hexdigest()
    except (TypeError, OSError):
        return ""


def _check_output(output: Any, signature: Signature, where: str) -> None:
    found = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output).__name__
    wanted = (2, signature.outputs)
    fits = isinstance(found, tuple) and found[:1] == (2,) and math.prod(found[1:]) == signature.outputs
    if not fits or (signature.task == "classification" and found != wanted):
        raise InputError(where, f"for {signature.task} two samples must give an output of {wanted}, found {found}")


def _options(factory: Callable[..., Any]) -> str:
    taken = [p for p in inspect.signature(factory).parameters.values() if p.kind is p.KEYWORD_ONLY]
    return "options: " + (", ".join(f"{p.name} = {p.default!r}" for p in taken) or "none")


def _factory(name: str, where: str) -> Callable[..., Any]:
    if ":" not in name:
        found = plugins.module(MODELS, name)
        if found is None:
            known = ", ".join(plugins.names(MODELS))
            raise InputError(where, "is not in the zoo", f"there are: {known}; or name your own package.module:factory")
        factory: Callable[..., Any] = found.build
        return factory
    module, _, attribute = name.partition(":")
    target: Any = _user_module(module, where)
    for part in attribute.split("."):
        if not hasattr(target, part):
            raise InputError(where, f"module {module} has no {attribute!r}")
        target = getattr(target, part)
    if not callable(target):
        raise InputError(where, f"must be callable, found {type(target).__name__}")
    found_factory: Callable[..., Any] = target
    return found_factory


def _user_module(name: str, where: str) -> ModuleType:
    # An installed command does not search the current folder, where a user's module usually lies.
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise InputError(where, f"cannot be imported: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(here)
