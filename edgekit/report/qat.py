"""The int8 graph beside the network that was trained with fake quantization, as a table of text; from the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HEAD = ("layer", "tensor", "type", "scale>", "zero point>", "largest difference>", "rounded once>")
"""Columns whose title ends in `>` are numbers."""


def facts(source: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the stage `qat` noted, out of the manifest's `source`; None where it did not run."""
    found = (row["facts"] for row in source.get("stages", ()) if row["stage"] == "qat")
    return next(found, None)


def rows(found: Mapping[str, Any]) -> list[list[str]]:
    """One row of cells per layer; differences in steps of its scale, `rounded once` with the rounding of training."""
    numbers = ("zero_point", "largest", "once")
    return [
        [one["layer"], one["tensor"], one["dtype"], f"{one['scale']:.6g}", *(str(one[name]) for name in numbers)]
        for one in found["agreement"]["layers"]
    ]


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What the table means, for people."""
    agreement = found["agreement"]
    what = "the same most likely class" if agreement["classes"] else "equal outputs"
    ranges = "learned step sizes" if found["ranges"] == "lsq" else "moving-average ranges"
    first = "after cross-layer equalization, " if found["equalized"] else ""
    return [
        f"{first}{found['epochs']} epochs with {ranges}, at a learning rate of {found['learning_rate']:g}",
        f"the int8 graph and the trained network give {what} for {agreement['same']:.2%} of "
        f"{agreement['samples']:,} validation samples; no layer differs by more than {agreement['largest']} steps",
        f"with the single rounding of training instead, {what} for {agreement['same_once']:.2%}",
    ]
