"""The end of a search: the Pareto front, its recipes as files, its scores on the test part."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from edgekit.errors import VerificationError
from edgekit.files import write_atomic
from edgekit.search import SearchResult, Trial
from edgekit.search.plan import Plan, quiet
from edgekit.search.space import overlaid, suggested
from edgekit.search.toml import dumps
from edgekit.search.trial import Bench
from edgekit.train import Progress

TESTED = "tested"  # attributes of the study: by trial, what the test part says
STATES = {TrialState.COMPLETE: "done", TrialState.PRUNED: "infeasible", TrialState.RUNNING: "running"}


def finished(plan: Plan, study: optuna.Study, progress: Progress | None) -> SearchResult:
    """Write the front's recipes, the table and the page. Raises VerificationError when no trial keeps the limits."""
    with quiet():
        frozen = study.get_trials(deepcopy=False)
        best = _distinct(study.best_trials) if any(t.state == TrialState.COMPLETE for t in frozen) else []
    bench, folder = plan.bench(), plan.folder / plan.target
    shaped = {t.number: _point(plan, t) for t in frozen if t.params}
    tested = {}
    for i, trial in enumerate(best):
        if progress is not None:
            progress(i, len(best), f"test part, trial {trial.number}")
        tested[trial.number] = _tested(study, bench, trial.number, shaped[trial.number])
    written = {t.number: folder / "front" / f"trial-{t.number:03d}.toml" for t in best}
    for path in (folder / "front").glob("trial-*.toml"):
        if path not in written.values():
            path.unlink()
    numbers = {t.number: t for t in frozen}
    for number, path in written.items():
        write_atomic(path, _document(plan, study, bench, numbers[number], shaped[number]).encode())
    about = study.user_attrs
    trials = [
        _trial(t, shaped[t.number], tested.get(t.number), written.get(t.number)) for t in frozen if t.number in shaped
    ]
    result = SearchResult(
        plan.recipe.name, plan.target, plan.study, plan.address, plan.recipe.search.objectives, about["metric"],
        about["latency_unit"], folder, tuple(trials),
    )  # fmt: skip
    _write(result)
    if not best:
        raise _none(result, frozen)
    return result


def as_json(result: SearchResult) -> dict[str, Any]:
    """Plain values; `front` are numbers of trials, the best accuracy first."""
    found = {**asdict(result), "folder": str(result.folder)}
    return {**found, "front": [t.number for t in result.front]}


def _distinct(front: list[FrozenTrial]) -> list[FrozenTrial]:
    """Without those that repeat another's point."""
    first: dict[str, FrozenTrial] = {}
    for trial in front:
        first.setdefault(json.dumps(trial.params, sort_keys=True), trial)
    return list(first.values())


def _point(plan: Plan, trial: FrozenTrial) -> dict[str, Any]:
    """The point of a finished trial; choices that are lists are kept as text there."""
    space = {key: one for key, one in plan.recipe.search.space.items() if key in trial.params}
    return suggested(optuna.trial.FixedTrial(trial.params), space)


def _tested(study: optuna.Study, bench: Bench, number: int, point: dict[str, Any]) -> dict[str, Any] | None:
    known: dict[str, Any] | None = study.user_attrs.get(f"{TESTED} {number}")
    if known is None:
        known = bench.tested(point, None)
        if known is not None:
            study.set_user_attr(f"{TESTED} {number}", known)
    return known


def _document(plan: Plan, study: optuna.Study, bench: Bench, trial: FrozenTrial, point: dict[str, Any]) -> str:
    """The recipe that was tried, as a file that `edgekit build` takes."""
    recipe = bench.recipe_of(point)
    values = overlaid(bench.values, point)
    values = {"name": "", **values} | {"name": f"{plan.recipe.name[:50]}-trial-{trial.number:03d}"}
    values["train"] = {**values.get("train", {}), "threads": recipe.train.threads}
    values["build"] = {**values.get("build", {}), "targets": [plan.target]}
    said = [f"{goal} {value:.6g}" for goal, value in zip(plan.recipe.search.objectives, trial.values, strict=True)]
    head = [
        f"# Trial {trial.number} of the search {plan.study}: {', '.join(said)}.",
        f"# Accuracy is of int8 on the validation part, latency in {study.user_attrs['latency_unit']}.",
    ]
    return "\n".join(head) + "\n\n" + dumps(values)


def _trial(
    trial: FrozenTrial, point: dict[str, Any], tested: dict[str, Any] | None, path: Path | None
) -> Trial:  # fmt: skip
    found = trial.user_attrs
    return Trial(
        trial.number, point, STATES.get(trial.state, "interrupted"), found.get("accuracy"), found.get("costs"),
        found.get("seconds", 0.0), found.get("why", ""), found.get("when", ""), path is not None, tested,
        None if path is None else str(path),
    )  # fmt: skip


def _write(result: SearchResult) -> None:
    from edgekit.report.search import render

    found = as_json(result)
    write_atomic(result.folder / "search.json", (json.dumps(found, indent=2) + "\n").encode())
    write_atomic(result.folder / "search.html", render(found).encode())


def _none(result: SearchResult, frozen: list[FrozenTrial]) -> VerificationError:
    tried = [t for t in frozen if t.state == TrialState.PRUNED]
    if not tried:
        return VerificationError(result.study, "no trial has ended", "run it again")
    nearest = min(tried, key=lambda t: sum(far for far in t.constraints.values() if far > 0))
    return VerificationError(
        result.study,
        f"none of {len(tried)} trials keeps the limits; nearest is trial {nearest.number}: {nearest.user_attrs['why']}",
        "allow more, or widen [search.space] towards smaller networks",
    )
