"""Optuna's samplers, every choice a function of the seed and the trials so far: a resumed search repeats it.

In a finite space no point is tried twice: training is a function of the point, so a second look would tell nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from edgekit.search.section import SearchSection
from edgekit.search.space import distributions, points

Values = dict[str, Any]  # of a point, as Optuna stores them
DRAWS = 32  # of a point, until a random one of those that are left is taken
LISTED = 1 << 16  # points of a space up to which those that are left can be listed
FIXED = "fixed_params"  # Optuna's name for the values of a trial in the queue


class Sampler(BaseSampler):  # type: ignore[misc]
    """The sampler that `[search]` names, seeded anew for each trial by the number of those before it that count."""

    def __init__(self, section: SearchSection) -> None:
        self._section = section
        self._number = -1
        self._inner: BaseSampler = RandomSampler()
        self._finite = points(section.space) <= LISTED

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        if self._finite:  # whole points, to see whether they are new
            return distributions(self._section.space)
        found: dict[str, BaseDistribution] = self._of(study, trial).infer_relative_search_space(study, trial)
        return found

    def sample_relative(
        self, study: optuna.Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> Values:
        inner = self._of(study, trial)
        if self._finite:
            return self._new(study, trial, search_space)
        found: Values = inner.sample_relative(study, trial, search_space)
        return found

    def sample_independent(
        self, study: optuna.Study, trial: FrozenTrial, name: str, distribution: BaseDistribution
    ) -> Any:
        return self._of(study, trial).sample_independent(study, trial, name, distribution)

    def before_trial(self, study: optuna.Study, trial: FrozenTrial) -> None:
        inner = self._of(study, trial)
        inner.before_trial(study, trial)
        if isinstance(inner, NSGAIISampler):  # a trial that is run again draws nothing, and would be of no generation
            inner.get_trial_generation(study, trial)

    def after_trial(self, study: optuna.Study, trial: FrozenTrial, state: TrialState, values: Any) -> None:
        self._of(study, trial).after_trial(study, trial, state, values)

    def _of(self, study: optuna.Study, trial: FrozenTrial) -> BaseSampler:
        if trial.number != self._number:
            self._number, self._inner = trial.number, self._made(rank(study, trial.number))
        return self._inner

    def _made(self, *place: int) -> BaseSampler:
        section = self._section
        seed = _seed(section, *place)
        if section.sampler == "tpe":
            return TPESampler(n_startup_trials=section.population, seed=seed, multivariate=True)
        if section.sampler == "nsga2":
            return NSGAIISampler(population_size=section.population, seed=seed)
        return RandomSampler(seed=seed)

    def _new(self, study: optuna.Study, trial: FrozenTrial, space: Mapping[str, BaseDistribution]) -> Values:
        """A point that no trial has: the first such of what the sampler draws, else any."""
        tried, place = taken(study, trial.number), rank(study, trial.number)
        for draw in range(DRAWS):
            inner = self._made(place, draw) if draw else self._of(study, trial)
            point = _drawn(inner, study, trial, space)
            if frozen(point) not in tried:
                return point
        left = [point for point in _every(space) if frozen(point) not in tried]
        return left[np.random.default_rng(_seed(self._section, place)).integers(len(left))] if left else point


def _seed(section: SearchSection, *place: int) -> int:
    return int(np.random.SeedSequence([section.seed, *place]).generate_state(1)[0])


def _drawn(
    inner: BaseSampler, study: optuna.Study, trial: FrozenTrial, space: Mapping[str, BaseDistribution]
) -> Values:
    """What a sampler would choose for a trial, of all keys."""
    found: Values = inner.sample_relative(study, trial, inner.infer_relative_search_space(study, trial))
    for key, one in space.items():
        if key not in found:
            found[key] = _values(one)[0] if one.single() else inner.sample_independent(study, trial, key, one)
    return found


def _every(space: Mapping[str, BaseDistribution]) -> list[Values]:
    """All points of a finite space."""
    found: list[Values] = [{}]
    for key, one in space.items():
        found = [{**point, key: value} for point in found for value in _values(one)]
    return found


def _values(one: BaseDistribution) -> list[Any]:
    if isinstance(one, optuna.distributions.CategoricalDistribution):
        return list(one.choices)
    count = round((one.high - one.low) / one.step) + 1
    return [one.low + i * one.step for i in range(count)]


def frozen(point: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """A point as a member of a set, numbers without the last digits: storages and steps round."""
    return frozenset((k, v if isinstance(v, str) else f"{v:.15g}") for k, v in point.items())


def taken(study: optuna.Study, number: int, before: bool = False) -> set[frozenset[tuple[str, str]]]:
    """The points of all other trials that count or are in the queue; of those `before` this one only."""
    trials = study.get_trials(deepcopy=False)
    others = [t for t in trials if t.state != TrialState.FAIL and (t.number < number if before else t.number != number)]
    return {frozen({**t.system_attrs.get(FIXED, {}), **t.params}) for t in others} - {frozenset()}


def clashes(study: optuna.Study, number: int, point: Mapping[str, Any], count: float) -> bool:
    """Whether another worker took this point at the same time, of `count` ones of which some are left."""
    return frozen(point) in taken(study, number, before=True) and len(taken(study, number)) < count


def rank(study: optuna.Study, number: int) -> int:
    """How many trials before this one count: interrupted ones, which are run again under another number, do not."""
    trials = study.get_trials(deepcopy=False)
    return sum(1 for t in trials if t.number < number and t.state not in (TrialState.FAIL, TrialState.WAITING))
