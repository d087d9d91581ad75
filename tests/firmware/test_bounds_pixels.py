"""The search that `benchmarks/bounds_pixels_dsp.py` counts on."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.bounds_pixels_dsp import ALL, PUSHED, RATE, State, edges, moves


def gains(rounds: int) -> tuple[list[State], list[float]]:
    """All states, and the most that is gained on the way to each, at last the same after one event more."""
    index, states = {State(): 0}, [State()]
    found: list[tuple[int, int, float]] = []
    for i, state in enumerate(states):  # which grows
        for after, gain in edges(state):
            if after not in index:
                index[after] = len(states)
                states.append(after)
            found.append((index[after], i, gain))
    found.sort()
    to, of = (np.array([edge[n] for edge in found]) for n in (0, 1))
    gain, most = np.array([edge[2] for edge in found]), np.full(len(states), -np.inf)
    most[0] = 0.0
    begins = np.flatnonzero(np.diff(to, prepend=-1))
    for _ in range(rounds):
        last = most.copy()
        most[to[begins]] = np.maximum(last[to[begins]], np.maximum.reduceat(last[of] + gain, begins))
        if (most <= last + 1e-9).all():
            return states, list(most)
    raise AssertionError("some order of events gains again and again")


@pytest.mark.slow
def test_no_order_of_events_gains() -> None:
    states, most = gains(100)
    assert len(states) > 10_000 and all(state.registers <= ALL for state in states)
    assert max(gain for state, gain in zip(states, most, strict=True) if state.done) <= 1e-9


def test_events() -> None:
    """From the call on: constants, or words, of which the last takes the register of x."""
    after = dict(edges(State()))
    everything = State(True, True, True)
    assert after[everything] == -RATE
    assert after[State(raw=6, alone=1)] == 13 - RATE and after[State(x=False, raw=7)] == 14 - RATE
    after_all = list(edges(everything))
    assert (everything._replace(outputs=2), 4 - RATE) in after_all  # the fifth register begins the first sum
    assert (everything._replace(raw=2, alone=1), 5 - RATE) in after_all  # none is free
    assert (everything._replace(outputs=2), 2 * PUSHED - RATE) in after_all  # from the stack
    assert dict(edges(everything._replace(outputs=8)))[everything] == -RATE


def test_least() -> None:
    assert moves(144) == 96 and moves(49) == moves(48) == 32 and moves(3) == 0
