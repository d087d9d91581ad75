"""Cross-training: what turns a trained network into one that fits its device, stage by stage.

A stage is a file in `stages/`; what it offers is said there. `edgekit.pipeline.training` runs the wanted ones in order,
each cached by content.
"""

from __future__ import annotations

from types import ModuleType

from edgekit import plugins
from edgekit.recipe import Recipe

STAGES = "edgekit.crosstrain.stages"


def wanted(recipe: Recipe) -> dict[str, ModuleType]:
    """The stages that `recipe` asks for, by name, in the order in which they run. Imports no PyTorch."""
    found = sorted(plugins.modules(STAGES).items(), key=lambda one: (one[1].ORDER, one[0]))
    return {name: stage for name, stage in found if stage.wanted(recipe)}
