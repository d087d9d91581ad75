"""Noise-aware training for analog crossbars: the network learns while its weights and converters are as a chip's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgekit.errors import UsageError
from edgekit.recipe import AnalogSection, Recipe

if TYPE_CHECKING:
    from edgekit.crosstrain.step import Outcome, Step

ORDER = 50


def wanted(recipe: Recipe) -> bool:
    return recipe.analog is not None


def require(recipe: Recipe) -> None:
    """Raises UsageError for settings that contradict each other."""
    section = _section(recipe)
    if section.epochs == 0:
        raise UsageError("[analog] epochs", "must be at least 1, found 0", "leave [analog] out to train without noise")
    if not (section.weight_noise or section.output_noise or section.bits):
        raise UsageError("[analog]", "has neither noise nor converters", "set weight_noise, output_noise or bits")


def parts(recipe: Recipe) -> list[Any]:
    """What the result depends on beside the network."""
    section = _section(recipe)
    teacher = recipe.distill.model_dump(mode="json") if recipe.distill is not None and section.distill else None
    return [section.model_dump(mode="json"), recipe.train.model_dump(mode="json"), teacher]


def run(step: Step) -> Outcome:
    """Tune the network under noise.

    Raises:
        UnsupportedError: it has no layer that would lie on a crossbar.
    """
    from functools import partial

    from edgekit.crosstrain import analog_noise
    from edgekit.crosstrain.step import Outcome

    section = _section(step.recipe)
    layers = analog_noise.layers_of(step.before.network, section.depthwise)
    teaching = step.teaching() if section.distill else None
    criterion = partial(analog_noise.noisy, section, None if teaching is None else teaching.criterion())
    identity = {
        "analog": section.model_dump(mode="json"),
        "teacher": None if teaching is None else teaching.identity,
    }
    network = step.tune(
        "tuning", step.before.network, None, step.settings(section), criterion=criterion, identity=identity
    )
    analog_noise.clip(analog_noise.layers_of(network, section.depthwise), section.clip)
    facts = {"epochs": section.epochs, "weight_noise": section.weight_noise, "layers": len(layers)}
    noise = f"noise of {section.weight_noise:.1%} of the largest weight"
    text = f"{section.epochs} epochs with {noise} in {len(layers)} layers"
    return Outcome(network, None, facts, text)


def _section(recipe: Recipe) -> AnalogSection:
    assert recipe.analog is not None
    return recipe.analog
