"""Accuracy of simulated analog chips over time, as a plot and a table; from the manifest alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape
from typing import Any

from edgekit.metrics import ACCURACY
from edgekit.report.page import text_table

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1000, 300, 80, 30, 20, 50  # pixels
UNITS = ((31536000.0, "year"), (86400.0, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second"))


def span(seconds: float) -> str:
    """A time for people: `1 hour`, `25 seconds`."""
    for size, unit in UNITS:
        if seconds >= size:
            count = f"{seconds / size:.3g}"
            return f"{count} {unit}{'' if count == '1' else 's'}"
    return f"{seconds:g} seconds"


def value(found: Mapping[str, Any], number: float) -> str:
    """A score of `found["metric"]`."""
    return f"{number:.2%}" if found["metric"] == ACCURACY else f"{number:.4g}"


def section(manifest: Mapping[str, Any]) -> str:
    """The part of a build's page about analog chips; empty for other targets."""
    facts = manifest["artifact"].get("analog")
    if facts is None:
        return ""
    found = facts["accuracy"]
    if "reason" in found:
        said = f'<p><b class="warn">{escape(found["status"])}</b>: {escape(found["reason"])}.</p>'
    else:
        said = (
            f"<p>{found['chips']} chips, each programmed anew, {found['samples']:,} test samples. Points: mean; bars: "
            f"one standard deviation of single chips; dashed: the float network, {value(found, found['float'])}; "
            f"converters without any noise: {value(found, found['converters'])}.</p>\n{plot(found)}\n{_times(found)}"
        )
    about = (
        f"<p>{facts['tiles']} tiles of {facts['options']['tile_rows']} × {facts['options']['tile_columns']} cells, "
        f"{facts['devices']:,} devices in use ({facts['utilization']:.1%} of the cells); "
        f"{facts['macs_on_crossbars']:.1%} of the multiply-accumulates on crossbars.</p>"
    )
    return said + about + _tiles(facts)


def plot(found: Mapping[str, Any]) -> str:
    """An SVG: mean score and standard deviation over the logarithm of time."""
    rows = found["times"]
    low, high = _limits(found)
    first, last = math.log10(max(rows[0]["seconds"], 0.1)), math.log10(max(rows[-1]["seconds"], 1.0))
    width = (last - first) or 1.0

    def across(seconds: float) -> float:
        return LEFT + 20 + (math.log10(max(seconds, 0.1)) - first) / width * (WIDTH - LEFT - RIGHT - 40)

    def down(number: float) -> float:
        return TOP + (high - number) / (high - low) * (HEIGHT - TOP - BOTTOM)

    label = f"{found['metric']} of {found['chips']} chips over time"
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}" class="plot">']
    for number in _ticks(low, high):
        y = down(number)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value(found, number)}</text>')
    y = down(found["float"])
    parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="float"/>')
    line = " ".join(f"{across(row['seconds']):.1f},{down(row['mean']):.1f}" for row in rows)
    parts.append(f'<polyline points="{line}" class="mean"/>')
    for index, row in enumerate(rows):
        x = across(row["seconds"])
        ends = [down(min(max(row["mean"] + sign * row["deviation"], low), high)) for sign in (1, -1)]
        title = f"{span(row['seconds'])}: {value(found, row['mean'])} ± {value(found, row['deviation'])}"
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{ends[0]:.1f}" y2="{ends[1]:.1f}" class="bar"/>')
        parts += [f'<line x1="{x - 7:.1f}" x2="{x + 7:.1f}" y1="{e:.1f}" y2="{e:.1f}" class="bar"/>' for e in ends]
        parts.append(f'<circle cx="{x:.1f}" cy="{down(row["mean"]):.1f}" r="5"><title>{escape(title)}</title></circle>')
        anchor = "start" if index == 0 else "end" if index == len(rows) - 1 else "middle"
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 26}" text-anchor="{anchor}">{span(row["seconds"])}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">after the first read</text>')
    return "".join(parts) + "</svg>"


def _limits(found: Mapping[str, Any]) -> tuple[float, float]:
    """The plotted range: all means with their bars and the float score, a little air, and no accuracy above 1."""
    ends = [found["float"], *(r["mean"] + s * r["deviation"] for r in found["times"] for s in (1, -1))]
    low, high = min(ends), max(ends)
    air = max((high - low) * 0.1, 0.005 if found["metric"] == ACCURACY else 1e-9)
    low, high = low - air, high + air
    return (max(low, 0.0), min(high, 1.0)) if found["metric"] == ACCURACY else (low, high)


def _ticks(low: float, high: float) -> list[float]:
    """Two to seven round numbers within the range, a 1, 2 or 5 of some decade apart."""
    decade = 10.0 ** math.floor(math.log10(high - low))
    step = next(s for s in (decade / 5, decade / 2, decade, decade * 2) if (high - low) / s <= 7)
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _times(found: Mapping[str, Any]) -> str:
    head = ["after", "mean>", "standard deviation>", "lowest chip>", "highest chip>", "same class as float>"]
    rows = [
        [span(r["seconds"]), *(value(found, r[key]) for key in ("mean", "deviation", "lowest", "highest")),
         f"{r['agreement']:.2%}" if found["metric"] == ACCURACY else ""]
        for r in found["times"]
    ]  # fmt: skip
    return text_table(head, rows)


def _tiles(facts: Mapping[str, Any]) -> str:
    rows = [[f"{r['layer']}", r["op"], f"{r['tiles']}", f"{r['utilization']:.1%}"] for r in facts["layers"]]
    return text_table(["layer on crossbars", "operator", "tiles>", "cells in use>"], rows)
