"""One table: what each target's artifact is, what compiles it, and how far it is proven."""

from __future__ import annotations

import pytest

from edgekit.backends import described
from edgekit.target import load_targets

TARGETS = load_targets()


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_target_says_how_far_it_is_proven(name: str) -> None:
    target = TARGETS[name]
    row = described(target)
    assert row.artifact and row.compiler
    assert any(word in row.proof for word in ("bit-exact", "within", "without a bound"))
    assert not any("|" in cell for cell in (row.artifact, row.compiler, row.proof, target.vehicle))
    if "NOT RUN" in target.vehicle or "--port" in target.vehicle:
        assert "NOT RUN" in row.proof
