"""Distillation in a fine-tuning of its own: the network, pruned or not, learns from its teacher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgekit.errors import UsageError
from edgekit.recipe import Recipe

if TYPE_CHECKING:
    from edgekit.crosstrain.step import Outcome, Step

ORDER = 40


def wanted(recipe: Recipe) -> bool:
    return recipe.distill is not None and recipe.distill.when == "after"


def require(recipe: Recipe) -> None:
    """Raises UsageError for settings that contradict each other."""
    section = recipe.distill
    assert section is not None
    if section.epochs == 0:
        raise UsageError("[distill] epochs", "must be at least 1 for a fine-tuning of its own, found 0")


def parts(recipe: Recipe) -> list[Any]:
    """What the result depends on beside the network."""
    from pathlib import Path

    from edgekit import files
    from edgekit.crosstrain.teachers import FILES

    assert recipe.distill is not None
    teacher = recipe.distill.teacher
    content = files.sha256(Path(teacher)) if teacher.endswith(FILES) else None
    return [recipe.distill.model_dump(mode="json"), recipe.train.model_dump(mode="json"), content]


def run(step: Step) -> Outcome:
    """Tune with the teacher's loss."""
    from edgekit.crosstrain.step import Outcome

    section = step.recipe.distill
    assert section is not None
    teaching = step.teaching()
    assert teaching is not None
    network = step.tune(
        "tuning", step.before.network, None, step.settings(section), criterion=teaching.criterion(),
        identity=teaching.identity,
    )  # fmt: skip
    text = f"taught by {teaching.name} for {section.epochs} epochs"
    return Outcome(network, None, {"teacher": teaching.name, "epochs": section.epochs}, text)
