"""The page of `edgekit search`, and the cells of its tables: everything in it is in its JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from edgekit import __version__
from edgekit.metrics import ACCURACY, ERROR
from edgekit.pipeline.accuracy import shown
from edgekit.report.page import page, paragraphs, text_table

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520, 360, 64, 18, 16, 64  # pixels of one plot
STRIP = 22  # below the axis: trials that were never trained
TICKS = 5
FRONT = (
    "To none of these another trial is better in one objective and no worse in the others. Judged by int8 on the "
    "validation part; the test part is looked at for these only."
)
PLOTS = (
    "Filled: the front. Hollow: others that keep all limits. The line: what each cost buys at best. Crosses below: "
    "those that do not keep them, at an edge where they cost more or less than all others."
)
WIDE = 20.0  # from this ratio of largest to smallest on, an axis is logarithmic


def columns(found: Mapping[str, Any]) -> list[str]:
    """Titles of the front's table; those that end in `>` are of numbers. found: `edgekit.search.front.as_json()`."""
    titles = [f"{_title(goal, found)}>" for goal in _goals(found)]
    return ["trial>", *_keys(found), f"{found['metric']}>", "test>", *titles]


def rows(found: Mapping[str, Any]) -> list[list[str]]:
    """One row of cells per trial of the front, the best accuracy first."""
    trials = {trial["number"]: trial for trial in found["trials"]}
    return [_front_row(trials[number], found) for number in found["front"]]


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What was tried, for people."""
    states = [trial["state"] for trial in found["trials"]]
    kept, front = states.count("done"), len(found["front"])
    best = f"{front} of them {'is' if front == 1 else 'are'} the Pareto front"
    said = [f"{kept} {'trial keeps' if kept == 1 else 'trials keep'} all limits, {best}"]
    out = [trial for trial in found["trials"] if trial["state"] == "infeasible"]
    if out:
        early = sum(1 for trial in out if trial["when"] == "before training")
        verbs = f"{'does' if len(out) == 1 else 'do'} not, {early} of them {'was' if early == 1 else 'were'}"
        said.append(f"{len(out)} {verbs} found out before any training; trial {out[-1]['number']}: {out[-1]['why']}")
    again = states.count("interrupted")
    if again:
        said.append(f"{again} {'was' if again == 1 else 'were'} interrupted and run again")
    if found["unit"] == "MACs":
        said.append(f"{found['target']} has no cost model for this network: latency is counted in MACs")
    elif found["unit"] == "cycles":
        said.append("latency is estimated cycles; what they do not know: docs/microcontrollers.md")
    else:
        said.append(f"latency is counted in {found['unit']}: not all layers have estimated cycles on {found['target']}")
    return said


def render(found: Mapping[str, Any]) -> str:
    """The page."""
    title = f"{found['name']} for {found['target']}: search"
    plots = "".join(plot(found, goal) for goal in _goals(found)) if any(_done(found)) else "<p>Nothing to plot.</p>"
    every = [_row(trial, found) for trial in found["trials"]]
    head = [title for title in columns(found) if title != "test>"] + ["time>", ""]
    return page(
        title,
        f"<h1>{escape(title)}</h1>\n{paragraphs(sentences(found))}\n<h2>Pareto front</h2>\n<p>{FRONT}</p>\n"
        f"{text_table(columns(found), rows(found))}\n"
        f'<p>{PLOTS}</p>\n<div class="plots">{plots}</div>\n'
        f"<h2>All trials</h2>\n{text_table(head, every)}\n"
        f"<footer>Written by edgekit {escape(__version__)}. Study {escape(found['study'])}. The same figures for "
        "programs: search.json. The recipes of the front: front/.</footer>",
        STYLE,
    )


def plot(found: Mapping[str, Any], goal: str) -> str:
    """An SVG: accuracy over one cost."""
    known = [t for t in found["trials"] if t["costs"] is not None and t["state"] in ("done", "infeasible")]
    x = _Axis([t["costs"][goal] for t in _done(found)], LEFT, WIDTH - RIGHT)
    most = math.inf if found["metric"] == ERROR else 1.0
    y = _Axis([t["accuracy"] for t in _done(found)], HEIGHT - BOTTOM, TOP, linear=True, most=most)
    parts = [f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(found["metric"])} over '
             f'{escape(goal)}">']  # fmt: skip
    for value in y.ticks():
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
                     f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">'
                     f"{_score(value, found, True)}</text>")  # fmt: skip
    for value in x.ticks():
        parts.append(f'<line class="grid" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
                     f'<text x="{x(value):.1f}" y="{HEIGHT - BOTTOM + STRIP + 16}" text-anchor="middle">'
                     f"{_short(value)}</text>")  # fmt: skip
    parts.append(f'<text class="title" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">'
                 f"{escape(_title(goal, found))}</text>")  # fmt: skip
    parts.append(_stairs(found, goal, x, y))
    strip = HEIGHT - BOTTOM + STRIP / 2
    for trial in sorted(known, key=lambda t: t["front"]):
        score = trial["accuracy"] if trial["state"] == "done" else None
        place = min(max(x(trial["costs"][goal]), LEFT), WIDTH - RIGHT)
        parts.append(_mark(trial, place, strip if score is None else y(score), found))
    return "".join(parts) + "</svg>"


def _stairs(found: Mapping[str, Any], goal: str, x: _Axis, y: _Axis) -> str:
    """The best accuracy that each cost buys, as a line of steps."""
    worse = found["metric"] == ERROR
    path, best = "", math.inf if worse else -math.inf
    for trial in sorted(_done(found), key=lambda t: t["costs"][goal]):
        score = trial["accuracy"]
        if (score < best) if worse else (score > best):
            place = f"{x(trial['costs'][goal]):.1f}"
            path += f"H{place}V{y(score):.1f}" if path else f"M{place} {y(score):.1f}"
            best = score
    return f'<path class="stairs" d="{path}H{WIDTH - RIGHT}"/>'


def _mark(trial: Mapping[str, Any], x: float, y: float, found: Mapping[str, Any]) -> str:
    about = ", ".join(f"{key} {_plain(value)}" for key, value in trial["point"].items())
    score = "" if trial["accuracy"] is None else f", {found['metric']} {_score(trial['accuracy'], found)}"
    title = f"<title>trial {trial['number']}{score}: {escape(about)}</title>"
    if trial["state"] != "done":
        return f'<path class="out" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8">{title}</path>'
    if not trial["front"]:
        return f'<circle class="other" cx="{x:.1f}" cy="{y:.1f}" r="4.5">{title}</circle>'
    return (
        f'<circle class="front" cx="{x:.1f}" cy="{y:.1f}" r="6">{title}</circle>'
        f'<text class="number" x="{x:.1f}" y="{y - 10:.1f}" text-anchor="middle">{trial["number"]}</text>'
    )


STYLE = """.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem; }
.plot { width: 100%; height: auto; font-size: 12px; } .plot text { fill: var(--dim); }
.plot .title { fill: var(--text); font-weight: 600; } .plot .grid { stroke: var(--line); }
.plot .other { fill: none; stroke: var(--dim); stroke-width: 1.5; }
.plot .out { stroke: var(--bad); stroke-width: 1.5; }
.plot .stairs { fill: none; stroke: var(--accent); stroke-width: 1.5; opacity: .5; }
.plot .front { fill: var(--accent); } .plot .number { fill: var(--text); font-weight: 600; }
"""


class _Axis:
    """Values to pixels, with a margin at both ends, but not beyond `most`; logarithmic where values differ widely."""

    def __init__(
        self, values: Sequence[float], start: float, end: float, linear: bool = False, most: float = math.inf
    ) -> None:
        low, high = min(values), max(values)
        self.log = not linear and low > 0 and high / low > WIDE
        if self.log:
            low, high = math.log10(low), math.log10(high)
        margin = 0.06 * (high - low) or max(abs(high), 1e-9) * 0.05
        self.low, self.high, self.start, self.end = low - margin, min(high + margin, max(high, most)), start, end

    def __call__(self, value: float) -> float:
        place = math.log10(value) if self.log else value
        return self.start + (place - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round values inside."""
        if self.log:
            powers = range(math.floor(self.low), math.ceil(self.high) + 1)
            found = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
            return [value for value in found if self.low <= math.log10(value) <= self.high]
        rough = (self.high - self.low) / TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(digit for digit in (1, 2, 5, 10) if digit * power >= rough)
        first = math.ceil(self.low / step)
        return [i * step for i in range(first, math.floor(self.high / step) + 1)]


def _done(found: Mapping[str, Any]) -> list[Any]:
    return [trial for trial in found["trials"] if trial["state"] == "done"]


def _keys(found: Mapping[str, Any]) -> list[str]:
    """Keys that were varied, each once."""
    return list(dict.fromkeys(key for trial in found["trials"] for key in trial["point"]))


def _goals(found: Mapping[str, Any]) -> list[str]:
    return [goal for goal in found["objectives"] if goal != "accuracy"] or ["latency"]


def _title(goal: str, found: Mapping[str, Any]) -> str:
    named = {"latency": f"latency, {found['unit']}", "ram": "RAM, bytes", "flash": "flash, bytes", "macs": "MACs"}
    return named.get(goal, goal)


def _front_row(trial: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    test = trial["test"]
    tested = "NOT RUN" if test is None else shown(test, "int8") if test else "no test part"
    return [
        str(trial["number"]), *(_plain(trial["point"].get(key, "")) for key in _keys(found)),
        _score(trial["accuracy"], found), tested, *(f"{trial['costs'][goal]:,.0f}" for goal in _goals(found)),
    ]  # fmt: skip


def _row(trial: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    costs = trial["costs"] or {}
    state = "front" if trial["front"] else "" if trial["state"] == "done" else trial["state"]
    why = f"{state} {trial['when']}: {trial['why']}" if trial["why"] else state
    return [
        str(trial["number"]), *(_plain(trial["point"].get(key, "")) for key in _keys(found)),
        "" if trial["accuracy"] is None else _score(trial["accuracy"], found),
        *(f"{costs[goal]:,.0f}" if goal in costs else "" for goal in _goals(found)), f"{trial['seconds']:.1f} s", why,
    ]  # fmt: skip


def _score(value: float, found: Mapping[str, Any], tick: bool = False) -> str:
    if found["metric"] == ACCURACY:
        return f"{100 * value:.6g} %" if tick else f"{value:.2%}"
    return f"{value:.6g}" if tick or found["metric"] == ERROR else f"{value:.4f}"


def _plain(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _short(value: float) -> str:
    for unit, scale in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= scale:
            return f"{value / scale:.6g} {unit}"
    return f"{value:.6g}"
