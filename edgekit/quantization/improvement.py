"""Quantization that needs no luck: fixes are tried, the cheapest first, until int8 loses no more than it may."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgekit.errors import ToolError, UnsupportedError
from edgekit.graph import Graph
from edgekit.quantization.draft import Draft
from edgekit.quantization.fixes import Fix, fix_of, fixes
from edgekit.quantization.isolation import Alone, isolate
from edgekit.quantization.judge import Judge, Verdict
from edgekit.quantization.lowering import lower
from edgekit.quantization.observe import Progress

PLAIN = "none"
Refuse = Callable[[Graph], str | None]


@dataclass(frozen=True)
class Attempt:
    """One row of the table.

    Attributes:
        fix: its name; "none" for plain int8. about: what it does.
        drop: points lost with it, on top of the fixes kept before. gain: points fewer than before it.
        sqnr: of the outputs in dB.
        bytes, macs: what the constants and the work on the device grow by. arena: bytes of activations alive at once,
            likewise. wide_macs: multiply-accumulates with int16 activations.
        seconds: to apply and judge it.
        kept: whether later attempts and the result have it. note: why it was not tried, where it was not.
    """

    fix: str
    about: str
    drop: float | None
    gain: float | None
    sqnr: float | None
    bytes: int
    macs: int
    seconds: float
    kept: bool
    note: str = ""
    arena: int = 0
    wide_macs: int = 0


@dataclass(frozen=True)
class Improvement:
    """The best int8 graph and how it was found.

    Attributes:
        measure: what `drop` counts, in words. limit: points that may be lost.
        worst: the layer that hurts most in plain int8, alone; None when plain int8 was good enough.
        stopped: why no more was tried.
    """

    graph: Graph
    draft: Draft
    measure: str
    limit: float
    attempts: tuple[Attempt, ...]
    worst: Alone | None
    stopped: str

    @property
    def drop(self) -> float:
        """Points that the graph loses."""
        return next(a.drop for a in reversed(self.attempts) if a.kept and a.drop is not None)

    def as_json(self) -> dict[str, Any]:
        """For the manifest: everything but the graph."""
        worst = None if self.worst is None else {**asdict(self.worst), "culprit": self.worst.culprit}
        found: dict[str, Any] = finite({
            "measure": self.measure, "limit": self.limit, "drop": self.drop, "stopped": self.stopped, "worst": worst,
            "attempts": [asdict(attempt) for attempt in self.attempts],
        })  # fmt: skip
        return found


def improve(
    draft: Draft, judge: Judge, limit: float, names: Sequence[str] | None = None, progress: Progress | None = None,
    refuse: Refuse | None = None,
) -> Improvement:  # fmt: skip
    """Apply fixes one after the other, keep those that help, and stop as soon as `judge` finds `limit` kept.

    A fix is kept when it keeps the limit, when the drop gets smaller by more than its standard error, or, where the
    drop cannot tell, when the outputs' SQNR grows. One that is not kept gets a second chance after a later one was.

    Args:
        limit: points that may be lost.
        names: of the fixes to try, in this order; all, the cheapest first, without.
        refuse: why the targets do not take a graph, None where they do. Without it, fixes that not every target takes
            are tried only when they are named.

    Raises:
        InputError: an unknown fix.
    """
    chosen = {name: fix_of(name) for name in names} if names is not None else {
        name: fix for name, fix in fixes().items() if refuse is not None or not getattr(fix, "ON_DEVICE", False)
    }  # fmt: skip
    start = time.perf_counter()
    graph = lower(draft)
    verdict = judge(graph)
    plain = graph
    attempts = [_attempt(PLAIN, "plain int8", verdict, None, graph, plain, start, True)]
    worst: Alone | None = None
    if verdict.drop > limit:
        worst = min(isolate(draft, progress=progress), key=lambda one: one.sqnr)
    queue = list(chosen)
    refused: list[str] = []
    again: set[str] = set()
    while queue and verdict.drop > limit:
        name = queue.pop(0)
        fix = chosen[name]
        start, helped, given = time.perf_counter(), False, draft
        try:
            for about, changed in _steps(fix, given, progress):
                if changed is given:
                    attempts.append(_skipped(name, about, "not tried: nothing in this network that it could change"))
                    helped = True  # and would not change on another graph
                    continue
                other = lower(changed)
                why = refuse(other) if refuse is not None and getattr(fix, "ON_DEVICE", False) else None
                if why is not None:
                    attempts.append(_skipped(name, about, f"not tried: {why}"))
                    helped = True
                    break
                found = judge(other)
                kept = found.drop <= limit or found.beats(verdict)
                attempts.append(_attempt(name, about, found, verdict, other, plain, start, kept))
                if kept:
                    draft, graph, verdict, helped = changed, other, found, True
                    queue += [one for one in refused if one not in again]  # on this graph they may help
                    again.update(refused)
                    refused = []
                if verdict.drop <= limit:
                    break
                start = time.perf_counter()
        except (ToolError, UnsupportedError) as error:
            attempts.append(_skipped(name, fix.ABOUT, f"not tried: {error.where} {error.what}"))
            continue
        if not helped:
            refused.append(name)
    within = verdict.drop <= limit
    tried = list(dict.fromkeys(a.fix for a in attempts if a.kept and a.fix != PLAIN))
    stopped = (
        f"{verdict.drop:.2f} points lost, at most {limit:g} allowed"
        + (f", with {' + '.join(tried)}" if tried else "; plain int8 is good enough")
        if within
        else f"every fix was tried and {verdict.drop:.2f} points are still lost, {limit:g} allowed"
    )
    return Improvement(graph, draft, judge.measure, limit, tuple(attempts), worst, stopped)


def _steps(fix: Fix, draft: Draft, progress: Progress | None) -> Iterable[tuple[str, Draft]]:
    """The degrees of a fix; most have one."""
    offered: Any = getattr(fix, "steps", None)
    if offered is None:
        return [(fix.ABOUT, fix.apply(draft, progress))]
    found: Iterable[tuple[str, Draft]] = offered(draft, progress)
    return found


def _attempt(
    name: str, about: str, found: Verdict, before: Verdict | None, graph: Graph, plain: Graph, start: float, kept: bool
) -> Attempt:
    gain = None if before is None else before.drop - found.drop
    return Attempt(
        name, about, found.drop, gain, found.sqnr, constant_bytes(graph) - constant_bytes(plain),
        graph.macs() - plain.macs(), time.perf_counter() - start, kept, "",
        activation_bytes(graph) - activation_bytes(plain), wide_macs(graph),
    )  # fmt: skip


def _skipped(name: str, about: str, note: str) -> Attempt:
    return Attempt(name, about, None, None, None, 0, 0, 0.0, False, note)


def constant_bytes(graph: Graph) -> int:
    """Bytes of all constants."""
    return sum(t.bytes for t in graph.tensors.values() if t.is_constant)


def activation_bytes(graph: Graph) -> int:
    """The largest sum of activations alive at once."""
    from edgekit.analysis import live_bytes

    return max(live_bytes(graph), default=0)


def wide_macs(graph: Graph) -> int:
    """Multiply-accumulates between int16 activations and weights."""
    found = 0
    for node in graph.nodes:
        inputs = graph.node_inputs(node)
        if inputs[0] is not None and inputs[0].dtype == "int16":
            found += node.op.macs(inputs, graph.node_outputs(node))
    return found


def finite(value: Any) -> Any:
    """JSON without infinities, which become None."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
