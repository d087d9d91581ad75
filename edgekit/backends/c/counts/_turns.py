"""The turns of `mul_turns_mve.h`, and how operands that repeat are prepared."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.backends.c.counts._window import Fields, ceil_div

INT8 = (-128, 127)


def turns(fields: Fields, runs: Sequence[int]) -> dict[str, float]:
    """Of runs of so many values."""
    whole = (fields["low"], fields["high"]) == INT8
    sixteens = [n // 16 * whole for n in runs]
    eights = [ceil_div(n - 16 * some, 8) for n, some in zip(runs, sixteens, strict=True)]
    return {
        "sixteens": sum(sixteens), "eights": sum(eights), "rests": sum(n > 0 for n in eights),
        "whole": len(runs) * whole,
    }  # fmt: skip


def runs(fields: Fields) -> list[int]:
    """Values that one preparation is passed over for, of all groups."""
    rounds, rest = divmod(fields["values"], fields["prepared"])
    found: list[int] = [fields["prepared"]] * rounds + [rest] * (rest > 0)
    return found * int(fields["groups"])


def repeated(fields: Fields) -> dict[str, float]:
    """`ek_repeat_mve` of all groups."""
    filled, count, copies, eights = fields["period"], fields["prepared"], 0, 0
    while filled < 8 and filled < count:
        copies, eights, filled = copies + 1, eights + 1, 2 * filled
    if filled < count:
        copies, eights = copies + 1, eights + ceil_div(count - filled, 8)
    return {"copies": fields["groups"] * copies, "copied": fields["groups"] * eights}
