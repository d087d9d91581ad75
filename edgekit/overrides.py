"""Options of microcontroller targets that the command line may set for one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from edgekit import backends
from edgekit.errors import UsageError
from edgekit.recipe import validated
from edgekit.target import Target


def overridden(targets: Sequence[Target], optimize: str | None = None, ram_limit: int | None = None) -> list[Target]:
    """The targets with these options instead of their own; None leaves an option as it is.

    Args:
        optimize: `speed`, `ram` or `flash`.
        ram_limit: bytes of arena.

    Raises:
        UsageError: a target has no such option, or it does not take the value.
    """
    given = {"optimize": optimize, "ram_limit": ram_limit}
    wanted = {name: value for name, value in given.items() if value is not None}
    for target in targets:
        for name, value in wanted.items():
            field = backends.backend(target.backend).Options.model_fields.get(name)
            flag = f"--{name.replace('_', '-')}"
            if field is None:
                raise UsageError(flag, f"the target {target.name} has no such choice", "leave it out")
            offered = get_args(field.annotation)
            if name == "optimize" and value not in offered:
                raise UsageError(flag, f"is one of {', '.join(offered)}, found {value!r}")
    chosen = [target.with_options(wanted) for target in targets]
    for target in chosen:
        validated(backends.backend(target.backend).Options, target.options, f"[target.{target.name}]")
    return chosen
