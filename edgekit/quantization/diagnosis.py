"""Why a network loses in int8: every layer beside its float form, every layer alone, and what each fix does."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import NDArray

from edgekit.errors import ToolError, UnsupportedError
from edgekit.quantization.draft import Draft
from edgekit.quantization.fixes import Fix, fix_of, fixes
from edgekit.quantization.improvement import finite
from edgekit.quantization.isolation import Alone, isolate
from edgekit.quantization.judge import Judge
from edgekit.quantization.lowering import lower
from edgekit.quantization.observe import Progress, batches
from edgekit.quantization.quality import LayerError, report

Array = NDArray[Any]
SAMPLES = 64  # by which layers are compared
QUICK = 60  # fixes that cost more are tried only when they are named
CLEAR = 0.5  # dB that a fix must gain to be called one that helps


@dataclass(frozen=True)
class Trial:
    """One fix alone, on top of plain int8.

    Attributes:
        fix, about: its name and what it does.
        worst: SQNR in dB of the output when only the worst layer is int8, with the fix.
        sqnr: of the output, all layers int8. drop: points lost by the judge's measure.
        note: why it was not tried, where it was not; then the figures are None.
    """

    fix: str
    about: str
    worst: float | None
    sqnr: float | None
    drop: float | None
    seconds: float
    note: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What `edgekit debug` shows.

    Attributes:
        measure: what `drop` counts. drop, sqnr: of plain int8, in points and dB.
        layers: float beside int8, errors adding up. alone: by layer, int8 alone; layers that only move values absent.
        worst: the one of `alone` that hurts most. best: the name of the fix that helps it most, None where none does.
    """

    measure: str
    drop: float
    sqnr: float
    layers: tuple[LayerError, ...]
    alone: Mapping[str, Alone]
    worst: Alone
    trials: tuple[Trial, ...]
    best: str | None

    def as_json(self) -> dict[str, Any]:
        """Everything, infinities as None."""
        rows = []
        for layer in self.layers:
            one = self.alone.get(layer.layer)
            more = None if one is None else {"sqnr": one.sqnr, "weights": one.weights, "activation": one.activation}
            rows.append({**asdict(layer), "alone": more})
        found = {
            "measure": self.measure, "drop": self.drop, "sqnr": self.sqnr, "layers": rows,
            "worst": {**asdict(self.worst), "culprit": self.worst.culprit},
            "fixes": [asdict(trial) for trial in self.trials], "best": self.best,
        }  # fmt: skip
        cleaned: dict[str, Any] = finite(found)
        return cleaned


def diagnose(
    draft: Draft, judge: Judge, names: Sequence[str] | None = None, progress: Progress | None = None
) -> Diagnosis:
    """Compare, isolate, and try fixes one by one.

    Args:
        names: of the fixes to try; all quick ones without.

    Raises:
        InputError: an unknown fix.
    """
    chosen = [(n, fix_of(n)) for n in names] if names is not None else [
        (n, fix) for n, fix in fixes().items() if fix.COST <= QUICK
    ]  # fmt: skip
    plain = lower(draft)
    verdict = judge(plain)
    few = next(iter(batches(draft.reference, judge.x, SAMPLES)))
    layers = report(draft.reference, plain, few)
    alone = {one.layer: one for one in isolate(draft, few, progress=progress)}
    worst = min(alone.values(), key=lambda one: one.sqnr)
    trials = []
    for done, (name, fix) in enumerate(chosen):
        if progress is not None:
            progress(done, len(chosen), f"trying {name}")
        trials.append(_trial(draft, judge, name, fix, worst, few))
    tried = [t for t in trials if t.worst is not None]
    best = max(tried, key=_helps, default=None)
    helps = best is not None and best.worst is not None and best.worst > worst.sqnr + CLEAR
    return Diagnosis(
        judge.measure, verdict.drop, verdict.sqnr, tuple(layers), alone, worst, tuple(trials),
        best.fix if helps and best is not None else None,
    )  # fmt: skip


def _trial(draft: Draft, judge: Judge, name: str, fix: Fix, worst: Alone, few: Mapping[str, Array]) -> Trial:
    start = time.perf_counter()
    try:
        changed = fix.apply(draft, None)
    except (ToolError, UnsupportedError) as error:
        return Trial(name, fix.ABOUT, None, None, None, 0.0, f"{error.where} {error.what}")
    if changed is draft:
        return Trial(name, fix.ABOUT, None, None, None, 0.0, "nothing in this network that it could change")
    verdict = judge(lower(changed))
    (after,) = isolate(changed, few, only=worst.layer)
    return Trial(name, fix.ABOUT, after.sqnr, verdict.sqnr, verdict.drop, time.perf_counter() - start)


def _helps(trial: Trial) -> float:
    return -math.inf if trial.worst is None else trial.worst
