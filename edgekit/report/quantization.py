"""What was tried to keep int8 within `max_drop`, as a table of text; from the manifest alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from edgekit.graph import brief

HEAD = ("fix", "what it does", "lost>", "gained>", "SQNR dB>", "bytes>", "RAM>", "MACs>", "16x8 MACs>", "time>", "kept")
"""Columns whose title ends in `>` are numbers."""


def rows(found: Mapping[str, Any]) -> list[list[str]]:
    """One row of cells per attempt; found: `Improvement.as_json()`."""
    table = []
    for one in found["attempts"]:
        if one["note"]:
            table.append([one["fix"], f"{one['about']}; {one['note']}", *[""] * 8, "no"])
            continue
        sqnr, gain = one["sqnr"], one["gain"]
        table.append([
            one["fix"], one["about"], f"{one['drop']:.2f}", "" if gain is None else f"{gain:+.2f}",
            "exact" if sqnr is None else f"{sqnr:.1f}", f"{one['bytes']:+,}", f"{one.get('arena', 0):+,}",
            f"{one['macs']:+,}", f"{one.get('wide_macs', 0):,}", f"{one['seconds']:.1f} s",
            "yes" if one["kept"] else "no",
        ])  # fmt: skip
    return table


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What the table means, for people."""
    said = [f"points lost: {found['measure']}"]
    worst = found["worst"]
    if worst is not None:
        sqnr = "no noise" if worst["sqnr"] is None else f"{worst['sqnr']:.1f} dB SQNR at the output"
        said.append(
            f"the layer that hurts most: {brief(worst['layer'])} ({worst['op']}), by its {worst['culprit']}; alone in "
            f"int8 it leaves {sqnr}"
        )
    return [*said, f"stopped: {found['stopped']}"]
