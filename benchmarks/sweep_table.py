"""The sweep's table: the worst layers of a class, and how far those over their limit are from what is possible."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.sweep import Found


def show(found: Sequence[Found], kind: str, top: int) -> None:
    """The class's worst layers, those outside first."""
    own = [f for f in found if f.layer.kind == kind]
    if not own:
        return
    verdicts = [f.verdict for f in own]
    print(f"\n{kind}: limit {own[0].limit}, {len(own)} layers, {verdicts.count('')} within, "
          f"{verdicts.count('bounded')} bounded by their outputs and inputs, {verdicts.count('argued')} arguably so, "
          f"{verdicts.count('OUTSIDE')} outside")  # fmt: skip
    print(f"{'layer':40}{'instructions':>13}{'per MAC':>9}{'cycles':>11}{'per MAC':>9}{'bound':>8}          kernel")
    for f in sorted(own, key=lambda f: (f.verdict not in ("OUTSIDE", "BEATEN"), -f.per_mac))[:top]:
        counted = f"{f.instructions:13,}{f.per_mac:9.3f}{_cycles(f):>20}"
        print(f"{f.layer.name:40}{counted}{f.bound:8.3f} {f.verdict:8} {f.kernel}")
    print(_over(own))


def _cycles(found: Found) -> str:
    if found.cycles is None or found.cycles_per_mac is None:
        return f"{'-':>11}{'-':>9}"
    return f"{found.cycles:11,.0f}{found.cycles_per_mac:9.3f}"


def _over(own: Sequence[Found]) -> str:
    """How far the layers over their limit are above the larger of it and their bound."""
    factors = sorted((f.factor, f.layer.name) for f in own if f.factor is not None)
    if not factors:
        return "none is over the limit"
    middle, (worst, name) = median(factor for factor, _ in factors), factors[-1]
    said = f"{len(factors)} over the limit, above the larger of it and their bound by a factor of"
    return f"{said} {middle:.3f} at the median, {worst:.3f} at the worst: {name}"
