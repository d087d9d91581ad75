"""Augmentations of training batches, one a file, found by name.

Each offers `apply(x, rng, **options)`: x (N, C, H, W) or (N, F), float; the result has the same shape and device. All
random numbers come from `rng`, drawn for the whole batch at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.recipe import TrainSection

Augmentation = Callable[[torch.Tensor, np.random.Generator], torch.Tensor]


def pipeline(section: TrainSection, shape: tuple[int, ...]) -> Augmentation:
    """All augmentations of the recipe in order, tried once on a sample of `shape` (C, H, W) or (F,).

    Raises:
        InputError: no such augmentation, options it does not take, or a shape it cannot work on.
    """
    for name in section.augment_options:
        if name not in section.augment:
            raise InputError(f"[train.augment_options.{name}]", "is not named in [train] augment")
    steps = [_named(name, section) for name in section.augment]

    def apply(x: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
        for step in steps:
            x = step(x, rng)
        return x

    for name, step in zip(section.augment, steps, strict=True):
        try:
            found = tuple(step(torch.zeros((2, *shape)), np.random.default_rng(0)).shape)
        except InputError:
            raise
        except Exception as error:
            text = f"fails on samples of shape {shape}: {type(error).__name__}: {error}"
            raise InputError(f"[train] augment {name}", text) from error
        if found != (2, *shape):
            raise InputError(f"[train] augment {name}", f"must keep the shape {(2, *shape)}, found {found}")
    return apply


def _named(name: str, section: TrainSection) -> Augmentation:
    found = plugins.module(__name__, name)
    if found is None:
        known = ", ".join(plugins.names(__name__))
        raise InputError("[train] augment", f"no augmentation {name!r}", f"there are: {known}")
    chosen = section.augment_options.get(name, {})
    taken = [p.name for p in inspect.signature(found.apply).parameters.values() if p.kind is p.KEYWORD_ONLY]
    for option in chosen:
        if option not in taken:
            raise InputError(f"[train.augment_options.{name}]", f"no option {option!r}", f"there are: {taken}")
    return partial(found.apply, **chosen)
