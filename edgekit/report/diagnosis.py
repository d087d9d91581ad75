"""The page of `edgekit debug`: one file without outside resources; everything in it is in its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from edgekit import __version__
from edgekit.graph import brief
from edgekit.report.page import page, paragraphs, text_table

TOP = 60.0  # dB at the right end of the plot
ROW, NAMES, WIDTH, MARGIN = 22, 250, 1000, 70  # pixels
COLUMNS = ("layer", "operator", "SQNR dB>", "cosine>", "saturated>", "dead range>", "alone dB>", "by its")
FIXES = ("fix", "what it does", "worst layer alone dB>", "output SQNR dB>", "points lost>", "time>")
"""Columns whose title ends in `>` are numbers."""


def decibels(value: float | None) -> str:
    """For people; None is no noise at all."""
    return "exact" if value is None else f"{value:.1f}"


def rows(found: Mapping[str, Any]) -> list[list[str]]:
    """One row of cells per layer; found: `Diagnosis.as_json()`."""
    table = []
    for one in found["layers"]:
        alone = one["alone"]
        cells = ["", ""]
        if alone is not None:
            weights = alone["weights"]
            less = weights is not None and (alone["activation"] is None or weights < alone["activation"])
            cells = [decibels(alone["sqnr"]), "weights" if less else "activation"]
        table.append([
            one["layer"], one["op"], decibels(one["sqnr"]), f"{one['cosine']:.5f}", f"{one['saturated']:.2%}",
            f"{one['dead']:.1%}", *cells,
        ])  # fmt: skip
    return table


def fix_rows(found: Mapping[str, Any]) -> list[list[str]]:
    """One row of cells per fix that was tried, alone."""
    table = [
        ["none", "plain int8", decibels(found["worst"]["sqnr"]), decibels(found["sqnr"]), f"{found['drop']:.2f}", ""]
    ]
    for one in found["fixes"]:
        if one["note"]:
            table.append([one["fix"], f"{one['about']}; not tried: {one['note']}", "", "", "", ""])
        else:
            table.append([one["fix"], one["about"], decibels(one["worst"]), decibels(one["sqnr"]),
                          f"{one['drop']:.2f}", f"{one['seconds']:.1f} s"])  # fmt: skip
    return table


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What it all means, for people."""
    worst, best = found["worst"], found["best"]
    helped = next((t for t in found["fixes"] if t["fix"] == best), None)
    said = f"{found['drop']:.2f} points lost in plain int8: {found['measure']}"
    hurts = (
        f"the layer that hurts most: {brief(worst['layer'])} ({worst['op']}), by its {worst['culprit']}: int8 there "
        f"and nowhere else leaves {decibels(worst['sqnr'])} dB SQNR at the output"
    )
    if helped is None:
        return [said, hurts, "no fix that was tried helps it by half a dB"]
    text = f"what helps it: {best} ({helped['about']}), to {decibels(helped['worst'])} dB"
    return [said, hurts, f"{text}; with all layers int8 {helped['drop']:.2f} points are lost"]


def plot(found: Mapping[str, Any]) -> str:
    """An SVG: per layer, SQNR with all layers int8 (bar) and at the output with only this one int8 (dot)."""
    layers = found["layers"]
    height = ROW * len(layers) + 46
    scale = (WIDTH - NAMES - MARGIN) / TOP
    label = f"SQNR of {len(layers)} layers; the worst is {brief(found['worst']['layer'])}"
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}" class="plot">']
    for tick in range(0, int(TOP) + 1, 10):
        x = NAMES + tick * scale
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="{height - 36}" class="grid"/>')
        parts.append(f'<text x="{x:.1f}" y="{height - 20}" text-anchor="middle">{tick}</text>')
    parts.append(f'<text x="{WIDTH - MARGIN}" y="{height - 4}" text-anchor="end">dB, more is better</text>')
    for index, one in enumerate(layers):
        y = 10 + index * ROW
        worst = one["layer"] == found["worst"]["layer"]
        kind = "worst" if worst else "plain"
        name = brief(one["layer"])
        shown = name if len(name) <= 30 else "…" + name[-29:]
        parts.append(f'<text x="{NAMES - 8}" y="{y + 14}" text-anchor="end" class="{kind}">{escape(shown)}</text>')
        length = _place(one["sqnr"]) * scale
        shape = f'y="{y + 3}" width="{max(length, 1):.1f}" height="{ROW - 8}" rx="3"'
        parts.append(f'<rect x="{NAMES}" {shape} class="{kind}">'
                     f"<title>{escape(name)}: {decibels(one['sqnr'])} dB</title></rect>")  # fmt: skip
        if one["alone"] is not None:
            x = NAMES + _place(one["alone"]["sqnr"]) * scale
            parts.append(f'<circle cx="{x:.1f}" cy="{y + ROW / 2 - 1:.1f}" r="4.5" class="{kind}"><title>alone: '
                         f"{decibels(one['alone']['sqnr'])} dB</title></circle>")  # fmt: skip
        parts.append(f'<text x="{WIDTH - MARGIN + 8}" y="{y + 14}">{decibels(one["sqnr"])}</text>')
    return "".join(parts) + "</svg>"


STYLE = """.plot rect.plain { fill: var(--accent); opacity: .55; } .plot rect.worst { fill: var(--bad); opacity: .7; }
.plot circle { fill: var(--back); stroke: var(--accent); stroke-width: 2.5; } .plot circle.worst { stroke: var(--bad); }
.plot text.worst { fill: var(--bad); font-weight: 700; }
"""


def render(name: str, found: Mapping[str, Any]) -> str:
    """The page. found: `Diagnosis.as_json()`."""
    title = f"{name} in int8"
    return page(
        title,
        f"<h1>{escape(title)}</h1>\n{paragraphs(sentences(found))}\n<h2>Layers</h2>\n"
        "<p>Bars: signal to quantization noise with all layers int8, errors adding up from the input on. Dots: at the "
        f"output, when only this layer is int8.</p>\n{plot(found)}\n{text_table(COLUMNS, rows(found))}\n"
        f"<h2>Fixes, each alone</h2>\n{text_table(FIXES, fix_rows(found))}\n"
        f"<footer>Written by edgekit {escape(__version__)}. The same figures for programs: diagnosis.json.</footer>",
        STYLE,
    )


def _place(value: float | None) -> float:
    return TOP if value is None else min(max(value, 0.0), TOP)
