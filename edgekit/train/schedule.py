"""Learning-rate schedules as a pure function of the step: nothing to save, nothing to restore."""

from __future__ import annotations

import math

from edgekit.recipe import TrainSection

# onecycle: share of the steps that rise, and the divisors of the first and the last rate (L. Smith 2018)
RISE, FIRST, LAST = 0.3, 25.0, 1e4


def learning_rate(section: TrainSection, step: int, steps_per_epoch: int) -> float:
    """The rate at `step` (from 0, over the whole training).

    constant; step: times `step_factor` every `step_epochs`; cosine: half a cosine from the rate to zero (Loshchilov
    and Hutter 2016); onecycle: cosine up from rate/25 during the first 30 % of the steps, then down. During
    `warmup_epochs` the rate rises linearly from zero to the rate, and the schedule follows in the remaining steps.
    """
    top = section.learning_rate
    warmup = round(section.warmup_epochs * steps_per_epoch)
    if step < warmup:
        return top * (step + 1) / (warmup + 1)
    total = max(1, section.epochs * steps_per_epoch - warmup)
    step -= warmup
    if section.schedule == "cosine":
        return _cosine(top, 0.0, step / total)
    if section.schedule == "onecycle":
        share = step / total
        if share < RISE:
            return _cosine(top / FIRST, top, share / RISE)
        return _cosine(top, top / FIRST / LAST, (share - RISE) / (1 - RISE))
    if section.schedule == "step":
        return top * section.step_factor ** (step // (section.step_epochs * steps_per_epoch))
    return top


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * min(share, 1.0))) / 2
