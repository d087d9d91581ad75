"""Groups of layers that run stripe by stripe: exact, inside their buffers, and smaller."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgekit.backends.c.emission import calls_of
from edgekit.backends.c.groups import find_groups
from edgekit.backends.c.memory import memory_map
from tests.firmware.cases import chain_cases
from tests.firmware.proof import GUARD, prove


@pytest.mark.parametrize("guard", [0, GUARD])
def test_chains_on_the_host(guard: int, tmp_path: Path) -> None:
    prove(chain_cases(0, 30, guard), "host-c", tmp_path / "proof", sanitize=True)


@pytest.mark.parametrize("target", ["qemu-m4", "qemu-m55"])
def test_chains_on_emulated_cores(target: str, tmp_path: Path) -> None:
    prove([*chain_cases(0, 12), *chain_cases(12, 12, GUARD)], target, tmp_path / "proof")


def test_chains_have_groups_and_need_less() -> None:
    """So that the proofs above are about something."""
    grouped = rolling = 0
    for case in chain_cases(0, 30):
        calls = calls_of(case.graph, "portable")
        groups = find_groups(case.graph, calls, "portable", "ram")
        plain, found = memory_map(case.graph, calls), memory_map(case.graph, calls, groups=groups)
        assert found.arena < plain.arena if groups else found.arena == plain.arena
        grouped += bool(groups)
        rolling += any(group.schedule.moved(group.row_bytes) for group in groups)
    assert grouped >= 20 and rolling >= 5, (grouped, rolling)
