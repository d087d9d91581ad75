"""The order of a group's rows, checked by following every row through every buffer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit.backends.c.rows import Rows
from edgekit.backends.c.stripes import Roll, Run, Schedule, schedule, upwards

RULES = st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(0, 2))


@st.composite
def chains(draw: st.DrawFn) -> tuple[dict[str, Rows], dict[str, int], dict[str, int]]:
    """Windows one behind the other, with a skip over the last two where their heights allow it."""
    heights, rules, names = {"x": draw(st.integers(3, 20))}, {}, ["x"]
    for i in range(draw(st.integers(1, 4))):
        stride, reach, pad = draw(RULES)
        source, pad = names[-1], min(pad, reach - 1)
        names.append(f"y{i}")
        rules[names[-1]] = Rows((source,), stride, reach, pad)
        heights[names[-1]] = max(1, (heights[source] + 2 * pad - reach) // stride + 1)
    same = [name for name in names[:-1] if heights[name] == heights[names[-1]]]
    if same and draw(st.booleans()):
        rules["sum"], heights["sum"] = Rows((names[-1], draw(st.sampled_from(same)))), heights[names[-1]]
    return rules, heights, {name: draw(st.integers(1, 4)) * 4 for name in heights}


def follow(made: Schedule, rules: dict[str, Rows], heights: dict[str, int]) -> dict[str, list[int]]:
    """Run the schedule over buffers that say which row they hold; the rows computed, in order.

    Raises AssertionError where a tile does not hold the rows that its window needs.
    """
    output = list(rules)[-1]
    memory = {name: [-1] * rows for name, rows in made.held.items()}
    memory |= {name: list(range(heights[name])) for name in heights if name not in rules}
    memory[output] = [-1] * heights[output]
    turned = (lambda row, height: height - 1 - row) if made.upwards else (lambda row, height: row)
    done: dict[str, list[int]] = {name: [] for name in rules}
    for step in made.steps:
        if isinstance(step, Roll):
            buffer = memory[step.name]
            buffer[: step.count] = buffer[step.start : step.start + step.count]
            continue
        assert isinstance(step, Run)
        rule = rules[step.output]
        count = len(done[step.output])
        new = [turned(count + k, heights[step.output]) for k in range(step.count)]
        first, last = min(new), max(new) + 1
        height = heights[rule.inputs[0]]
        needed = list(range(max(0, rule.start(first)), min(height, rule.end(last))))
        assert step.pad == max(0, -rule.start(first)) and step.rows == len(needed)
        for source, at in step.reads:
            assert at >= 0 and memory[source][at : at + step.rows] == needed, (step, source)
        assert step.at >= 0 and step.at + step.count <= len(memory[step.output])
        memory[step.output][step.at : step.at + step.count] = range(first, last)
        done[step.output] += new
    assert memory[output] == list(range(heights[output]))
    return done


@pytest.mark.parametrize("way", [schedule, upwards])
@settings(max_examples=150)
@given(chain=chains(), stripe=st.integers(1, 5), chunk=st.integers(1, 5))
def test_every_row_is_there_when_it_is_read(way, chain, stripe: int, chunk: int) -> None:  # type: ignore[no-untyped-def]
    rules, heights, row_bytes = chain
    made = way(rules, heights, row_bytes, stripe, chunk)
    if made is None:
        return
    for rows in follow(made, rules, heights).values():
        assert len(rows) == len(set(rows)), "a row is computed twice"


@settings(max_examples=150)
@given(chain=chains(), stripe=st.integers(1, 5), chunk=st.integers(1, 5))
def test_leads_keep_what_is_still_read(chain, stripe: int, chunk: int) -> None:  # type: ignore[no-untyped-def]
    """An output that begins its lead before an input never overwrites a byte that this or a later tile reads."""
    rules, heights, row_bytes = chain
    made = schedule(rules, heights, row_bytes, stripe, chunk)
    if made is None:
        return
    output, size = list(rules)[-1], row_bytes[list(rules)[-1]]
    runs = [step for step in made.steps if isinstance(step, Run)]
    for name, lead in made.lead.items():
        tight = []
        for i, run in enumerate(runs):
            if run.output == output:
                written = (run.at + run.count) * size - lead  # in bytes from the input's beginning
                reads = [at * row_bytes[name] for later in runs[i:] for n, at in later.reads if n == name]
                assert not reads or written <= min(reads)
                tight += [written == min(reads)] if reads else []
        assert any(tight) or not tight, "more lead than is needed"
