"""Checked `options` of a data set, a network or an augmentation: unknown names and wrong types are errors."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from edgekit.errors import InputError
from edgekit.recipe import DataSection


def options(section: DataSection, **defaults: Any) -> SimpleNamespace:
    """The data set's options with `defaults` filled in; each must have the type of its default.

    A default that is a type stands for "no value": the option is then None or of that type.

    Raises:
        InputError: an unknown option or one of the wrong type, with its key and value.
    """
    where = f"[data] options of {section.dataset}"
    for name in section.options:
        if name not in defaults:
            known = ", ".join(sorted(defaults)) or "none"
            raise InputError(where, f"unknown option {name!r}", f"known: {known}")
    values = {}
    for name, default in defaults.items():
        kind = default if isinstance(default, type) else type(default)
        value = section.options.get(name, None if isinstance(default, type) else default)
        if kind is float and type(value) is int:
            value = float(value)
        if value is not None and type(value) is not kind:
            raise InputError(where, f"{name} must be {kind.__name__}, found {value!r}")
        values[name] = value
    return SimpleNamespace(**values)


def at_least(where: str, **limits: tuple[float, float]) -> None:
    """Raise InputError for the first `name=(value, minimum)` with value < minimum."""
    for name, (value, minimum) in limits.items():
        if value < minimum:
            raise InputError(where, f"{name} must be at least {minimum:g}, found {value:g}")
