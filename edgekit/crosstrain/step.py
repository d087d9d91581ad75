"""What a stage is given and gives back, and fine-tuning for all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgekit import files
from edgekit.recipe import Recipe, TuneSection
from edgekit.train.result import Progress

if TYPE_CHECKING:
    import torch

    from edgekit.crosstrain.checkpoint import Change, Loaded
    from edgekit.crosstrain.teachers import Teaching
    from edgekit.target import Target
    from edgekit.train.network import Signature
    from edgekit.train.tuning import Criterion
    from edgekit.zoo.data import Data


@dataclass(frozen=True)
class Step:
    """What a stage is given.

    Attributes:
        stage: its name.
        before: the network as the stage before left it; the stage may change the module in place.
        checkpoint: the file that `before` was loaded from.
        trained: the checkpoint of the network as it was first trained: the teacher "self".
        folder: survives Ctrl-C: when the stage is run again for the same parts, it finds there what it has written.
        targets: those that the build is for.
    """

    stage: str
    recipe: Recipe
    data: Data
    before: Loaded
    checkpoint: Path
    trained: Path
    folder: Path
    targets: tuple[Target, ...] = ()
    progress: Progress | None = None

    def tune(
        self,
        name: str,
        network: torch.nn.Module,
        change: dict[str, Any] | None,
        settings: dict[str, Any],
        *,
        criterion: Callable[[torch.nn.Module, Data], Criterion] | None = None,
        before_epoch: Callable[[torch.nn.Module, int, int], None] | None = None,
        identity: dict[str, Any] | None = None,
    ) -> torch.nn.Module:
        """Train `network` further by the trainer's own loop, and return it with the weights of the best epoch.

        Interrupted, it goes on after the last whole epoch when called again with the same things.

        Args:
            name: of a sub-folder for its state: one per fine-tuning of a stage.
            network, change: as in `Outcome`, as they are before the training.
            settings: keys of `[train]` that are set otherwise: epochs, learning_rate, ...
            criterion, before_epoch: see `edgekit.train.tuning.Tuning`; picklable.
            identity: JSON of what `criterion` and `before_epoch` depend on, contents, not paths.

        Raises:
            what `edgekit.train.train` raises.
        """
        from edgekit.crosstrain import checkpoint
        from edgekit.train import launched, train
        from edgekit.train.tuning import Tuning

        folder = self.folder / name
        start = folder / "start.safetensors"
        changes = self.changes(change)
        checkpoint.save(start, network, self.before.about, changes)
        alone = {"devices": 1, "nodes": 1, "strategy": "auto"} if launched() or self.recipe.train.nodes > 1 else {}
        log = self.recipe.train.tensorboard
        apart = {"tensorboard": log / f"{self.stage} {name}"} if isinstance(log, Path) else {}
        changed = {"min_accuracy": None, "early_stop": None, **settings, **alone, **apart}
        section = self.recipe.train.model_copy(update=changed)
        recipe = self.recipe.model_copy(update={"train": section})
        tuning = Tuning(
            partial(_network, recipe, start), criterion, before_epoch,
            {"start": files.sha256(start), **(identity or {})}, {checkpoint.CHANGES: list(changes)},
        )  # fmt: skip
        result = train(recipe, folder, progress=self._progress(name), data=self.data, tuning=tuning)
        return checkpoint.load(recipe, result.checkpoint).network

    def settings(self, section: TuneSection) -> dict[str, Any]:
        """`settings` of `tune` as a section of the recipe has them; half the first training's rate without any."""
        rate = section.learning_rate or self.recipe.train.learning_rate / 2
        return {"epochs": section.epochs, "learning_rate": rate, "warmup_epochs": section.warmup_epochs}

    def teaching(self) -> Teaching | None:
        """The recipe's teacher (`criterion`, `identity` for `tune`), trained first if need be; None: no [distill]."""
        from edgekit.crosstrain.teachers import teaching

        return teaching(self.recipe, self.data, self.trained, self.folder.parent, self.progress)

    def changes(self, change: dict[str, Any] | None) -> tuple[Change, ...]:
        """The changes of earlier stages and this one's."""
        mine = () if change is None else ({"stage": self.stage, "change": change},)
        return (*self.before.changes, *mine)

    def _progress(self, name: str) -> Progress | None:
        if self.progress is None:
            return None
        report = self.progress

        def shown(done: int, total: int, text: str) -> None:
            report(done, total, f"{self.stage} {name}: {text}")

        return shown


def _network(recipe: Recipe, start: Path, signature: Signature) -> torch.nn.Module:
    from edgekit.crosstrain import checkpoint

    return checkpoint.load(recipe, start).network.train()


@dataclass(frozen=True)
class Outcome:
    """What a stage gives back.

    Attributes:
        network: with its weights.
        change: JSON by which the stage's `rebuild` makes the same modules again; None where it changed weights only.
        facts: JSON about what was done, for the manifest.
        text: the same for people, in a few words.
    """

    network: torch.nn.Module
    change: dict[str, Any] | None
    facts: dict[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table of stages: the network as the stage left it.

    Attributes:
        metric: accuracy, or negative_mse; `score`: on the test part, NaN without one; `auc`: of anomaly detection.
        macs, parameters: of the float graph as it is built, batch norms folded; `bytes`: its constants in int8.
        seconds: the stage took; facts, text: see `Outcome`.
    """

    stage: str
    metric: str
    score: float | None
    auc: float | None
    macs: int
    parameters: int
    bytes: int
    seconds: float
    facts: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def sentence(self) -> str:
        """One line for people."""
        auc = None if self.auc is None else f"area under the ROC curve {self.auc:.4f}"
        score = None if self.score is None else f"{self.metric.replace('_', ' ')} {self.score:.4f} on the test part"
        size = f"{self.bytes:,} bytes in int8, {self.parameters:,} parameters, {self.macs:,} MACs"
        return "; ".join(part for part in (auc or score, size, self.text) if part)
