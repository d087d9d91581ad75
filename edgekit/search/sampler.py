"""Optuna's samplers, every choice a function of the seed and the trials so far: a resumed search repeats it."""

from __future__ import annotations

from typing import Any

import numpy as np
import optuna
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState

from edgekit.search.section import SearchSection


class Sampler(BaseSampler):  # type: ignore[misc]
    """The sampler that `[search]` names, seeded anew for each trial by the number of those before it that count."""

    def __init__(self, section: SearchSection) -> None:
        self._section = section
        self._number = -1
        self._inner: BaseSampler = RandomSampler()

    def infer_relative_search_space(self, study: optuna.Study, trial: FrozenTrial) -> Any:
        return self._of(study, trial).infer_relative_search_space(study, trial)

    def sample_relative(self, study: optuna.Study, trial: FrozenTrial, search_space: Any) -> Any:
        return self._of(study, trial).sample_relative(study, trial, search_space)

    def sample_independent(self, study: optuna.Study, trial: FrozenTrial, name: str, distribution: Any) -> Any:
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

    def _made(self, place: int) -> BaseSampler:
        section = self._section
        seed = int(np.random.SeedSequence([section.seed, place]).generate_state(1)[0])
        if section.sampler == "tpe":
            return TPESampler(n_startup_trials=section.population, seed=seed, multivariate=True)
        if section.sampler == "nsga2":
            return NSGAIISampler(population_size=section.population, seed=seed)
        return RandomSampler(seed=seed)


def rank(study: optuna.Study, number: int) -> int:
    """How many trials before this one count: interrupted ones, which are run again under another number, do not."""
    trials = study.get_trials(deepcopy=False)
    return sum(1 for t in trials if t.number < number and t.state not in (TrialState.FAIL, TrialState.WAITING))
