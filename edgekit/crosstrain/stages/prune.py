"""Pruning: channels are removed until the budgets are kept, in one or several steps, each with fine-tuning after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgekit.errors import UnsupportedError, UsageError
from edgekit.recipe import PruneSection, Recipe

if TYPE_CHECKING:
    import torch

    from edgekit.crosstrain.budget import Budget, Verdict
    from edgekit.crosstrain.channels import Block, Group
    from edgekit.crosstrain.step import Outcome, Step

ORDER = 20
RESHAPES = True
BATCH = 128


def wanted(recipe: Recipe) -> bool:
    return recipe.prune is not None


def require(recipe: Recipe) -> None:
    """Raises UsageError for settings that contradict each other or name an unknown target."""
    from edgekit.crosstrain import sparsity
    from edgekit.target import find_target
    from edgekit.zoo.extra import needed

    section = _section(recipe)
    needed("torch_pruning")
    if section.macs is None and section.parameters is None and section.fit is None and section.sparsity == "none":
        raise UsageError("[prune]", "has no budget", "give macs, parameters or fit, for example macs = 0.5")
    if section.fit is None and (section.latency_ms is not None or section.instructions is not None):
        raise UsageError("[prune] fit", "is missing: latency_ms and instructions are estimates of a target", "name one")
    if section.fit is not None:
        find_target(section.fit)
    sparsity.require(recipe)


def parts(recipe: Recipe) -> list[Any]:
    """What the result depends on beside the network."""
    from edgekit.crosstrain.rounding import multiple_of
    from edgekit.crosstrain.stages import distill
    from edgekit.pipeline.cache import code
    from edgekit.target import find_target

    section = _section(recipe)
    found: list[Any] = [section.model_dump(mode="json"), recipe.train.model_dump(mode="json"), multiple_of(recipe)]
    if section.fit is not None:
        target = find_target(section.fit).with_options(recipe.target.get(section.fit, {}))
        found += [target.model_dump(mode="json"), code("backends", "planner", "quantization", "graph", "passes")]
    return found + (distill.parts(recipe) if section.distill and recipe.distill else [])


def run(step: Step) -> Outcome:
    """Prune and tune."""
    from edgekit.crosstrain import channels, sparsity
    from edgekit.crosstrain.budget import Budget
    from edgekit.crosstrain.rounding import multiple_of
    from edgekit.crosstrain.step import Outcome

    section = _section(step.recipe)
    original = network = step.before.network
    budget = Budget(step.recipe, step.data, original, step.before.signature)
    multiple = multiple_of(step.recipe)
    steps = section.steps if budget.any else 1
    first: dict[str, int] = {}
    said: list[str] = []
    change: dict[str, Any] = {"sizes": {}, "sparsity": sparsity.NONE}
    for number in range(1, steps + 1):
        if budget.any:
            found = _groups(step, network)
            first = first or {group.layer: group.channels for group in found}
            blocks = channels.order(found, section.scope, multiple, first)
            network, text = _pruned(step, network, blocks, budget, steps - number + 1)
            change["sizes"] = channels.sizes(original, network)
            said = [part for part in (f"by {section.importance}, {budget.left(network)}", text) if part]
        if number == steps and section.sparsity != sparsity.NONE:
            said.append(sparsity.sparsify(network, section, step.targets))
            change["sparsity"] = section.sparsity
        network = _tuned(step, f"step {number}", network, change)
    facts = {"steps": steps, "multiple": multiple, "layers": change["sizes"]}
    return Outcome(network, change, facts, "; ".join(said))


def rebuild(network: torch.nn.Module, change: dict[str, Any]) -> torch.nn.Module:
    """Give the layers the sizes that they had after pruning. Raises ValueError, KeyError, AttributeError."""
    from edgekit.crosstrain import channels, sparsity

    if change["sparsity"] not in sparsity.KINDS:
        raise ValueError(f"unknown sparsity {change['sparsity']!r:.40}")
    return channels.resize(network, change["sizes"])


def filled(network: torch.nn.Module, change: dict[str, Any]) -> None:
    """Keep zeros zero, whatever trains the network further."""
    from edgekit.crosstrain import sparsity

    if change["sparsity"] != sparsity.NONE:
        sparsity.freeze_zeros(network)


def _section(recipe: Recipe) -> PruneSection:
    assert recipe.prune is not None
    return recipe.prune


def _groups(step: Step, network: torch.nn.Module) -> list[Group]:
    import torch

    from edgekit.crosstrain import channels

    section = _section(step.recipe)
    if section.importance == "taylor":
        _gradients(step, network)
    example = torch.zeros((1, *step.before.signature.shape))
    found = channels.groups(network, example, section.importance, section.keep)
    if not found:
        raise UnsupportedError(
            "[prune]",
            f"the network has no channels that may go by {section.importance}",
            "another importance, or keep less",
        )
    return found


def _gradients(step: Step, network: torch.nn.Module) -> None:
    """Gradients of the task's loss over some training samples."""
    import numpy as np
    import torch

    from edgekit.train import evaluate

    data, task = step.data, step.before.signature.task
    count = min(_section(step.recipe).samples, len(data.train_x))
    chosen = np.sort(np.random.default_rng(step.recipe.train.seed).permutation(len(data.train_x))[:count])
    x, y = evaluate.tensor(data.train_x[chosen]), torch.from_numpy(data.train_y[chosen])
    network.eval().zero_grad()
    for part, wanted in zip(x.split(BATCH), y.split(BATCH), strict=True):
        batch = part.contiguous()
        (evaluate.loss_of(task, network(batch), batch, wanted) * (len(part) / count)).backward()


def _pruned(
    step: Step, network: torch.nn.Module, blocks: list[Block], budget: Budget, left: int
) -> tuple[torch.nn.Module, str]:  # fmt: skip
    """What is left of the network after one of `left` equal steps to the budgets, and what the target said in the end.

    Raises:
        UnsupportedError: the budgets cannot be kept.
    """
    from edgekit.crosstrain import channels
    from edgekit.crosstrain.budget import fewest

    verdicts: dict[int, Verdict] = {}

    def kept(count: int) -> bool:
        if step.progress is not None:
            step.progress(len(verdicts), len(blocks).bit_length() + 2, "prune: asking whether the budgets are kept")
        verdicts[count] = budget.judge(channels.without(network, budget.example, blocks[:count]))
        return verdicts[count].kept

    needed = fewest(len(blocks), kept)
    if needed is None:
        raise UnsupportedError(
            "[prune]", f"the smallest that is left does not keep the budgets: {verdicts[len(blocks)].text}",
            "larger budgets, a smaller `multiple`, or fewer layers in `keep`",
        )  # fmt: skip
    count = -(-needed // left)
    text = verdicts[count].text if count in verdicts else ""
    return channels.without(network, budget.example, blocks[:count]), text


def _tuned(step: Step, name: str, network: torch.nn.Module, change: dict[str, Any]) -> torch.nn.Module:
    section = _section(step.recipe)
    if section.epochs == 0:
        return network
    teaching = step.teaching() if section.distill else None
    if teaching is None:
        return step.tune(name, network, change, step.settings(section))
    criterion, identity = teaching.criterion(), teaching.identity
    return step.tune(name, network, change, step.settings(section), criterion=criterion, identity=identity)
