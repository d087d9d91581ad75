"""Search: many recipes tried, those kept of which none is better in everything."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgekit.errors import ToolError, UsageError

if TYPE_CHECKING:
    from edgekit.recipe import Recipe
    from edgekit.train import Progress

__all__ = ["SearchResult", "Trial", "search"]


@dataclass(frozen=True)
class Trial:
    """One point that was tried.

    Attributes:
        number: in the study. point: values by dotted recipe key.
        state: `done`, `infeasible` or `interrupted`.
        accuracy: int8, on the validation part (an error where the network is no classifier); None unless done.
        costs: latency, ram, flash, macs, parameters; None where they never came to be known.
        why: what makes it infeasible; when: before, in or after training.
        front: whether no other is better in everything.
        test: what a build measures on the test part, for the front only; None where another machine has it.
        recipe: of the front: the file that `edgekit build` takes.
    """

    number: int
    point: dict[str, Any]
    state: str
    accuracy: float | None
    costs: dict[str, float] | None
    seconds: float
    why: str = ""
    when: str = ""
    front: bool = False
    test: dict[str, Any] | None = None
    recipe: str | None = None


@dataclass(frozen=True)
class SearchResult:
    """A finished search.

    Attributes:
        study, storage: names by which other workers find it. metric: what accuracy means. unit: of latency.
        trials: in the order they began; interrupted ones are among them, and again with the number of their repetition.
    """

    name: str
    target: str
    study: str
    storage: str
    objectives: tuple[str, ...]
    metric: str
    unit: str
    folder: Path
    trials: tuple[Trial, ...]

    @property
    def front(self) -> tuple[Trial, ...]:
        """The Pareto front, the best accuracy first."""
        better = -1.0 if self.metric != "mean squared error" else 1.0
        return tuple(sorted((t for t in self.trials if t.front), key=lambda t: better * (t.accuracy or 0.0)))


def search(
    recipe: Recipe,
    target: str,
    trials: int = 20,
    *,
    storage: str | None = None,
    output: Path | str = "build",
    workers: int = 1,
    progress: Progress | None = None,
) -> SearchResult:
    """Try points of `[search.space]` and keep the Pareto front of `[search] objectives`.

    `output/<recipe>/search/<target>/` gets `front/trial-N.toml`, which `edgekit build` takes, `search.json` and
    `search.html`. Called again, it goes on where it was: trials that were interrupted are run again, and from their
    last whole epoch.

    Args:
        trials: how many in all, those of former calls included; no more than there are points.
        storage: URL of a database, or a .journal file, that several machines may share; SQLite in the folder without.
        workers: processes on this machine.
        progress: called as `progress(done, total, text)`, in trials.

    Raises:
        InputError: the recipe, its space or its data are unfit. UsageError: an unknown target or storage.
        VerificationError: no point keeps the limits; the message tells which came nearest.
        ToolError, MachineError: a package, tool, disk or storage; the trial at hand is run again by the next call.
    """
    _needed()
    if trials < 1 or workers < 1:
        raise UsageError("search", f"needs at least one trial and one worker, found {trials} and {workers}")
    from edgekit.search import front, run
    from edgekit.search.plan import planned

    folder = Path(output) / recipe.name / "search"
    plan, study = planned(recipe, target, trials, storage, folder, workers)
    if workers == 1:
        run.work(plan, study, progress)
    else:
        run.work_together(plan, study, workers, progress)
    return front.finished(plan, study, progress)


def _needed() -> None:
    try:
        importlib.import_module("optuna")
    except ImportError as error:
        text = f"the Python package cannot be imported: {error}"
        raise ToolError("optuna", text, 'pip install "edgekit[search]"') from error
