"""To which multiples channels are rounded: what the kernels of the targets like, as their backends declare it."""

from __future__ import annotations

from math import lcm

from edgekit.recipe import Recipe
from edgekit.target import Target


def multiple_of(recipe: Recipe) -> int:
    """`[prune] multiple`, or the least common multiple over the target to fit and those of the build."""
    from edgekit.target import find_target

    section = recipe.prune
    assert section is not None
    if section.multiple is not None:
        return section.multiple
    names = dict.fromkeys([*([section.fit] if section.fit else []), *recipe.build.targets])
    return lcm(*(liked(find_target(name).with_options(recipe.target.get(name, {}))) for name in names))


def liked(target: Target) -> int:
    """The multiple that the target's backend declares (`channel_multiple`); 1 where it declares none."""
    from edgekit import backends

    backend = backends.backend(target.backend)
    return int(backend.channel_multiple(target)) if hasattr(backend, "channel_multiple") else 1
